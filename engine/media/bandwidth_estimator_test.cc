#include "engine/media/bandwidth_estimator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/testing/impairment_link.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A sender that does as it is told, up to a rate of its own, over a link.
class BandwidthEstimatorTest : public ::testing::Test {
 protected:
  static constexpr size_t kPacketBytes = 1000;

  // Returns the mean rate that arrived, in bits per second.
  double Run(Duration duration, uint64_t wanted_bps) {
    const Timestamp end = now_ + duration;
    size_t arrived = 0;
    for (; now_ < end; now_ += milliseconds(1)) {
      const uint64_t rate = std::min(wanted_bps, allowed_bps_);
      budget_ += static_cast<double>(rate) / 1000.0;
      for (; budget_ >= 8.0 * kPacketBytes; budget_ -= 8.0 * kPacketBytes) {
        std::vector<uint8_t> packet(kPacketBytes);
        const auto ticks =
            static_cast<uint64_t>(now_.time_since_epoch().count()) * (1 << 18) / 1'000'000;
        StoreU24(packet.data(), static_cast<uint32_t>(ticks) & 0xFFFFFF);
        link_.HandlePacket(packet, now_);
      }
      link_.HandleTimeout(now_);
      while (const auto packet = link_.PollOutput()) {
        ++arrived;
        estimator_.OnPacket(LoadU24(packet->data()), packet->size(), now_);
      }
      if (const auto report = estimator_.TakeReport(now_)) {
        allowed_bps_ = *report;
        ++reports_;
      }
    }
    return static_cast<double>(arrived * kPacketBytes) * 8 /
           std::chrono::duration<double>(duration).count();
  }
  void SetRate(int64_t rate_bps) {
    testing::ImpairmentOptions options;
    options.delay = milliseconds(20);
    options.jitter = milliseconds(3);
    options.rate_bps = rate_bps;
    options.queue_bytes = 100'000;
    link_.model().set_options(options);
  }

  Timestamp now_{seconds(60)};  // The 24 bits wrap soon.
  testing::ImpairmentLink link_{{}, 3};
  BandwidthEstimator estimator_;
  uint64_t allowed_bps_ = 300'000;
  double budget_ = 0;
  int reports_ = 0;
};

TEST_F(BandwidthEstimatorTest, SettlesBelowACapAndFollowsIt) {
  SetRate(1'000'000);
  Run(seconds(20), 5'000'000);
  double rate = Run(seconds(20), 5'000'000);
  EXPECT_GT(rate, 700'000);
  EXPECT_LT(rate, 1'050'000);
  SetRate(400'000);
  Run(seconds(5), 5'000'000);
  rate = Run(seconds(20), 5'000'000);
  EXPECT_GT(rate, 260'000);
  EXPECT_LT(rate, 420'000);
  SetRate(2'000'000);
  Run(seconds(30), 5'000'000);
  rate = Run(seconds(20), 5'000'000);
  EXPECT_GT(rate, 1'300'000);
}

TEST_F(BandwidthEstimatorTest, NeverHoldsBackASenderOnAFreePath) {
  SetRate(0);
  Run(seconds(10), 500'000);
  EXPECT_NEAR(Run(seconds(10), 500'000), 500'000, 20'000);
  EXPECT_GE(allowed_bps_, 700'000u);
  EXPECT_GE(reports_, 15);
  EXPECT_LE(reports_, 25);
}

TEST_F(BandwidthEstimatorTest, AnIdleStreamHasNoDeadline) {
  EXPECT_EQ(estimator_.NextDeadline(), kNever);
  SetRate(0);
  Run(seconds(5), 500'000);
  Run(seconds(5), 0);
  EXPECT_EQ(estimator_.NextDeadline(), kNever);
}

}  // namespace
}  // namespace pcd::media
