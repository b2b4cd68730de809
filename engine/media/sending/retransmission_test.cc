// What a remote misses is sent again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "engine/media/sending/retransmitter.h"
#include "engine/media/sending/send_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

// A video track from a UDP port, sent with VP8 and RTX unless the test binds it otherwise.
class RetransmissionTest : public ::testing::Test {
 protected:
  RetransmissionTest() {
    EXPECT_THAT(bench_.AddUdpTrack("cam", MediaKind::kVideo), IsOk());
    feeder_ = std::make_unique<Feeder>(bench_, "cam", 7000);
    Bind(VideoSender());
  }
  void Bind(const SendParameters& parameters) {
    bench_.Bind({{.parameters = parameters, .track_id = "cam"}});
  }
  static SendParameters WithoutRtx() {
    SendParameters parameters = VideoSender();
    std::erase_if(parameters.codecs.Edit(), [](const Codec& codec) { return codec.NameIs("rtx"); });
    return parameters;
  }
  void SendFrames(uint16_t first, uint16_t last) {
    for (uint16_t i = first; i <= last; ++i) {
      feeder_->Rtp(
          {.ssrc = 5,
           .payload_type = 120,
           .sequence = i,
           .timestamp = 3000u * i,
           .marker = true,
           .payload = i == 1 ? kKeyFrame : Bytes{0x10, 0x01, 0x00, i == 2 ? Byte{2} : Byte{3}}});
    }
  }
  // The remote misses packets sent so far, by their place.
  void Miss(const std::vector<size_t>& places) {
    std::vector<uint16_t> sequences;
    for (size_t place : places) sequences.push_back(sent(place).sequence);
    bench_.Rtcp(MakeNack(ssrc(), sequences));
  }
  const SentRtp& sent(size_t place) const { return bench_.output.rtp.at(place); }
  uint32_t ssrc() const { return bench_.session->SsrcOf("video-sender"); }
  OutboundRtpStats Outbound() const { return bench_.session->GetStats().outbound.at(0); }

  using Byte = uint8_t;
  SendBench bench_;
  std::unique_ptr<Feeder> feeder_;
};

TEST_F(RetransmissionTest, WhereRtxIsNegotiatedAPacketComesAgainOnAnSsrcOfItsOwn) {
  SendFrames(1, 3);
  Miss({1, 2});
  ASSERT_THAT(bench_.output.rtp, SizeIs(5));
  const SentRtp& original = sent(1);
  const SentRtp& again = sent(3);
  EXPECT_NE(again.ssrc, ssrc());
  EXPECT_EQ(again.payload_type, kRtxType);
  EXPECT_EQ(again.timestamp, original.timestamp);
  EXPECT_EQ(again.marker, original.marker);
  EXPECT_EQ(again.mid, original.mid);
  Bytes payload = {static_cast<uint8_t>(original.sequence >> 8),
                   static_cast<uint8_t>(original.sequence)};
  payload.insert(payload.end(), original.payload.begin(), original.payload.end());
  EXPECT_EQ(again.payload, payload);
  EXPECT_EQ(sent(4).ssrc, again.ssrc);
  EXPECT_EQ(sent(4).sequence, static_cast<uint16_t>(again.sequence + 1));
  // The transport's numbers go on over all streams.
  EXPECT_EQ(*again.transport_sequence, static_cast<uint16_t>(*sent(2).transport_sequence + 1));
}

TEST_F(RetransmissionTest, WithoutRtxThePacketItselfComesAgain) {
  Bind(WithoutRtx());
  SendFrames(1, 3);
  Miss({1});
  ASSERT_THAT(bench_.output.rtp, SizeIs(4));
  EXPECT_EQ(sent(3).ssrc, ssrc());
  EXPECT_EQ(sent(3).payload_type, kVp8Type);
  EXPECT_EQ(sent(3).sequence, sent(1).sequence);
  EXPECT_EQ(sent(3).payload, sent(1).payload);
  EXPECT_EQ(*sent(3).transport_sequence, static_cast<uint16_t>(*sent(2).transport_sequence + 1));
  SendFrames(4, 4);
  EXPECT_EQ(sent(4).sequence, static_cast<uint16_t>(sent(2).sequence + 1)) << "no number is used";
}

TEST_F(RetransmissionTest, StatisticsTellWhatWentOutAgain) {
  SendFrames(1, 3);
  const OutboundRtpStats before = Outbound();
  EXPECT_EQ(before.retransmitted_packets_sent, 0u);
  ASSERT_TRUE(before.rtx_ssrc.has_value());
  Miss({0, 2});
  const OutboundRtpStats after = Outbound();
  EXPECT_EQ(*after.rtx_ssrc, sent(3).ssrc);
  EXPECT_EQ(after.nack_count, 1u);
  EXPECT_EQ(after.retransmitted_packets_sent, 2u);
  EXPECT_EQ(after.retransmitted_bytes_sent, sent(3).payload.size() + sent(4).payload.size());
  EXPECT_EQ(after.packets_sent, before.packets_sent + 2);
  EXPECT_EQ(after.bytes_sent, before.bytes_sent + after.retransmitted_bytes_sent);
  EXPECT_EQ(after.frames_sent, before.frames_sent);
  Bind(WithoutRtx());
  EXPECT_FALSE(Outbound().rtx_ssrc.has_value());
}

TEST_F(RetransmissionTest, ASenderReportCountsWhatItsSsrcSent) {
  SendFrames(1, 3);
  Miss({1, 2});
  bench_.Run(milliseconds(20));
  ASSERT_THAT(bench_.output.reports, SizeIs(1));
  EXPECT_EQ(bench_.output.reports[0].report.packet_count, 3u);
}

TEST_F(RetransmissionTest, APacketThatIsAskedForTwiceAtOnceComesOnce) {
  SendFrames(1, 3);
  Miss({1, 1});
  Miss({1});
  EXPECT_THAT(bench_.output.rtp, SizeIs(4));
  bench_.Run(milliseconds(20));
  Miss({1});
  EXPECT_THAT(bench_.output.rtp, SizeIs(5));
}

TEST_F(RetransmissionTest, WhatWasNeverSentOrNegotiatedIsNotSentAgain) {
  SendFrames(1, 3);
  bench_.Rtcp(MakeNack(ssrc(), {static_cast<uint16_t>(sent(2).sequence + 1)}));
  bench_.Rtcp(MakeNack(ssrc() + 1, {sent(1).sequence}));
  EXPECT_THAT(bench_.output.rtp, SizeIs(3));
  SendParameters plain = VideoSender();
  for (Codec& codec : plain.codecs.Edit()) codec.rtcp_feedback.clear();
  Bind(plain);
  SendFrames(4, 4);
  Miss({3});
  EXPECT_THAT(bench_.output.rtp, SizeIs(4));
}

TEST_F(RetransmissionTest, NothingComesAgainFromASenderThatIsStopped) {
  SendFrames(1, 3);
  SendParameters stopped = VideoSender();
  stopped.sending = false;
  Bind(stopped);
  Miss({1});
  EXPECT_THAT(bench_.output.rtp, SizeIs(3));
}

TEST_F(RetransmissionTest, AnotherBindingOfTheSameKeepsWhatWasSent) {
  SendFrames(1, 3);
  Bind(VideoSender());
  Miss({1});
  EXPECT_THAT(bench_.output.rtp, SizeIs(4));
}

TEST_F(RetransmissionTest, APeerThatAsksForEverythingGetsItsMediaTwiceAtMost) {
  SendFrames(1, 1);
  const Bytes frame(1000, 0x10);
  size_t asked = 0;
  for (uint16_t i = 2; i < 300; ++i) {
    feeder_->Rtp({.ssrc = 5, .payload_type = 120, .sequence = i, .timestamp = 1, .payload = frame});
    bench_.Run(milliseconds(11));
    std::vector<uint16_t> sequences;
    for (uint16_t back = 0; back < 16; ++back) {
      sequences.push_back(static_cast<uint16_t>(sent(0).sequence + i - 16 + back));
    }
    asked += sequences.size();
    bench_.Rtcp(MakeNack(ssrc(), sequences));
  }
  const OutboundRtpStats stats = Outbound();
  EXPECT_LE(stats.retransmitted_bytes_sent, stats.bytes_sent - stats.retransmitted_bytes_sent +
                                                Retransmitter::kFirstBudget +
                                                stats.header_bytes_sent);
  EXPECT_LT(stats.retransmitted_packets_sent, asked / 4);
}

}  // namespace
}  // namespace pcd::media
