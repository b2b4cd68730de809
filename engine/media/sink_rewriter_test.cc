#include "engine/media/sink_rewriter.h"

#include <gtest/gtest.h>

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
constexpr Timestamp kStart(std::chrono::seconds(5));

class SinkRewriterTest : public ::testing::Test {
 protected:
  void StartAt(int64_t sequence, uint32_t timestamp, bool same_source, Timestamp now = kStart) {
    rewriter.Start(sequence, timestamp, same_source, 90000, now);
  }
  int Map(int64_t sequence, uint32_t timestamp = 0, Timestamp now = kStart) {
    const auto out = rewriter.Map(sequence, timestamp, now);
    return out ? out->sequence : -1;
  }
  SinkRewriter rewriter{1000};
};

TEST_F(SinkRewriterTest, BeginsWithItsFirstNumberAndKeepsTheSourcesTimestamps) {
  StartAt(70000, 5000, false);
  const auto out = rewriter.Map(70000, 5000, kStart);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->sequence, 1000);
  EXPECT_EQ(out->timestamp, 5000u);
}

TEST_F(SinkRewriterTest, GapsOfTheNetworkStay) {
  StartAt(10, 0, false);
  EXPECT_EQ(Map(10), 1000);
  EXPECT_EQ(Map(13), 1003);
  EXPECT_EQ(Map(12), 1002);
}

TEST_F(SinkRewriterTest, PacketsOfOurOwnTakeTheNextNumberAndTheTimeThatPassed) {
  StartAt(10, 5000, false);
  EXPECT_EQ(Map(10, 5000), 1000);
  const auto own = rewriter.Insert(90000, kStart + milliseconds(100));
  EXPECT_EQ(own.sequence, 1001);
  EXPECT_EQ(own.timestamp, 5000u + 9000);
  EXPECT_EQ(rewriter.Insert(90000, kStart + milliseconds(120)).sequence, 1002);
  StartAt(14, 15000, true, kStart + milliseconds(200));
  const auto next = rewriter.Map(14, 15000, kStart + milliseconds(200));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->sequence, 1003);
  EXPECT_EQ(next->timestamp, 15000u) << "the source's time goes on";
}

TEST_F(SinkRewriterTest, SkippedPacketsLeaveNoGap) {
  StartAt(10, 0, false);
  EXPECT_EQ(Map(10), 1000);
  rewriter.Skip(11);
  rewriter.Skip(12);
  EXPECT_EQ(Map(13), 1001);
  EXPECT_EQ(Map(14), 1002);
}

TEST_F(SinkRewriterTest, ALatePacketFindsItsPlaceBeforeASkippedOne) {
  StartAt(10, 0, false);
  EXPECT_EQ(Map(10), 1000);
  rewriter.Skip(12);
  EXPECT_EQ(Map(13), 1002);
  EXPECT_EQ(Map(11), 1001);
}

TEST_F(SinkRewriterTest, APacketSkippedTooLateChangesNothing) {
  StartAt(10, 0, false);
  EXPECT_EQ(Map(10), 1000);
  EXPECT_EQ(Map(12), 1002);
  rewriter.Skip(11);
  EXPECT_EQ(Map(13), 1003);
}

TEST_F(SinkRewriterTest, MoreSkipsThanAreRememberedStillLeaveNoGap) {
  StartAt(0, 0, false);
  EXPECT_EQ(Map(0), 1000);
  for (int64_t i = 1; i <= 1000; ++i) rewriter.Skip(i);
  EXPECT_EQ(Map(1001), 1001);
}

TEST_F(SinkRewriterTest, PacketsBeforeTheStartAreNotSent) {
  StartAt(10, 0, false);
  EXPECT_EQ(Map(9), -1);
  EXPECT_EQ(Map(10), 1000);
}

TEST_F(SinkRewriterTest, APauseLeavesNoGapInNumbersAndKeepsTheClock) {
  StartAt(10, 3000, false);
  EXPECT_EQ(Map(10, 3000), 1000);
  StartAt(500, 90000, true);
  const auto out = rewriter.Map(500, 90000, kStart);
  EXPECT_EQ(out->sequence, 1001);
  EXPECT_EQ(out->timestamp, 90000u);
}

TEST_F(SinkRewriterTest, AnotherSourceGoesOnByTheTimeThatPassed) {
  StartAt(10, 3000, false);
  Map(10, 3000);
  const Timestamp later = kStart + milliseconds(200);
  StartAt(40000, 777, false, later);
  const auto out = rewriter.Map(40000, 777, later);
  EXPECT_EQ(out->sequence, 1001);
  EXPECT_EQ(out->timestamp, 3000u + 18000);
  EXPECT_EQ(rewriter.timestamp_offset(), 3000u + 18000 - 777);
}

TEST_F(SinkRewriterTest, TimestampsGrowEvenWhenNoTimePassed) {
  StartAt(10, 3000, false);
  Map(10, 3000);
  StartAt(40000, 777, false);
  EXPECT_EQ(rewriter.Map(40000, 777, kStart)->timestamp, 3001u);
}

TEST_F(SinkRewriterTest, NumbersWrapAt16Bits) {
  SinkRewriter high(65535);
  high.Start(1, 0, false, 90000, kStart);
  EXPECT_EQ(high.Map(1, 0, kStart)->sequence, 65535);
  EXPECT_EQ(high.Map(2, 0, kStart)->sequence, 0);
}

}  // namespace
}  // namespace pcd::media
