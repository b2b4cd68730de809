#include <gtest/gtest.h>

#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/sequence_unwrapper.h"

namespace pcd::rtp {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(SequenceUnwrapperTest, CountsAcrossTheWrapInBothDirections) {
  SequenceUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(65534);
  EXPECT_EQ(unwrapper.Unwrap(1), first + 3);
  EXPECT_EQ(unwrapper.Unwrap(65535), first + 1);
  EXPECT_EQ(unwrapper.Unwrap(2), first + 4);
  EXPECT_EQ(unwrapper.highest(), first + 4);
}

TEST(SequenceUnwrapperTest, LateNumbersBeforeTheFirstStayAboveZero) {
  SequenceUnwrapper unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(0), 65536);
  EXPECT_EQ(unwrapper.Unwrap(65535), 65535);
}

TEST(SequenceUnwrapperTest, PeekTakesNothingIn) {
  SequenceUnwrapper unwrapper;
  unwrapper.Unwrap(10);
  EXPECT_EQ(unwrapper.Peek(20), 65556);
  EXPECT_EQ(unwrapper.highest(), 65546);
}

TEST(SequenceDistanceTest, IsSignedOnTheCircle) {
  EXPECT_EQ(SequenceDistance(65535, 0), 1);
  EXPECT_EQ(SequenceDistance(0, 65535), -1);
  EXPECT_EQ(SequenceDistance(0, 32767), 32767);
  EXPECT_EQ(SequenceDistance(0, 32768), -32768);
}

TEST(NtpRtpClockTest, ConvertsBothWaysWithoutDriftOverDays) {
  EXPECT_EQ(RtpUnits(seconds(1), 90000), 90000);
  EXPECT_EQ(RtpUnits(milliseconds(-20), 48000), -960);
  EXPECT_EQ(RtpUnits(hours(24 * 365), 90000), int64_t{86400} * 365 * 90000);
  EXPECT_EQ(RtpDuration(960, 48000), milliseconds(20));
  EXPECT_EQ(RtpDuration(-90000, 90000), seconds(-1));
  EXPECT_EQ(RtpDuration(5, 0), Duration(0));
}

TEST(NtpRtpClockTest, NtpMicrosRoundTrip) {
  for (const int64_t micros : {int64_t{0}, int64_t{1}, int64_t{999'999}, int64_t{1'000'001},
                               int64_t{3'900'000'000'123'457}}) {
    EXPECT_EQ(NtpMicros(NtpFromMicros(micros)), micros);
  }
  EXPECT_EQ(NtpMicros(NtpAdd(NtpFromMicros(5'000'000), milliseconds(-1))), 4'999'000);
}

TEST(NtpRtpClockTest, CompactDelayCountsInUnitsOf65536thsAndSaturates) {
  EXPECT_EQ(CompactDelay(seconds(1)), 65536u);
  EXPECT_EQ(CompactDelay(milliseconds(500)), 32768u);
  EXPECT_EQ(CompactDelay(Duration(-1)), 0u);
  EXPECT_EQ(CompactDelay(hours(24)), 0xFFFFFFFF);
}

}  // namespace
}  // namespace pcd::rtp
