#ifndef ENGINE_MEDIA_REORDER_BUFFER_H_
#define ENGINE_MEDIA_REORDER_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/time.h"

namespace pcd::media {

// Holds packets of one source back until those before them have come, for a bounded time: what
// leaves is in order. A core; it allocates when it is made. Threading: its owner's.
class ReorderBuffer {
 public:
  static constexpr Duration kMaxDelay = std::chrono::seconds(1);
  // Numbers between the one waited for and the highest held; beyond it the gap is given up.
  static constexpr size_t kCapacity = 512;

  struct Held {
    PacketPtr packet{};  // Null: a number that is not to be sent, in its place.
    int64_t sequence = 0;
    // For its owner.
    bool can_start = false;
    bool is_event = false;
    uint32_t clock_rate = 0;
  };
  enum class Place {
    kNext,   // In order: send it now, then call Advance and Pop.
    kAhead,  // Hold it.
    kLate,   // The gap it would fill was given up, or it came before.
    kFar     // Too far ahead to be held: empty the buffer, Restart, and it is next.
  };

  // `max_delay`: above 0, at most kMaxDelay.
  explicit ReorderBuffer(Duration max_delay) : max_delay_(max_delay), slots_(kCapacity) {}

  Place PlaceOf(int64_t sequence) const;
  // This one was in order and is taken care of.
  void Advance(int64_t sequence) { next_ = sequence + 1; }
  // Of kAhead only. Pop after it: an overflow releases what is oldest.
  void Hold(Held held, Timestamp now);
  // The next one to send: in order, or behind a gap that has lasted for too long.
  std::optional<Held> Pop(Timestamp now);
  // The same without waiting for anything: to empty it.
  std::optional<Held> PopAnyway();
  // Another source, or the same one counts anew. It must be empty.
  void Restart() { next_.reset(); }

  // When the oldest gap is given up; kNever: nothing is held.
  Timestamp NextDeadline() const { return held_ > 0 ? deadline_ : kNever; }
  size_t held() const { return held_; }

 private:
  struct Slot {
    bool used = false;
    Timestamp until{};
    Held held{};
  };
  Slot& SlotOf(int64_t sequence) { return slots_[static_cast<size_t>(sequence) % kCapacity]; }
  std::optional<Held> TakeNext();
  void SkipGap();
  void UpdateDeadline();

  const Duration max_delay_;
  std::optional<int64_t> next_{};
  int64_t highest_ = 0;  // Of what is held.
  size_t held_ = 0;
  Timestamp deadline_ = kNever;
  bool stale_ = false;  // What deadline_ was made of may be gone.
  std::vector<Slot> slots_;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_REORDER_BUFFER_H_
