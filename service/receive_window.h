// Passes a caller's receive credit on to the engine in portions, so that what waits here to be
// written stays small however much credit the caller gives.
#ifndef SERVICE_RECEIVE_WINDOW_H_
#define SERVICE_RECEIVE_WINDOW_H_

#include <algorithm>
#include <cstdint>
#include <mutex>

namespace pcd::service {

// Credit in bytes; a message costs its bytes and at least one. Threading: any thread.
class ReceiveWindow {
 public:
  // What the engine may have in credit or waiting here, not counting one long message that
  // overdraws it.
  static constexpr int64_t kWindow = 128 * 1024;

  static uint64_t Cost(uint64_t bytes) { return std::max<uint64_t>(bytes, 1); }

  // The caller gives more credit. Returns what to give to the engine now.
  uint64_t Add(uint64_t credit) {
    const std::lock_guard lock(mutex_);
    constexpr uint64_t kMost = uint64_t{1} << 62;
    waiting_ = std::min(kMost, waiting_ + std::min(credit, kMost));
    return TakePortion();
  }

  // A message of this cost has been written. Returns what to give to the engine now.
  uint64_t Written(uint64_t cost) {
    const std::lock_guard lock(mutex_);
    room_ += static_cast<int64_t>(cost);
    return TakePortion();
  }

 private:
  uint64_t TakePortion() {
    if (room_ <= 0) return 0;
    const uint64_t portion = std::min<uint64_t>(waiting_, static_cast<uint64_t>(room_));
    // Not for every message: the whole rest or a quarter of the window at a time.
    if (portion < waiting_ && portion < kWindow / 4) return 0;
    waiting_ -= portion;
    room_ -= static_cast<int64_t>(portion);
    return portion;
  }

  std::mutex mutex_;
  uint64_t waiting_ = 0;    // Given by the caller, not yet passed on.
  int64_t room_ = kWindow;  // What may still be passed on.
};

}  // namespace pcd::service

#endif  // SERVICE_RECEIVE_WINDOW_H_
