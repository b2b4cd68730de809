#include "engine/testing/impairment_link.h"

#include <algorithm>
#include <utility>

namespace pcd::testing {

ImpairmentLink::ImpairmentLink(const ImpairmentOptions& options, uint64_t seed)
    : model_(options, seed) {}

bool ImpairmentLink::Later(const InFlight& a, const InFlight& b) {
  return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
}

void ImpairmentLink::HandlePacket(ByteSpan packet, Timestamp now) {
  now_ = now;
  if (drop_ && drop_(packet)) return;
  const ImpairmentModel::Verdict verdict = model_.Decide(packet.size(), now);
  for (size_t copy = 0; copy < verdict.copies; ++copy) {
    heap_.push_back({verdict.deliver_at[copy], next_sequence_++, {packet.begin(), packet.end()}});
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
}

void ImpairmentLink::HandleTimeout(Timestamp now) { now_ = now; }

std::optional<std::vector<uint8_t>> ImpairmentLink::PollOutput() {
  if (heap_.empty() || heap_.front().at > now_) return std::nullopt;
  std::pop_heap(heap_.begin(), heap_.end(), Later);
  std::vector<uint8_t> packet = std::move(heap_.back().bytes);
  heap_.pop_back();
  return packet;
}

Timestamp ImpairmentLink::NextDeadline() const { return heap_.empty() ? kNever : heap_.front().at; }

}  // namespace pcd::testing
