// What MediaSession does about packets that are lost, late, out of order, or come twice.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtp_packet_view.h"
#include "engine/testing/impairment_link.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using Numbers = std::vector<uint16_t>;

const TrackSelector kVideo = KindSelector{MediaKind::kVideo, 0};

Bytes Retransmission(uint16_t number, const RtpSpec& original) {
  RtpSpec spec = original;
  spec.ssrc = kVideoRtxSsrc;
  spec.payload_type = kRtxType;
  spec.sequence = number;
  spec.payload = {static_cast<uint8_t>(original.sequence >> 8),
                  static_cast<uint8_t>(original.sequence)};
  spec.payload.insert(spec.payload.end(), original.payload.begin(), original.payload.end());
  return MakeRtp(spec);
}

class LossTest : public ::testing::Test {
 protected:
  LossTest() { bench_.Negotiate(); }

  void AddSink(Duration max_reorder_delay = {}) {
    SinkConfig config;
    config.id = "v";
    config.selector = kVideo;
    config.rtp_destination = MediaBench::Local(6004);
    config.max_reorder_delay = max_reorder_delay;
    ASSERT_THAT(bench_.session->CreateSink(config), IsOk());
  }
  static RtpSpec Packet(uint16_t number) {
    RtpSpec spec{.sequence = number, .timestamp = 3000u * number};
    if (number == 0) spec.payload = kKeyFrame;
    spec.payload.push_back(static_cast<uint8_t>(number));
    return spec;
  }
  void Send(uint16_t number) {
    bench_.Rtp(Packet(number));
    bench_.Run(milliseconds(1));
  }
  // The last byte of each packet that the sink sent: its number, as given to Packet.
  Numbers Received() {
    Numbers numbers;
    for (const ReceivedRtp& packet : receiver_.rtp) numbers.push_back(packet.payload.back());
    return numbers;
  }
  Numbers Nacked() {
    Numbers numbers;
    for (const Bytes& bytes : bench_.feedback.sent) {
      rtp::CompoundReader reader(bytes);
      for (rtp::RtcpPacketView view; reader.Next(view);) {
        const auto nack = rtp::ParseNack(view);
        if (!nack || nack->media_ssrc != kVideoSsrc) continue;
        uint16_t number = 0;
        for (auto items = nack->sequences(); items.Next(number);) numbers.push_back(number);
      }
    }
    return numbers;
  }
  uint64_t Drops(DropReason reason) { return bench_.session->drops()[reason]; }
  SinkCounters Counters() { return bench_.session->GetSink("v")->counters; }

  MediaBench bench_;
  SinkReceiver receiver_{bench_.outside, MediaBench::Local(6004)};
};

TEST_F(LossTest, AGapIsNackedAndRtxFillsIt) {
  AddSink();
  for (const uint16_t number : {0, 1, 4}) Send(number);
  bench_.Run(milliseconds(10));
  EXPECT_EQ(Nacked(), (Numbers{2, 3}));
  bench_.RtpBytes(Retransmission(100, Packet(2)));
  bench_.RtpBytes(Retransmission(101, Packet(3)));
  bench_.Run(milliseconds(1000));
  EXPECT_EQ(Received(), (Numbers{0, 1, 4, 2, 3}));
  const Numbers sequences = receiver_.Sequences();
  for (size_t i = 0; i < sequences.size(); ++i) {
    EXPECT_EQ(static_cast<uint16_t>(sequences[i] - sequences[0]), Received()[i]);
    EXPECT_EQ(receiver_.rtp[i].ssrc, receiver_.rtp[0].ssrc);
    EXPECT_EQ(receiver_.rtp[i].payload_type, kVp8Type);
    EXPECT_EQ(receiver_.rtp[i].timestamp - receiver_.rtp[0].timestamp, 3000u * Received()[i]);
  }
  EXPECT_EQ(Nacked().size(), 2u);
  const InboundRtpStats stats = bench_.session->GetStats().inbound.at(0);
  EXPECT_EQ(stats.nack_count, 1u);
  // W3C: what came again is a part of all that came.
  EXPECT_EQ(stats.packets_received, 3u + 2u);
  EXPECT_EQ(stats.packets_lost, 2);
  EXPECT_EQ(stats.rtx_ssrc, kVideoRtxSsrc);
  EXPECT_EQ(stats.retransmitted_packets_received, 2u);
  ASSERT_TRUE(stats.retransmitted_bytes_received.has_value());
  EXPECT_GT(*stats.retransmitted_bytes_received, 0u);
  EXPECT_GT(stats.bytes_received, *stats.retransmitted_bytes_received);
}

TEST_F(LossTest, WithoutRtxTheSamePacketComesAgain) {
  AddSink();
  for (const uint16_t number : {0, 2}) Send(number);
  bench_.Run(milliseconds(10));
  EXPECT_EQ(Nacked(), Numbers{1});
  Send(1);
  Send(3);
  EXPECT_EQ(Received(), (Numbers{0, 2, 1, 3}));
  EXPECT_EQ(bench_.session->GetStats().inbound.at(0).packets_lost, 0);
}

TEST_F(LossTest, NothingIsNackedWithoutASinkOrWithoutTheFeedback) {
  for (const uint16_t number : {0, 1, 5}) Send(number);
  bench_.Run(milliseconds(500));
  EXPECT_TRUE(Nacked().empty());
  ReceiveParameters video = VideoSection();
  video.codecs.Edit()[0].rtcp_feedback = {"nack pli"};
  bench_.session->SetReceivers({AudioSection(), video});
  MediaBench other;
  other.session->SetReceivers({AudioSection(), video});
  ASSERT_THAT(other.AddSink("v", kVideo, 7004), IsOk());
  other.Rtp(Packet(0));
  other.Rtp(Packet(5));
  other.Run(milliseconds(500));
  EXPECT_EQ(other.feedback.CountOf(205, 1), 0u);
}

TEST_F(LossTest, WhatIsGivenUpIsFollowedByARequestForAKeyFrame) {
  AddSink();
  for (const uint16_t number : {0, 2}) Send(number);
  const size_t before = bench_.feedback.Plis().size();
  for (uint16_t number = 3; number < 120; ++number) {
    Send(number);
    bench_.Run(milliseconds(10));
  }
  EXPECT_GE(Nacked().size(), 5u);
  EXPECT_LE(Nacked().size(), 10u);
  EXPECT_EQ(bench_.feedback.Plis().size(), before + 1);
}

TEST_F(LossTest, WhatComesTwiceGoesOutOnce) {
  AddSink();
  for (const uint16_t number : {0, 1, 1, 2, 0}) Send(number);
  bench_.RtpBytes(Retransmission(100, Packet(1)));
  bench_.Run(milliseconds(10));
  EXPECT_EQ(Received(), (Numbers{0, 1, 2}));
  EXPECT_EQ(Drops(DropReason::kDuplicate), 2u);
  EXPECT_EQ(Drops(DropReason::kRetransmission), 1u);
}

TEST_F(LossTest, ARetransmissionBeforeItsStreamOrOfNothingIsDropped) {
  AddSink();
  bench_.RtpBytes(Retransmission(100, Packet(7)));
  for (const uint16_t number : {0, 1}) Send(number);
  bench_.RtpBytes(MakeRtp({.ssrc = kVideoRtxSsrc,
                           .payload_type = kRtxType,
                           .sequence = 101,
                           .payload = {},
                           .padding = 200}));
  bench_.RtpBytes(Retransmission(102, Packet(20000)));
  bench_.Run(milliseconds(10));
  EXPECT_EQ(Received(), (Numbers{0, 1}));
  EXPECT_EQ(Drops(DropReason::kRetransmission), 3u);
}

TEST_F(LossTest, AnUnsignalledRtxStreamRepeatsTheOnlyMediaStream) {
  ReceiveParameters video = VideoSection();
  video.ssrcs.clear();
  bench_.session->SetReceivers({AudioSection(), video});
  AddSink();
  for (const uint16_t number : {0, 2}) Send(number);
  RtpSpec lost = Packet(1);
  lost.mid = "1";
  bench_.RtpBytes(Retransmission(100, lost));
  bench_.Run(milliseconds(10));
  EXPECT_EQ(Received(), (Numbers{0, 2, 1}));
}

TEST_F(LossTest, ASinkCanHaveItsPacketsInOrder) {
  AddSink(milliseconds(100));
  for (const uint16_t number : {0, 1, 4, 3}) Send(number);
  EXPECT_EQ(Received(), (Numbers{0, 1}));
  bench_.RtpBytes(Retransmission(100, Packet(2)));
  bench_.Run(milliseconds(5));
  EXPECT_EQ(Received(), (Numbers{0, 1, 2, 3, 4}));
  EXPECT_EQ(Counters().packets_skipped, 0u);
}

TEST_F(LossTest, OrderIsWaitedForNoLongerThanAsked) {
  AddSink(milliseconds(100));
  for (const uint16_t number : {0, 2, 3}) Send(number);
  bench_.Run(milliseconds(90));
  EXPECT_EQ(Received(), Numbers{0});
  bench_.Run(milliseconds(15));
  EXPECT_EQ(Received(), (Numbers{0, 2, 3}));
  Send(1);  // Too late.
  Send(4);
  EXPECT_EQ(Received(), (Numbers{0, 2, 3, 4}));
  EXPECT_EQ(Counters().packets_skipped, 1u);
  const Numbers sequences = receiver_.Sequences();
  EXPECT_EQ(static_cast<uint16_t>(sequences[1] - sequences[0]), 2);
}

TEST_F(LossTest, AKeyFrameWhosePacketsWereSwappedStartsASinkInOrder) {
  AddSink(milliseconds(50));
  Send(10);  // No key frame: sets what is next.
  RtpSpec key = Packet(11);
  key.payload = kKeyFrame;
  key.payload.push_back(11);
  bench_.Rtp(Packet(12));
  bench_.Rtp(key);
  bench_.Run(milliseconds(5));
  EXPECT_EQ(Received(), (Numbers{11, 12}));
}

TEST_F(LossTest, PaddingInTheOrderHoldsNothingUp) {
  AddSink(milliseconds(500));
  for (const uint16_t number : {0, 1, 4}) Send(number);
  RtpSpec padding = Packet(3);
  padding.payload = {};
  padding.padding = 100;
  bench_.Rtp(padding);
  Send(2);
  EXPECT_EQ(Received(), (Numbers{0, 1, 2, 4}));
  const Numbers sequences = receiver_.Sequences();
  EXPECT_EQ(static_cast<uint16_t>(sequences[3] - sequences[2]), 1);
}

TEST_F(LossTest, TheDelayOfASinkCanChange) {
  AddSink(milliseconds(500));
  for (const uint16_t number : {0, 2}) Send(number);
  bench_.OnLoop([&] {
    EXPECT_THAT(bench_.session->UpdateSink("v", {.max_reorder_delay = Duration(0)}), IsOk());
  });
  bench_.Run(milliseconds(1));
  EXPECT_EQ(Received(), (Numbers{0, 2}));
  Send(1);
  EXPECT_EQ(Received(), (Numbers{0, 2, 1}));
  EXPECT_FALSE(bench_.session->UpdateSink("v", {.max_reorder_delay = milliseconds(1001)}).ok());
}

TEST_F(LossTest, AFlushSendsWhatWaitsBehindAGap) {
  AddSink(milliseconds(500));
  for (const uint16_t number : {0, 2, 4}) Send(number);
  EXPECT_EQ(Received(), Numbers{0});
  bench_.OnLoop([&] { bench_.session->FlushSinks(); });
  bench_.Run(milliseconds(1));
  EXPECT_EQ(Received(), (Numbers{0, 2, 4}));
  Send(5);  // The order goes on from there.
  EXPECT_EQ(Received(), (Numbers{0, 2, 4, 5}));
}

TEST_F(LossTest, APausedSinkForgetsWhatItHeld) {
  AddSink(milliseconds(500));
  for (const uint16_t number : {0, 2}) Send(number);
  bench_.OnLoop([&] { EXPECT_THAT(bench_.session->UpdateSink("v", {.paused = true}), IsOk()); });
  bench_.Run(milliseconds(600));
  EXPECT_EQ(Received(), Numbers{0});
  EXPECT_EQ(Counters().packets_skipped, 1u);
}

// A sender of 250 packets a second behind a link that loses, delays, reorders and doubles; it
// answers NACKs by RTX, over a link as bad.
TEST_F(LossTest, OverABadLinkASinkGetsAllInOrder) {
  AddSink(milliseconds(400));
  testing::ImpairmentOptions options;
  options.loss = 0.03;
  options.delay = milliseconds(25);
  options.jitter = milliseconds(5);
  options.reorder = 0.02;
  options.duplicate = 0.02;
  testing::ImpairmentLink media(options, 11), feedback(options, 12);
  constexpr int kPackets = 2500;
  uint16_t rtx_number = 0;
  size_t fed_back = 0;
  const auto spec = [](int number) {
    RtpSpec packet = Packet(static_cast<uint16_t>(number));
    packet.timestamp = 3000u * static_cast<uint32_t>(number);
    packet.payload = number % 250 == 0 ? kKeyFrame : Bytes{0x10, 0x01, 0x00};
    packet.payload.push_back(static_cast<uint8_t>(number >> 8));
    packet.payload.push_back(static_cast<uint8_t>(number));
    return packet;
  };
  for (int tick = 0; tick < kPackets * 4 + 2000; ++tick) {
    const Timestamp now = bench_.loop.Now();
    if (tick % 4 == 0 && tick / 4 < kPackets) media.HandlePacket(MakeRtp(spec(tick / 4)), now);
    for (; fed_back < bench_.feedback.sent.size(); ++fed_back) {
      feedback.HandlePacket(bench_.feedback.sent[fed_back], now);
    }
    feedback.HandleTimeout(now);
    while (const auto compound = feedback.PollOutput()) {
      rtp::CompoundReader reader(*compound);
      for (rtp::RtcpPacketView view; reader.Next(view);) {
        const auto nack = rtp::ParseNack(view);
        uint16_t number = 0;
        if (!nack) continue;
        for (auto items = nack->sequences(); items.Next(number);) {
          media.HandlePacket(Retransmission(rtx_number++, spec(number)), now);
        }
      }
    }
    media.HandleTimeout(now);
    while (const auto packet = media.PollOutput()) bench_.RtpBytes(*packet);
    bench_.Run(milliseconds(1));
  }
  ASSERT_GT(media.model().counters().lost, 60u);
  ASSERT_GT(receiver_.rtp.size(), size_t{kPackets} - 10);
  size_t missing = 0;
  for (size_t i = 1; i < receiver_.rtp.size(); ++i) {
    const int step =
        static_cast<uint16_t>(receiver_.rtp[i].sequence - receiver_.rtp[i - 1].sequence);
    ASSERT_GE(step, 1) << i;
    ASSERT_LT(step, 100) << i;
    missing += static_cast<size_t>(step - 1);
  }
  EXPECT_LE(missing, 3u);
  EXPECT_LE(bench_.feedback.Plis().size(), 4u);
}

}  // namespace
}  // namespace pcd::media
