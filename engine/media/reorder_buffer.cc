#include "engine/media/reorder_buffer.h"

#include <algorithm>
#include <utility>

namespace pcd::media {

ReorderBuffer::Place ReorderBuffer::PlaceOf(int64_t sequence) const {
  if (!next_ || sequence == *next_) return Place::kNext;
  if (sequence < *next_) return Place::kLate;
  if (sequence - *next_ >= static_cast<int64_t>(kCapacity)) return Place::kFar;
  const Slot& slot = slots_[static_cast<size_t>(sequence) % kCapacity];
  return slot.used && slot.held.sequence == sequence ? Place::kLate : Place::kAhead;
}

void ReorderBuffer::Hold(Held held, Timestamp now) {
  const int64_t sequence = held.sequence;
  highest_ = held_ == 0 ? sequence : std::max(highest_, sequence);
  Slot& slot = SlotOf(sequence);
  ++held_;
  slot = {.used = true, .until = now + max_delay_, .held = std::move(held)};
  deadline_ = held_ == 1 ? slot.until : std::min(deadline_, slot.until);
}

std::optional<ReorderBuffer::Held> ReorderBuffer::TakeNext() {
  Slot& slot = SlotOf(*next_);
  if (!slot.used || slot.held.sequence != *next_) return std::nullopt;
  slot.used = false;
  --held_;
  stale_ = true;
  Advance(*next_);
  return std::exchange(slot.held, {});
}

// To the first number that is held.
void ReorderBuffer::SkipGap() {
  for (; *next_ <= highest_; Advance(*next_)) {
    const Slot& slot = SlotOf(*next_);
    if (slot.used && slot.held.sequence == *next_) return;
  }
}

void ReorderBuffer::UpdateDeadline() {
  stale_ = false;
  deadline_ = kNever;
  for (int64_t i = *next_; i <= highest_; ++i) {
    const Slot& slot = SlotOf(i);
    if (slot.used) deadline_ = std::min(deadline_, slot.until);
  }
}

std::optional<ReorderBuffer::Held> ReorderBuffer::Pop(Timestamp now) {
  if (held_ == 0) return std::nullopt;
  if (auto held = TakeNext()) return held;
  if (stale_) UpdateDeadline();
  const bool full = highest_ - *next_ >= static_cast<int64_t>(kCapacity) / 2;
  if (now < deadline_ && !full) return std::nullopt;
  SkipGap();
  return TakeNext();
}

std::optional<ReorderBuffer::Held> ReorderBuffer::PopAnyway() {
  if (held_ == 0) return std::nullopt;
  SkipGap();
  return TakeNext();
}

}  // namespace pcd::media
