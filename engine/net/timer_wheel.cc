#include "engine/net/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace pcd::net {
namespace {

constexpr unsigned kTickBits = 10;

}  // namespace

uint64_t TimerWheel::TickOf(Timestamp when) {
  return static_cast<uint64_t>(std::max<int64_t>(when.time_since_epoch().count(), 0)) >> kTickBits;
}

void TimerWheel::Insert(Entry& entry, uint64_t tick) {
  const auto highest = static_cast<unsigned>(std::bit_width(tick ^ tick_)) - 1;
  const unsigned level = highest / kSlotBits;
  const unsigned slot = (tick >> (level * kSlotBits)) % kSlots;
  entry.tick = tick;
  entry.slot = static_cast<uint16_t>(level * kSlots + slot);
  entry.previous = nullptr;
  entry.next = slots_[entry.slot];
  if (entry.next != nullptr) entry.next->previous = &entry;
  slots_[entry.slot] = &entry;
  used_[level] |= uint64_t{1} << slot;
  levels_in_use_ = static_cast<uint16_t>(levels_in_use_ | 1u << level);
}

void TimerWheel::Remove(Entry& entry) {
  const unsigned level = entry.slot / kSlots;
  if (entry.next != nullptr) entry.next->previous = entry.previous;
  if (entry.previous != nullptr) {
    entry.previous->next = entry.next;
  } else if ((slots_[entry.slot] = entry.next) == nullptr) {
    used_[level] &= ~(uint64_t{1} << (entry.slot % kSlots));
    if (used_[level] == 0) levels_in_use_ = static_cast<uint16_t>(levels_in_use_ & ~(1u << level));
  }
  entry.slot = kNoSlot;
}

TimerWheel::Entry* TimerWheel::TakeEarliest() {
  while (!empty()) {
    const auto level = static_cast<unsigned>(std::countr_zero(levels_in_use_));
    const auto slot = static_cast<unsigned>(std::countr_zero(used_[level]));
    // To the beginning of the slot: lower digits are zero, higher ones stay.
    const unsigned shift = level * kSlotBits;
    tick_ = ((tick_ >> (shift + kSlotBits) << kSlotBits) | slot) << shift;
    Entry* const first = TakeSlot(level, slot);
    if (level == 0) return first;
    Entry* due = nullptr;
    for (Entry* entry = first; entry != nullptr;) {
      Entry* const next = entry->next;
      if (entry->tick > tick_) {
        Insert(*entry, entry->tick);
      } else {
        entry->next = due;
        due = entry;
      }
      entry = next;
    }
    if (due != nullptr) return due;
  }
  return nullptr;
}

TimerWheel::Entry* TimerWheel::TakeSlot(unsigned level, unsigned slot) {
  Entry* const first = slots_[level * kSlots + slot];
  slots_[level * kSlots + slot] = nullptr;
  used_[level] &= ~(uint64_t{1} << slot);
  if (used_[level] == 0) levels_in_use_ = static_cast<uint16_t>(levels_in_use_ & ~(1u << level));
  for (Entry* entry = first; entry != nullptr; entry = entry->next) entry->slot = kNoSlot;
  return first;
}

}  // namespace pcd::net
