#include "engine/media/transport_cc_recorder.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/transport_feedback.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Message {
  uint16_t base = 0;
  uint8_t count = 0;
  size_t bytes = 0;
  // Sequence number to arrival in ticks; absent: reported as lost.
  std::map<uint16_t, int64_t> arrivals{};
  std::vector<uint16_t> lost{};
};

std::vector<Message> TakeAll(TransportCcRecorder& recorder) {
  std::vector<Message> messages;
  for (;;) {
    std::vector<uint8_t> bytes(1200);
    ByteWriter out(bytes);
    if (!recorder.WriteFeedback(out, 1, 2)) return messages;
    EXPECT_TRUE(out.ok());
    rtp::CompoundReader reader(out.written());
    rtp::RtcpPacketView view;
    EXPECT_TRUE(reader.Next(view));
    const auto feedback = rtp::ParseTransportFeedback(view);
    EXPECT_TRUE(feedback);
    if (!feedback) return messages;
    Message message{feedback->base_sequence, feedback->feedback_count, out.size(), {}, {}};
    int64_t ticks = int64_t{feedback->reference_time} * 256;
    rtp::TransportFeedback::Status status;
    for (auto statuses = feedback->statuses(); statuses.Next(status);) {
      if (!status.received) {
        message.lost.push_back(status.sequence);
        continue;
      }
      ticks += status.delta;
      message.arrivals[status.sequence] = ticks;
    }
    messages.push_back(std::move(message));
  }
}

Timestamp At(Duration since) { return Timestamp(seconds(1000) + since); }
int64_t Ticks(Duration since) { return (seconds(1000) + since) / Duration(250); }

TEST(TransportCcRecorderTest, ReportsArrivalsAndGaps) {
  TransportCcRecorder recorder;
  recorder.OnPacket(10, At(milliseconds(0)));
  recorder.OnPacket(11, At(milliseconds(5)));
  recorder.OnPacket(14, At(milliseconds(6)));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].base, 10);
  EXPECT_EQ(messages[0].lost, (std::vector<uint16_t>{12, 13}));
  EXPECT_EQ(messages[0].arrivals, (std::map<uint16_t, int64_t>{{10, Ticks(milliseconds(0))},
                                                               {11, Ticks(milliseconds(5))},
                                                               {14, Ticks(milliseconds(6))}}));
}

TEST(TransportCcRecorderTest, ALossBetweenTwoMessagesIsReportedInTheSecond) {
  TransportCcRecorder recorder;
  recorder.OnPacket(1, At({}));
  EXPECT_EQ(TakeAll(recorder).size(), 1u);
  recorder.OnPacket(3, At({}));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].base, 2);
  EXPECT_EQ(messages[0].lost, std::vector<uint16_t>{2});
  EXPECT_EQ(messages[0].count, 1);
}

TEST(TransportCcRecorderTest, ALatePacketIsReportedAfterAll) {
  TransportCcRecorder recorder;
  recorder.OnPacket(1, At({}));
  recorder.OnPacket(3, At({}));
  TakeAll(recorder);
  recorder.OnPacket(2, At(milliseconds(50)));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].base, 2);
  EXPECT_TRUE(messages[0].arrivals.contains(2));
}

TEST(TransportCcRecorderTest, IsDueAfterAnIntervalOrAfterEnoughPackets) {
  TransportCcRecorder recorder;
  EXPECT_EQ(recorder.NextDeadline(), kNever);
  recorder.OnPacket(0, At({}));
  for (uint16_t i = 1; i < 9; ++i) recorder.OnPacket(i, At(milliseconds(1)));
  EXPECT_EQ(recorder.NextDeadline(), At(milliseconds(250)));  // So few wait for more.
  for (uint16_t i = 9; i < 49; ++i) recorder.OnPacket(i, At(milliseconds(1)));
  EXPECT_EQ(recorder.NextDeadline(), At(milliseconds(100)));
  recorder.OnPacket(49, At(milliseconds(2)));
  EXPECT_EQ(recorder.NextDeadline(), At(milliseconds(2)));
  TakeAll(recorder);
  EXPECT_EQ(recorder.NextDeadline(), kNever);
  EXPECT_FALSE(recorder.HasPending());
}

TEST(TransportCcRecorderTest, TheTenthPacketAfterTheShortIntervalMakesItDueAtOnce) {
  TransportCcRecorder recorder;
  for (uint16_t i = 0; i < 9; ++i) recorder.OnPacket(i, At(milliseconds(20 * i)));
  EXPECT_EQ(recorder.NextDeadline(), At(milliseconds(250)));
  recorder.OnPacket(9, At(milliseconds(180)));
  EXPECT_EQ(recorder.NextDeadline(), At(milliseconds(180)));
}

TEST(TransportCcRecorderTest, CountsAcrossTheWrap) {
  TransportCcRecorder recorder;
  recorder.OnPacket(65534, At({}));
  recorder.OnPacket(1, At({}));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].lost, (std::vector<uint16_t>{65535, 0}));
}

TEST(TransportCcRecorderTest, APauseLongerThanADeltaBeginsANewMessage) {
  TransportCcRecorder recorder;
  recorder.OnPacket(1, At({}));
  recorder.OnPacket(2, At(seconds(9)));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[1].arrivals.at(2), Ticks(seconds(9)));
}

TEST(TransportCcRecorderTest, TheReferenceTimeWrapsWithoutHarm) {
  TransportCcRecorder recorder;
  // 2^24 units of 64 ms from the epoch.
  const Timestamp late(milliseconds(64) * (int64_t{1} << 24));
  recorder.OnPacket(1, late - milliseconds(1));
  recorder.OnPacket(2, late + milliseconds(1));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].arrivals.at(2) - messages[0].arrivals.at(1), 8);
}

TEST(TransportCcRecorderTest, AGapLongerThanTheWindowStartsAnew) {
  TransportCcRecorder recorder;
  recorder.OnPacket(1, At({}));
  recorder.OnPacket(30000, At({}));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].base, 30000);
}

TEST(TransportCcRecorderTest, ASenderThatCountsAnewIsFollowed) {
  TransportCcRecorder recorder;
  recorder.OnPacket(20000, At({}));
  TakeAll(recorder);
  for (uint16_t i = 0; i < 5; ++i) recorder.OnPacket(i, At({}));
  const auto messages = TakeAll(recorder);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].base, 2);
}

TEST(TransportCcRecorderTest, ManyPacketsAreSplitAndEveryMessageFits) {
  TransportCcRecorder recorder;
  std::mt19937 random(3);
  std::map<uint16_t, int64_t> sent;
  for (uint16_t i = 0; i < 1000; ++i) {
    if (random() % 3 == 0) continue;
    const Duration at = Duration(random() % 60'000'000);  // Worst case: every delta is large.
    recorder.OnPacket(i, At(at));
    sent[i] = Ticks(at);
  }
  std::map<uint16_t, int64_t> reported;
  for (const Message& message : TakeAll(recorder)) {
    EXPECT_LE(message.bytes, 1200u);
    reported.insert(message.arrivals.begin(), message.arrivals.end());
  }
  EXPECT_EQ(reported, sent);
}

}  // namespace
}  // namespace pcd::media
