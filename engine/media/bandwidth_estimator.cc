#include "engine/media/bandwidth_estimator.h"

#include <algorithm>

namespace pcd::media {
namespace {

constexpr int64_t kTicksPerSecond = 1 << 18;
// A pause this long ends what was measured.
constexpr Duration kPause = std::chrono::seconds(2);

}  // namespace

int64_t BandwidthEstimator::Unwrap(uint32_t abs_send_time) {
  // Signed distance on the 24-bit circle.
  const auto step = static_cast<int32_t>((abs_send_time - last_send_time_) << 8) >> 8;
  last_send_time_ = abs_send_time;
  send_ticks_ += step;
  return send_ticks_;
}

void BandwidthEstimator::NoteTransit(int64_t transit_us, Timestamp arrival) {
  if (arrival - base_begin_ >= kBaseWindow) {
    base_before_us_ = base_us_;
    base_us_ = INT64_MAX;
    base_begin_ = arrival;
  }
  base_us_ = std::min(base_us_, transit_us);
  least_us_ = std::min(least_us_, transit_us);
}

void BandwidthEstimator::OnPacket(uint32_t abs_send_time, size_t bytes, Timestamp arrival) {
  if (!started_ || arrival - interval_begin_ >= kPause) {
    *this = BandwidthEstimator();
    started_ = true;
    last_send_time_ = abs_send_time;
    interval_begin_ = base_begin_ = last_report_ = arrival;
    deadline_ = arrival + kReportInterval;
  }
  while (arrival - interval_begin_ >= kInterval) CloseInterval(interval_begin_ + kInterval);
  bytes_[closed_ % kRateIntervals] += bytes;
  const int64_t sent_us = Unwrap(abs_send_time) * 1'000'000 / kTicksPerSecond;
  NoteTransit(arrival.time_since_epoch().count() - sent_us, arrival);
  if (deadline_ == kNever) deadline_ = std::max(arrival, last_report_ + kReportInterval);
}

uint64_t BandwidthEstimator::ReceivedBps() const {
  uint64_t bytes = 0;
  const size_t count = std::min(closed_, kRateIntervals - 1);
  for (size_t i = 1; i <= count; ++i) bytes += bytes_[(closed_ - i) % kRateIntervals];
  return count == 0 ? 0
                    : bytes * 8 * 1'000'000 / (count * static_cast<uint64_t>(kInterval.count()));
}

void BandwidthEstimator::CloseInterval(Timestamp now) {
  ++closed_;
  bytes_[closed_ % kRateIntervals] = 0;
  interval_begin_ = now;
  const int64_t least = least_us_;
  least_us_ = INT64_MAX;
  const uint64_t rate = ReceivedBps();
  if (least == INT64_MAX || closed_ < kRateIntervals || rate == 0) return;
  const Duration queued(least - std::min(base_us_, base_before_us_));
  // Twice what comes, so that a sender that is limited by itself is never held back.
  if (estimate_bps_ == 0) estimate_bps_ = std::max(2 * rate, kMinBps);
  if (queued > kOveruse) {
    estimate_bps_ = std::min(estimate_bps_, rate * 85 / 100);
  } else if (queued < kRoom) {
    // 8 % a second, and never far beyond what is known to pass.
    const uint64_t ceiling = std::max(estimate_bps_, 2 * rate);
    estimate_bps_ = std::min(estimate_bps_ + estimate_bps_ / 50 + 1000, ceiling);
  }
  estimate_bps_ = std::max(estimate_bps_, kMinBps);
  // A fall cannot wait.
  if (reported_bps_ != 0 && estimate_bps_ * 100 < reported_bps_ * 95) deadline_ = now;
}

std::optional<uint64_t> BandwidthEstimator::TakeReport(Timestamp now) {
  if (now < deadline_) return std::nullopt;
  last_report_ = now;
  deadline_ = kNever;
  if (estimate_bps_ == 0) return std::nullopt;
  reported_bps_ = estimate_bps_;
  return estimate_bps_;
}

}  // namespace pcd::media
