#include "engine/media/receive_statistics.h"

#include <gtest/gtest.h>

namespace pcd::media {
namespace {

using Arrival = ReceiveStatistics::Arrival;
using std::chrono::milliseconds;

// One packet each 20 ms of a 48 kHz stream.
class Source {
 public:
  ReceiveStatistics::Result Send(uint16_t sequence, Duration delay = Duration(0)) {
    const Timestamp sent(milliseconds(20) * sequence + std::chrono::seconds(10));
    return statistics.OnPacket(sequence, 960u * sequence, 48000, sent + delay);
  }
  ReceiveStatistics statistics;
};

TEST(ReceiveStatisticsTest, CountsAcrossTheWrap) {
  Source source;
  for (int i = 65530; i < 65530 + 20; ++i) {
    EXPECT_EQ(source.Send(static_cast<uint16_t>(i)).arrival, Arrival::kNew);
  }
  EXPECT_EQ(source.statistics.lost(), 0);
  EXPECT_EQ(source.statistics.TakeReport().extended_sequence, 65536u + 13);
}

TEST(ReceiveStatisticsTest, ReportsLossOfTheIntervalAndInTotal) {
  Source source;
  for (uint16_t i = 0; i < 100; ++i) source.Send(i);
  EXPECT_EQ(source.statistics.TakeReport().fraction_lost, 0);
  for (uint16_t i = 100; i < 200; i += 2) source.Send(i);
  source.Send(200);
  const rtp::ReportBlock block = source.statistics.TakeReport();
  EXPECT_EQ(block.cumulative_lost, 50);
  EXPECT_EQ(block.fraction_lost, 50 * 256 / 101);
  EXPECT_EQ(block.extended_sequence, 200u);
}

TEST(ReceiveStatisticsTest, ALatePacketTakesItsLossBack) {
  Source source;
  source.Send(1);
  source.Send(3);
  EXPECT_EQ(source.statistics.lost(), 1);
  const auto late = source.Send(2);
  EXPECT_EQ(late.arrival, Arrival::kLate);
  EXPECT_EQ(source.statistics.lost(), 0);
  EXPECT_EQ(late.sequence + 2, source.Send(4).sequence);
}

TEST(ReceiveStatisticsTest, APacketBeforeTheFirstWasExpectedToo) {
  Source source;
  source.Send(10);
  EXPECT_EQ(source.Send(8).arrival, Arrival::kLate);
  EXPECT_EQ(source.statistics.lost(), 1);
}

TEST(ReceiveStatisticsTest, DuplicatesAreToldApartAndMakeLossNegative) {
  Source source;
  source.Send(1);
  EXPECT_EQ(source.Send(1).arrival, Arrival::kDuplicate);
  EXPECT_EQ(source.statistics.duplicates(), 1u);
  EXPECT_EQ(source.statistics.lost(), -1);
  EXPECT_EQ(source.statistics.TakeReport().cumulative_lost, -1);
}

TEST(ReceiveStatisticsTest, NumbersOfALapAgoAreNotDuplicates) {
  Source source;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(source.Send(static_cast<uint16_t>(i)).arrival, Arrival::kNew) << i;
  }
  source.Send(7000);
  EXPECT_EQ(source.Send(6990).arrival, Arrival::kLate);
}

TEST(ReceiveStatisticsTest, AJumpIsBelievedWhenTheNextPacketFollowsIt) {
  Source source;
  source.Send(10);
  EXPECT_EQ(source.Send(30000).arrival, Arrival::kJump);
  EXPECT_EQ(source.Send(11).arrival, Arrival::kNew);
  EXPECT_EQ(source.Send(30001).arrival, Arrival::kJump);
  EXPECT_EQ(source.Send(30002).arrival, Arrival::kRestart);
  EXPECT_EQ(source.Send(30003).arrival, Arrival::kNew);
  EXPECT_EQ(source.statistics.lost(), 0);
}

TEST(ReceiveStatisticsTest, ARestartBackwardsIsFollowedAndKeepsFormerLosses) {
  Source source;
  source.Send(50000);
  source.Send(50002);
  source.Send(100);
  EXPECT_EQ(source.Send(101).arrival, Arrival::kRestart);
  EXPECT_EQ(source.statistics.lost(), 1);
  EXPECT_EQ(source.statistics.TakeReport().extended_sequence, 101u);
}

TEST(ReceiveStatisticsTest, JitterIsZeroForASteadyStreamAndFollowsRfc3550) {
  Source source;
  for (uint16_t i = 0; i < 50; ++i) source.Send(i, milliseconds(30));
  EXPECT_EQ(source.statistics.TakeReport().jitter, 0u);
  // One step of 16 ms moves the estimate by a sixteenth of it: 1 ms.
  source.Send(50, milliseconds(46));
  EXPECT_EQ(source.statistics.TakeReport().jitter, 48u);
  EXPECT_DOUBLE_EQ(source.statistics.jitter_seconds(), 0.001);
}

TEST(ReceiveStatisticsTest, ATimestampJumpIsNotJitter) {
  ReceiveStatistics statistics;
  const Timestamp now(std::chrono::seconds(1));
  statistics.OnPacket(1, 0, 90000, now);
  statistics.OnPacket(2, 0x80000000, 90000, now);
  EXPECT_EQ(statistics.TakeReport().jitter, 0u);
}

TEST(ReceiveStatisticsTest, ThereIsNewsOncePerReport) {
  Source source;
  EXPECT_FALSE(source.statistics.HasNews());
  source.Send(1);
  EXPECT_TRUE(source.statistics.HasNews());
  source.statistics.TakeReport();
  EXPECT_FALSE(source.statistics.HasNews());
}

}  // namespace
}  // namespace pcd::media
