#include "engine/ice/port_warnings.h"

#include <gtest/gtest.h>

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

TEST(SmallBufferWarningTest, NamesWhatIsSmallAndTheLimitToRaise) {
  const PortBuffers wanted{.receive = 4000, .send = 3000};
  EXPECT_EQ(SmallBufferWarning(wanted, wanted), "");
  EXPECT_EQ(SmallBufferWarning(wanted, {.receive = 5000, .send = 3000}), "");
  EXPECT_EQ(SmallBufferWarning(wanted, {}), "") << "not known";
  EXPECT_EQ(SmallBufferWarning(wanted, {.receive = 200, .send = 3000}),
            "receive buffer of 200 bytes instead of 4000 (raise net.core.rmem_max): packets of a "
            "burst that does not fit are lost");
  EXPECT_EQ(SmallBufferWarning(wanted, {.receive = 200, .send = 100}),
            "receive buffer of 200 bytes instead of 4000 (raise net.core.rmem_max), send buffer of "
            "100 bytes instead of 3000 (raise net.core.wmem_max): packets of a burst that does not "
            "fit are lost");
}

TEST(LossAlarmTest, TellsOfWhatIsNewAndNotTooOften) {
  LossAlarm alarm;
  Timestamp now{100s};
  EXPECT_TRUE(alarm.due(now));
  EXPECT_EQ(alarm.Handle({}, now), "");
  EXPECT_FALSE(alarm.due(now + LossAlarm::kInterval - 1us));
  now += LossAlarm::kInterval;
  EXPECT_TRUE(alarm.due(now));
  EXPECT_EQ(alarm.Handle({.kernel_drops = 7}, now),
            "7 packets lost in the kernel, its receive buffer was full");
  EXPECT_FALSE(alarm.due(now));
  EXPECT_EQ(alarm.Handle({.kernel_drops = 9, .over_share = 3}, now),
            "2 packets lost in the kernel, its receive buffer was full; 3 packets of sources that "
            "took more than their share while the loop could not keep up");
  EXPECT_EQ(
      alarm.Handle({.kernel_drops = 9, .over_share = 4}, now),
      "1 packets of sources that took more than their share while the loop could not keep up");
  EXPECT_EQ(alarm.Handle({.kernel_drops = 9, .over_share = 4}, now), "");
}

}  // namespace
}  // namespace pcd::ice
