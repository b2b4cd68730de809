// The latest checks that were accepted, each with its path, so that a recorded one is known when it
// comes again from elsewhere.
#ifndef ENGINE_ICE_SEEN_TRANSACTIONS_H_
#define ENGINE_ICE_SEEN_TRANSACTIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::ice {

// A ring: the oldest makes room. Its 8 bytes for each are there from the beginning: checks come as
// long as media does, and nothing is allocated then. Only who knows the password has ids in here,
// so that two with the same 32 bits are chance (one check in 60 million is taken for a repetition,
// and the next one is not). Threading: its agent's loop.
class SeenTransactions {
 public:
  static constexpr size_t kCapacity = 64;

  // The path on which the transaction was accepted; 0: it is not known.
  uint32_t PathOf(ByteSpan transaction_id) const;
  // `path_id` is not 0.
  void Add(ByteSpan transaction_id, uint32_t path_id);

 private:
  struct Seen {
    uint32_t hash = 0;
    uint32_t path_id = 0;  // 0: free.
  };
  std::array<Seen, kCapacity> ring_{};
  size_t next_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SEEN_TRANSACTIONS_H_
