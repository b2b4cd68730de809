#include "engine/rtp/rtcp/transport_feedback.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;
constexpr int32_t kLost = kTransportFeedbackLost;

Bytes Write(const TransportFeedback& header, const std::vector<int32_t>& deltas) {
  Bytes out(1 << 18);
  ByteWriter writer(out);
  WriteTransportFeedback(writer, header, deltas);
  EXPECT_TRUE(writer.ok());
  out.resize(writer.size());
  return out;
}

RtcpPacketView First(const Bytes& bytes) {
  RtcpPacketView packet;
  CompoundReader reader(bytes);
  EXPECT_TRUE(reader.Next(packet));
  RtcpPacketView other;
  EXPECT_FALSE(reader.Next(other));
  EXPECT_FALSE(reader.malformed());
  return packet;
}

std::vector<int32_t> Deltas(const TransportFeedback& feedback) {
  std::vector<int32_t> deltas;
  uint16_t expected = feedback.base_sequence;
  TransportFeedback::Status status;
  for (auto reader = feedback.statuses(); reader.Next(status);) {
    EXPECT_EQ(status.sequence, expected++);
    deltas.push_back(status.received ? status.delta : kLost);
  }
  return deltas;
}

void ExpectRoundTrip(const std::vector<int32_t>& deltas) {
  const TransportFeedback header = {.sender_ssrc = 1,
                                    .media_ssrc = 2,
                                    .base_sequence = 65530,
                                    .reference_time = -3,
                                    .feedback_count = 250};
  const Bytes bytes = Write(header, deltas);
  const auto feedback = ParseTransportFeedback(First(bytes));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender_ssrc, 1u);
  EXPECT_EQ(feedback->media_ssrc, 2u);
  EXPECT_EQ(feedback->base_sequence, 65530);
  EXPECT_EQ(feedback->status_count, deltas.size());
  EXPECT_EQ(feedback->reference_time, -3);
  EXPECT_EQ(feedback->feedback_count, 250);
  EXPECT_EQ(Deltas(*feedback), deltas);
}

TEST(TransportFeedbackTest, MatchesTheLayoutOfTheDraft) {
  // Seven received in a row is one run length chunk: symbol 1, length 7.
  const Bytes bytes = Write({.sender_ssrc = 1,
                             .media_ssrc = 2,
                             .base_sequence = 5,
                             .reference_time = 0x010203,
                             .feedback_count = 4},
                            {0, 1, 2, 3, 4, 5, 6});
  EXPECT_EQ(bytes, (Bytes{0x8F, 205, 0, 7, 0,    0, 0, 1, 0, 0, 0, 2, 0, 5, 0, 7,
                          1,    2,   3, 4, 0x20, 7, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0}));
}

TEST(TransportFeedbackTest, ReadsAnHandWrittenVectorOfEachKind) {
  // One-bit vector 1,0,1 of 14 symbols cut at a status count of 3; then nothing more.
  const Bytes one_bit = {0x8F, 205, 0, 5, 0, 0, 0, 1, 0,    0,    0,  2,
                         0,    9,   0, 3, 0, 0, 1, 0, 0xA8, 0x00, 10, 20};
  auto feedback = ParseTransportFeedback(First(one_bit));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(Deltas(*feedback), (std::vector<int32_t>{10, kLost, 20}));
  // Two-bit vector 1,2,0: symbols 01 10 00 -> 0b11'01'10'00'....
  const Bytes two_bit = {0x8F, 205, 0, 6, 0, 0, 0,    1,    0,  0,    0,    2, 0, 9,
                         0,    3,   0, 0, 1, 0, 0xD8, 0x00, 10, 0xFF, 0xFE, 0, 0, 0};
  feedback = ParseTransportFeedback(First(two_bit));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(Deltas(*feedback), (std::vector<int32_t>{10, -2, kLost}));
}

TEST(TransportFeedbackTest, RoundTripsTheBoundsOfEachSymbol) {
  ExpectRoundTrip({0});
  ExpectRoundTrip({255, 256, -1, 32767, -32768, kLost, 0});
  ExpectRoundTrip({kLost});
  ExpectRoundTrip(std::vector<int32_t>(20000, kLost));
  ExpectRoundTrip(std::vector<int32_t>(9000, 4));
}

TEST(TransportFeedbackTest, RoundTripsRandomPatterns) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<int32_t> deltas(1 + random() % 200);
    const unsigned lost = random() % 100, large = random() % 100;
    for (int32_t& delta : deltas) {
      delta = random() % 100 < lost    ? kLost
              : random() % 100 < large ? static_cast<int16_t>(random())
                                       : static_cast<int32_t>(random() % 256);
    }
    ExpectRoundTrip(deltas);
  }
}

TEST(TransportFeedbackTest, RefusesWhatIsCutShort) {
  const Bytes bytes = Write({}, {1, kLost, 300, 4, 5, 6, 7, 8, 9, 10});
  const RtcpPacketView whole = First(bytes);
  ASSERT_TRUE(ParseTransportFeedback(whole));
  for (size_t size = 0; size + 4 < whole.body.size(); ++size) {
    RtcpPacketView cut = whole;
    cut.body = whole.body.first(size);
    EXPECT_FALSE(ParseTransportFeedback(cut)) << size;
  }
}

TEST(TransportFeedbackTest, RefusesTheReservedSymbolAndAnEmptyReport) {
  Bytes bytes = Write({}, {1});
  bytes[20] = 0x60;  // Run length chunk of symbol 3.
  EXPECT_FALSE(ParseTransportFeedback(First(bytes)));
  bytes = Write({}, {1});
  bytes[15] = 0;  // Status count.
  EXPECT_FALSE(ParseTransportFeedback(First(bytes)));
}

TEST(TransportFeedbackTest, RunsOfLengthZeroDoNotHoldTheReaderUp) {
  Bytes bytes = Write({}, {1});
  // 2000 empty runs in front of the real one.
  bytes.insert(bytes.begin() + 20, 4000, 0);
  StoreU16(&bytes[2], static_cast<uint16_t>(bytes.size() / 4 - 1));
  const auto feedback = ParseTransportFeedback(First(bytes));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(Deltas(*feedback), std::vector<int32_t>{1});
}

}  // namespace
}  // namespace pcd::rtp
