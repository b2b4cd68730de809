// A hierarchical timing wheel: where timers stand that are not due soon. Setting, moving and
// stopping one costs the same however many there are.
//
// Time is ticks of 2^10 us. A level has 64 slots; a slot of level n is 64^n ticks wide. An entry
// stands on the level of the highest digit (of six bits) in which its tick differs from the
// wheel's, so what stands on a lower level comes before all that stands on a higher one, and each
// entry is moved once a level at most until its slot is taken.
#ifndef ENGINE_NET_TIMER_WHEEL_H_
#define ENGINE_NET_TIMER_WHEEL_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/time.h"

namespace pcd::net {

// Threading: one loop.
class TimerWheel {
 public:
  // What stands in a slot; it must not be moved or destroyed there.
  struct Entry {
    Entry* previous = nullptr;
    Entry* next = nullptr;
    uint64_t tick = 0;
    uint16_t slot = kNoSlot;

    bool in_wheel() const { return slot != kNoSlot; }
  };

  // Before the epoch counts as the epoch.
  static uint64_t TickOf(Timestamp when);

  // The wheel's tick: only later ones have a place.
  uint64_t tick() const { return tick_; }
  bool empty() const { return levels_in_use_ == 0; }

  // `entry` is in no slot, and `tick` is later than tick().
  void Insert(Entry& entry, uint64_t tick);
  void Remove(Entry& entry);  // Which is in a slot.

  // Turns the wheel to its earliest entries and takes them: those of one tick, linked by `next`,
  // in no order. Null: it is empty.
  Entry* TakeEarliest();

 private:
  static constexpr unsigned kSlotBits = 6;
  static constexpr unsigned kSlots = 1u << kSlotBits;
  static constexpr unsigned kLevels = 9;  // 54 bits: all ticks that a Timestamp has.
  static constexpr uint16_t kNoSlot = 0xFFFF;

  Entry* TakeSlot(unsigned level, unsigned slot);

  uint64_t tick_ = 0;
  uint16_t levels_in_use_ = 0;                    // One bit each.
  std::array<uint64_t, kLevels> used_{};          // Slots that are not empty, one bit each.
  std::array<Entry*, kLevels * kSlots> slots_{};  // The first of each.
};

}  // namespace pcd::net

#endif  // ENGINE_NET_TIMER_WHEEL_H_
