#include "engine/ice/seen_transactions.h"

#include <algorithm>

namespace pcd::ice {
namespace {

// FNV-1a: ids need not be random throughout, as those that count upwards.
uint32_t Hash(ByteSpan id) {
  uint32_t hash = 2166136261;
  for (const uint8_t byte : id) hash = (hash ^ byte) * 16777619;
  return hash;
}

}  // namespace

uint32_t SeenTransactions::PathOf(ByteSpan transaction_id) const {
  const auto found = std::ranges::find(ring_, Hash(transaction_id), &Seen::hash);
  return found != ring_.end() ? found->path_id : 0;
}

void SeenTransactions::Add(ByteSpan transaction_id, uint32_t path_id) {
  ring_[next_] = {.hash = Hash(transaction_id), .path_id = path_id};
  next_ = (next_ + 1) % kCapacity;
}

}  // namespace pcd::ice
