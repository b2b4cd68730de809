#ifndef ENGINE_MEDIA_FRAME_RATE_H_
#define ENGINE_MEDIA_FRAME_RATE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/time.h"

namespace pcd::media {

// How many frames were complete in the last second, in steps of kStep: the one that lasts does
// not count. A core; no allocation. Threading: its owner's.
class FrameRate {
 public:
  static constexpr Duration kStep = std::chrono::milliseconds(50);

  void OnFrame(Timestamp now) {
    const int64_t step = StepOf(now);
    for (int64_t i = std::max(latest_ + 1, step - kPerSecond); i <= step; ++i) {
      counts_[IndexOf(i)] = 0;
    }
    latest_ = std::max(latest_, step);
    ++counts_[IndexOf(latest_)];
  }

  uint32_t PerSecond(Timestamp now) const {
    const int64_t step = StepOf(now);
    uint32_t sum = 0;
    const int64_t oldest = std::max({int64_t{0}, step - kPerSecond, latest_ - kPerSecond});
    for (int64_t i = oldest; i < step && i <= latest_; ++i) sum += counts_[IndexOf(i)];
    return sum;
  }

 private:
  static constexpr int64_t kPerSecond = std::chrono::seconds(1) / kStep;
  static constexpr int64_t kSteps = kPerSecond + 1;

  static int64_t StepOf(Timestamp now) { return now.time_since_epoch() / kStep; }
  static size_t IndexOf(int64_t step) { return static_cast<size_t>(step % kSteps); }

  std::array<uint32_t, kSteps> counts_{};
  int64_t latest_ = 0;  // The step of the latest frame.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_FRAME_RATE_H_
