#ifndef ENGINE_MEDIA_BANDWIDTH_ESTIMATOR_H_
#define ENGINE_MEDIA_BANDWIDTH_ESTIMATOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/time.h"

namespace pcd::media {

// What the path from the remote can carry, seen from here, for senders that know REMB and not
// transport-wide feedback (draft-alvestrand-rmcat-remb-03). Packets carry when they left
// (abs-send-time); when they begin to queue on their way, the estimate falls below what arrives,
// else it grows slowly. A core; no allocation. Threading: its owner's.
class BandwidthEstimator {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(250);
  // Least waiting of a packet in an interval: above, the path is overused; below the second,
  // there is room.
  static constexpr Duration kOveruse = std::chrono::milliseconds(50);
  static constexpr Duration kRoom = std::chrono::milliseconds(20);
  static constexpr uint64_t kMinBps = 50'000;
  static constexpr Duration kReportInterval = std::chrono::seconds(1);

  // `abs_send_time`: 24 bits, seconds in 6.18 fixed point. `bytes`: of the whole packet.
  void OnPacket(uint32_t abs_send_time, size_t bytes, Timestamp arrival);

  // As of now; nullopt: nothing is known yet.
  std::optional<uint64_t> estimate_bps() const {
    return estimate_bps_ != 0 ? std::optional(estimate_bps_) : std::nullopt;
  }
  // When the next estimate is due; kNever: nothing came since the last one.
  Timestamp NextDeadline() const { return deadline_; }
  // Nullopt when none is due or nothing is known yet.
  std::optional<uint64_t> TakeReport(Timestamp now);

 private:
  static constexpr size_t kRateIntervals = 4;
  // The least transit ever is forgotten in steps, since clocks drift and routes change.
  static constexpr Duration kBaseWindow = std::chrono::seconds(10);

  int64_t Unwrap(uint32_t abs_send_time);
  void NoteTransit(int64_t transit_us, Timestamp arrival);
  void CloseInterval(Timestamp now);
  uint64_t ReceivedBps() const;

  bool started_ = false;
  uint32_t last_send_time_ = 0;
  int64_t send_ticks_ = 0;  // Of 2^-18 s.

  Timestamp interval_begin_{};
  std::array<uint64_t, kRateIntervals> bytes_{};  // Ring; of the last intervals.
  size_t closed_ = 0;                             // Intervals.
  int64_t least_us_ = INT64_MAX;                  // Transit in this interval.

  Timestamp base_begin_{};
  int64_t base_us_ = INT64_MAX, base_before_us_ = INT64_MAX;  // Of this window and the last.

  uint64_t estimate_bps_ = 0;  // 0: not known.
  uint64_t reported_bps_ = 0;
  Timestamp last_report_{};
  Timestamp deadline_ = kNever;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_BANDWIDTH_ESTIMATOR_H_
