#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/rtp/rtcp/extended_report.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/transport_feedback.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TrackSelector kVideo = KindSelector{MediaKind::kVideo, 0};
const TrackSelector kAudio = KindSelector{MediaKind::kAudio, 0};

class ReceiveTest : public ::testing::Test {
 protected:
  // `count` packets, one each 20 ms.
  void SendFor(int count, RtpSpec spec) {
    for (int i = 0; i < count; ++i) {
      bench.Rtp(spec);
      ++spec.sequence;
      spec.timestamp += 1800;
      if (spec.transport_sequence) ++*spec.transport_sequence;
      bench.Run(milliseconds(20));
    }
  }
  size_t Plis() { return bench.feedback.Plis().size(); }
  uint64_t Drops(DropReason reason) { return bench.session->drops()[reason]; }

  MediaBench bench;
};

TEST_F(ReceiveTest, TheFirstPacketOfEachSourceIsAnEvent) {
  bench.Negotiate();
  bench.session->SetTracks({{"0", "mic"}, {"1", "cam"}});
  bench.Rtp({.sequence = 1, .payload = {}, .padding = 10});
  EXPECT_TRUE(bench.TakeEventsOf<FirstPacketEvent>().empty()) << "padding is no media";
  bench.Rtp({.sequence = 2});
  bench.Rtp({.sequence = 3});
  bench.Rtp({.ssrc = 77, .sequence = 1, .mid = "1", .rid = "q"});
  bench.Rtp({.ssrc = kAudioSsrc, .payload_type = kOpusType});
  const auto events = bench.TakeEventsOf<FirstPacketEvent>();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].mid, "1");
  EXPECT_EQ(events[0].track_id, "cam");
  EXPECT_EQ(events[0].ssrc, kVideoSsrc);
  EXPECT_EQ(events[0].payload_type, kVp8Type);
  EXPECT_EQ(events[1].rid, "q");
  EXPECT_EQ(events[2].track_id, "mic");
}

TEST_F(ReceiveTest, WhatCannotBeRoutedIsDroppedByReason) {
  bench.Negotiate();
  bench.RtpBytes(Bytes{0x80, 96, 0, 1});
  EXPECT_EQ(Drops(DropReason::kMalformedRtp), 1u);
  bench.Rtp({.payload_type = 50});
  EXPECT_EQ(Drops(DropReason::kPayloadTypeNotNegotiated), 1u);
  bench.Rtp({.ssrc = 5, .mid = "9"});
  EXPECT_EQ(Drops(DropReason::kUnknownMid), 1u);
  bench.Rtp({.ssrc = 5, .payload_type = 50});
  EXPECT_EQ(Drops(DropReason::kUnknownSsrc), 1u);
  bench.Rtp({.ssrc = kVideoRtxSsrc, .payload_type = kRtxType});
  EXPECT_EQ(Drops(DropReason::kRetransmission), 1u);
  bench.Rtp({.sequence = 1});
  EXPECT_EQ(Drops(DropReason::kNoSink), 1u);
  bench.Rtp({.sequence = 20000});
  EXPECT_EQ(Drops(DropReason::kSequenceJump), 1u);
}

TEST_F(ReceiveTest, NothingPassesBeforeNegotiation) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  SinkReceiver receiver(bench.outside, MediaBench::Local(5004));
  bench.Rtp({.payload = kKeyFrame});
  bench.Run(seconds(1));
  EXPECT_TRUE(receiver.rtp.empty());
  EXPECT_TRUE(bench.feedback.sent.empty());
}

TEST_F(ReceiveTest, AStartingSinkAsksForAKeyFrameUntilOneArrives) {
  bench.Negotiate();
  SendFor(10, {.sequence = 1});
  EXPECT_EQ(Plis(), 0u);
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  EXPECT_EQ(bench.feedback.Plis(), std::vector<uint32_t>{kVideoSsrc});
  ASSERT_EQ(bench.TakeEventsOf<KeyFrameRequestedEvent>().size(), 1u);
  SendFor(150, {.sequence = 11});  // Three seconds without a key frame.
  EXPECT_EQ(Plis(), 4u);
  SendFor(1, {.sequence = 161, .payload = kKeyFrame});
  SendFor(150, {.sequence = 162});
  EXPECT_EQ(Plis(), 4u);
}

TEST_F(ReceiveTest, SeveralSinksAndRequestsBecomeOnePliPerInterval) {
  bench.Negotiate();
  SendFor(2, {.sequence = 1});
  ASSERT_THAT(bench.AddSink("1", kVideo, 5004), IsOk());
  ASSERT_THAT(bench.AddSink("2", kVideo, 6004), IsOk());
  EXPECT_FALSE(*bench.session->RequestKeyFrame(kVideo));
  EXPECT_EQ(Plis(), 1u);
  SendFor(1, {.sequence = 3, .payload = kKeyFrame});
  EXPECT_FALSE(*bench.session->RequestKeyFrameOfSink("1"));
  SendFor(30, {.sequence = 4});
  EXPECT_EQ(Plis(), 2u) << "the throttled request went out later";
}

TEST_F(ReceiveTest, ATrackIsMutedUntilItsMediaArrivesAndWhenItCeases) {
  bench.Negotiate();
  bench.session->SetTracks({{"0", "mic"}, {"1", "cam"}});
  EXPECT_TRUE(bench.session->IsMuted("1"));
  SendFor(10, {.sequence = 1});
  auto events = bench.TakeEventsOf<TrackMutedEvent>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].track_id, "cam");
  EXPECT_EQ(events[0].mid, "1");
  EXPECT_FALSE(events[0].muted);
  EXPECT_FALSE(bench.session->IsMuted("1"));
  EXPECT_TRUE(bench.session->IsMuted("0"));
  EXPECT_TRUE(bench.session->IsMuted("nothing"));

  bench.Run(milliseconds(1900));
  EXPECT_TRUE(bench.TakeEventsOf<TrackMutedEvent>().empty()) << "a pause";
  bench.Run(milliseconds(200));
  events = bench.TakeEventsOf<TrackMutedEvent>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].muted);
  SendFor(2, {.sequence = 11, .timestamp = 500'000});
  EXPECT_EQ(bench.TakeEventsOf<TrackMutedEvent>().size(), 1u) << "it is back";
}

TEST_F(ReceiveTest, ATrackIsMutedAtOnceWhenItIsNoLongerReceived) {
  bench.Negotiate();
  SendFor(1, {.sequence = 1});
  bench.TakeEvents();
  ReceiveParameters video = VideoSection();
  video.receiving = false;
  bench.session->SetReceivers({AudioSection(), video});
  const auto events = bench.TakeEventsOf<TrackMutedEvent>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].muted);
}

TEST_F(ReceiveTest, AGoodbyeMutesATrackAtOnceUnlessItHasJustBegun) {
  const Bytes bye = {0x81, 203, 0, 1, 0xB0, 0, 0, 1};
  bench.Negotiate();
  SendFor(110, {.sequence = 1});
  bench.Rtp({.ssrc = 900, .sequence = 5, .mid = "1"});
  bench.TakeEvents();
  bench.Rtcp(bye);
  EXPECT_FALSE(bench.session->IsMuted("1")) << "another source goes on";
  bench.Rtcp({0x81, 203, 0, 1, 0, 0, 0x03, 0x84});
  auto events = bench.TakeEventsOf<TrackMutedEvent>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].muted);
  // Packets and goodbyes in turn: back once, then muted by silence only.
  for (uint16_t i = 0; i < 50; ++i) {
    SendFor(1, {.sequence = static_cast<uint16_t>(200 + i)});
    bench.Rtcp(bye);
  }
  events = bench.TakeEventsOf<TrackMutedEvent>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_FALSE(events[0].muted);
  bench.Run(seconds(2));
  EXPECT_TRUE(bench.session->IsMuted("1"));
}

TEST_F(ReceiveTest, WhatIsNoMediaUnmutesNoTrackButComfortNoiseKeepsOneUnmuted) {
  bench.Negotiate();
  const RtpSpec noise{.ssrc = kAudioSsrc, .payload_type = kRedType};
  SendFor(1, noise);
  SendFor(1, {.sequence = 1, .payload = {}, .padding = 10});
  EXPECT_TRUE(bench.session->IsMuted("0"));
  EXPECT_TRUE(bench.session->IsMuted("1"));
  SendFor(1, {.ssrc = kAudioSsrc, .payload_type = kOpusType, .sequence = 1});
  EXPECT_FALSE(bench.session->IsMuted("0"));
  for (uint16_t i = 2; i < 6; ++i) {
    bench.Run(seconds(1));
    RtpSpec next = noise;
    next.sequence = i;
    bench.Rtp(next);
  }
  EXPECT_FALSE(bench.session->IsMuted("0"));
  bench.Run(seconds(2));
  EXPECT_TRUE(bench.session->IsMuted("0"));
  EXPECT_EQ(bench.session->NextDeadline(), kNever);
}

TEST_F(ReceiveTest, AnUnpausedSinkAsksAtOnce) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004, true), IsOk());
  bench.Negotiate();
  SendFor(10, {.sequence = 1});
  EXPECT_EQ(Plis(), 0u);
  ASSERT_THAT(bench.session->UpdateSink("v", {.paused = false}), IsOk());
  EXPECT_EQ(Plis(), 1u);
}

TEST_F(ReceiveTest, ASilentTrackIsAskedWhenItsPacketsComeAndNoTimerRunsBefore) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  EXPECT_EQ(bench.session->NextDeadline(), kNever);
  bench.Run(seconds(10));
  EXPECT_EQ(Plis(), 0u);
  SendFor(1, {.sequence = 1});
  EXPECT_EQ(Plis(), 1u);
}

TEST_F(ReceiveTest, AKeyFrameAsFirstPacketNeedsNoRequest) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendFor(1, {.sequence = 1, .payload = kKeyFrame});
  SendFor(100, {.sequence = 2});
  EXPECT_EQ(Plis(), 0u);
}

TEST_F(ReceiveTest, FirIsSentWherePliWasNotNegotiated) {
  ReceiveParameters video = VideoSection();
  video.codecs.Edit()[0].rtcp_feedback = {"ccm fir"};
  bench.session->SetReceivers({video});
  SendFor(1, {.sequence = 1});
  EXPECT_TRUE(*bench.session->RequestKeyFrame(kVideo));
  EXPECT_EQ(Plis(), 0u);
  EXPECT_EQ(bench.feedback.CountOf(rtp::kRtcpPayloadFeedback, rtp::kPsfbFir), 1u);
}

TEST_F(ReceiveTest, KeyFrameRequestsThatMakeNoSenseAreRefused) {
  EXPECT_THAT(bench.session->RequestKeyFrame(kVideo), HasReason(ErrorReason::TRACK_NOT_FOUND));
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  EXPECT_THAT(bench.session->RequestKeyFrameOfSink("v"),
              HasReason(ErrorReason::SINK_NOT_NEGOTIATED));
  EXPECT_THAT(bench.session->RequestKeyFrameOfSink("x"), HasReason(ErrorReason::SINK_NOT_FOUND));
  bench.Negotiate();
  EXPECT_THAT(bench.session->RequestKeyFrame(kAudio), HasReason(ErrorReason::TRACK_KIND_MISMATCH));
  ReceiveParameters held = VideoSection();
  held.receiving = false;
  bench.session->SetReceivers({AudioSection(), held});
  EXPECT_THAT(bench.session->RequestKeyFrame(kVideo), HasReason(ErrorReason::TRACK_NOT_ACTIVE));
}

TEST_F(ReceiveTest, PliAndFirFromASinkReachTheRemoteThrottled) {
  SinkReceiver receiver(bench.outside, MediaBench::Local(5004));
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendFor(1, {.sequence = 1, .payload = kKeyFrame});
  const SinkInfo info = *bench.session->GetSink("v");
  receiver.SendRtcp(MakePli(info.ssrc), info.local_rtcp);
  receiver.SendRtcp(MakePli(info.ssrc), info.local_rtcp);
  receiver.SendRtcp(MakePli(info.ssrc + 1), info.local_rtcp);  // Somebody else's.
  receiver.SendRtcp(MakeNack(info.ssrc, {1, 2, 30}), info.local_rtcp);
  receiver.SendRtcp({0x80, 201, 0, 1, 0, 0, 0, 9}, info.local_rtcp);
  receiver.SendRtcp({0x80, 201, 0, 9}, info.local_rtcp);
  bench.Run(milliseconds(5));
  EXPECT_EQ(bench.feedback.Plis(), std::vector<uint32_t>{kVideoSsrc});
  const SinkCounters counters = bench.session->GetSink("v")->counters;
  EXPECT_EQ(counters.key_frame_requests, 2u);
  EXPECT_EQ(counters.nacks, 3u);
  EXPECT_EQ(counters.receiver_reports, 1u);
  EXPECT_EQ(counters.rtcp_malformed, 1u);
  EXPECT_EQ(counters.rtcp_packets_received, 6u);
}

std::vector<rtp::ReportBlock> BlocksAbout(const FeedbackLog& log, uint32_t ssrc) {
  std::vector<rtp::ReportBlock> blocks;
  for (const Bytes& bytes : log.sent) {
    rtp::CompoundReader reader(bytes);
    for (rtp::RtcpPacketView view; reader.Next(view);) {
      const auto report = rtp::ParseReceiverReport(view);
      for (size_t i = 0; report && i < report->block_count; ++i) {
        if (report->block(i).ssrc == ssrc) blocks.push_back(report->block(i));
      }
    }
  }
  return blocks;
}

TEST_F(ReceiveTest, ReceiverReportsGoOutAboutOncePerSecondWhileMediaFlows) {
  bench.Negotiate();
  SendFor(500, {.sequence = 1});  // Ten seconds.
  const auto blocks = BlocksAbout(bench.feedback, kVideoSsrc);
  EXPECT_GE(blocks.size(), 6u);
  EXPECT_LE(blocks.size(), 20u);
  EXPECT_EQ(blocks.back().cumulative_lost, 0);
  bench.Run(seconds(2));
  const size_t sent = bench.feedback.sent.size();
  EXPECT_EQ(bench.session->NextDeadline(), kNever);
  bench.Run(seconds(10));
  EXPECT_EQ(bench.feedback.sent.size(), sent) << "silence needs no reports";
}

TEST_F(ReceiveTest, ReportsCarryLossAndTheLastSenderReport) {
  bench.Negotiate();
  SendFor(1, {.sequence = 1});
  bench.Rtcp(MakeSenderReport(kVideoSsrc, NtpTime{0x0000000100020000}, 0, "remote"));
  SendFor(100, {.sequence = 11});
  const auto blocks = BlocksAbout(bench.feedback, kVideoSsrc);
  ASSERT_FALSE(blocks.empty());
  EXPECT_EQ(blocks[0].cumulative_lost, 9);
  EXPECT_EQ(blocks[0].last_sr, 0x00010002u);
  EXPECT_GT(blocks[0].delay_since_last_sr, 0u);
  EXPECT_LT(blocks[0].delay_since_last_sr, 2u * 65536);
}

TEST_F(ReceiveTest, FeedbackStandsAloneOnlyWhereReducedSizeWasAgreed) {
  ReceiveParameters video = VideoSection();
  for (const bool reduced : {true, false}) {
    video.reduced_size_rtcp = reduced;
    bench.session->SetReceivers({video});
    bench.feedback.sent.clear();
    SendFor(1, {.sequence = 1});
    ASSERT_THAT(bench.session->RequestKeyFrame(kVideo), IsOk());
    bench.Run(seconds(1));
    ASSERT_FALSE(bench.feedback.sent.empty());
    EXPECT_EQ(bench.feedback.sent[0][1],
              reduced ? rtp::kRtcpPayloadFeedback : rtp::kRtcpReceiverReport);
  }
}

TEST_F(ReceiveTest, TransportFeedbackCoversEveryPacketTenAtATimeWhereTheyAreFew) {
  bench.Negotiate();
  SendFor(50, {.sequence = 1, .transport_sequence = 65500});
  bench.Run(seconds(1));
  std::vector<uint16_t> reported;
  size_t messages = 0;
  for (const Bytes& bytes : bench.feedback.sent) {
    rtp::CompoundReader reader(bytes);
    for (rtp::RtcpPacketView view; reader.Next(view);) {
      const auto feedback = rtp::ParseTransportFeedback(view);
      if (!feedback) continue;
      ++messages;
      EXPECT_EQ(feedback->media_ssrc, kVideoSsrc);
      rtp::TransportFeedback::Status status;
      for (auto statuses = feedback->statuses(); statuses.Next(status);) {
        if (status.received) reported.push_back(status.sequence);
      }
    }
  }
  ASSERT_EQ(reported.size(), 50u);
  for (uint16_t i = 0; i < 50; ++i) EXPECT_EQ(reported[i], static_cast<uint16_t>(65500 + i));
  // Ten packets each.
  EXPECT_GE(messages, 5u);
  EXPECT_LE(messages, 6u);
}

TEST_F(ReceiveTest, ABurstIsReportedWithoutWaitingForTheTimer) {
  bench.Negotiate();
  for (uint16_t i = 0; i < 50; ++i) bench.Rtp({.sequence = i, .transport_sequence = i});
  EXPECT_EQ(bench.feedback.CountOf(rtp::kRtcpTransportFeedback, rtp::kRtpfbTransportCc), 1u);
}

TEST_F(ReceiveTest, PaddingAndUnwantedPacketsCountForTransportFeedback) {
  bench.Negotiate();
  bench.Rtp({.sequence = 1, .payload = {}, .transport_sequence = 1, .padding = 100});
  bench.Rtp({.ssrc = kVideoRtxSsrc, .payload_type = kRtxType, .transport_sequence = 2});
  bench.Run(milliseconds(300));
  EXPECT_EQ(bench.feedback.CountOf(rtp::kRtcpTransportFeedback, rtp::kRtpfbTransportCc), 1u);
}

TEST_F(ReceiveTest, NoTransportFeedbackUnlessNegotiated) {
  ReceiveParameters video = VideoSection();
  video.codecs.Edit()[0].rtcp_feedback = {"nack pli"};
  bench.session->SetReceivers({video});
  SendFor(100, {.sequence = 1, .transport_sequence = 1});
  EXPECT_EQ(bench.feedback.CountOf(rtp::kRtcpTransportFeedback, rtp::kRtpfbTransportCc), 0u);
}

TEST_F(ReceiveTest, GarbageRtcpIsCountedAndHarmless) {
  bench.Negotiate();
  bench.Rtcp({0x80, 200, 0, 6, 1});
  bench.Rtcp({});
  bench.Rtcp(MakeSenderReport(12345, NtpTime{1}, 1, "stranger"));
  EXPECT_EQ(Drops(DropReason::kMalformedRtcp), 1u);
  EXPECT_TRUE(bench.session->GetStats().remote_outbound.empty());
}

TEST_F(ReceiveTest, AByeLetsAnotherSourceTakeOverAtOnce) {
  SinkReceiver receiver(bench.outside, MediaBench::Local(5004));
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendFor(1, {.sequence = 1, .payload = kKeyFrame});
  bench.Rtcp({0x81, 203, 0, 1, 0xB0, 0, 0, 1});
  bench.Rtp({.ssrc = 900, .sequence = 5, .payload = kKeyFrame, .mid = "1"});
  bench.Run(milliseconds(1));
  EXPECT_EQ(receiver.rtp.size(), 2u);
}

TEST_F(ReceiveTest, StatsHaveTheirW3cMeaning) {
  bench.Negotiate();
  bench.session->SetTracks({{"1", "cam"}});
  SendFor(1, {.sequence = 1, .timestamp = 0, .marker = true, .payload = kKeyFrame});
  SendFor(3, {.sequence = 2, .timestamp = 1800, .marker = true});
  SendFor(1, {.sequence = 7, .timestamp = 1800 * 6});
  bench.Rtcp(MakeSenderReport(kVideoSsrc, NtpFromUnixMicros(1'600'000'000'000'000), 0, ""));
  const MediaStats stats = bench.session->GetStats();
  ASSERT_EQ(stats.inbound.size(), 1u);
  const InboundRtpStats& inbound = stats.inbound[0];
  EXPECT_EQ(inbound.ssrc, kVideoSsrc);
  EXPECT_EQ(inbound.mid, "1");
  EXPECT_EQ(inbound.track_identifier, "cam");
  EXPECT_EQ(inbound.kind, MediaKind::kVideo);
  EXPECT_EQ(inbound.packets_received, 5u);
  EXPECT_EQ(inbound.packets_lost, 2);
  EXPECT_EQ(inbound.bytes_received, kKeyFrame.size() + 4 * 4);
  EXPECT_EQ(inbound.header_bytes_received, 60u);
  EXPECT_EQ(inbound.frames_received, 4u);
  EXPECT_EQ(inbound.key_frames_received, 1u);
  EXPECT_EQ(inbound.frame_width, 320u);
  EXPECT_EQ(inbound.frame_height, 240u);
  EXPECT_FALSE(inbound.audio_level.has_value());
  EXPECT_TRUE(inbound.last_packet_received_us);
  ASSERT_EQ(stats.codecs.size(), 1u);
  EXPECT_EQ(stats.codecs[0].id, inbound.codec_id);
  EXPECT_EQ(stats.codecs[0].mime_type, "video/VP8");
  ASSERT_EQ(stats.remote_outbound.size(), 1u);
  EXPECT_EQ(stats.remote_outbound[0].local_id, inbound.id);
  EXPECT_EQ(stats.remote_outbound[0].packets_sent, 10u);
  EXPECT_EQ(stats.remote_outbound[0].remote_timestamp_us, 1'600'000'000'000'000);
  // Told of again, it is as old as it is.
  const auto arrived = stats.remote_outbound[0].arrived_us;
  ASSERT_TRUE(arrived.has_value());
  EXPECT_EQ(*arrived, bench.loop.UnixMicros());
  bench.Run(std::chrono::milliseconds(1500));
  EXPECT_EQ(bench.session->GetStats().remote_outbound.at(0).arrived_us, arrived);
}

TEST_F(ReceiveTest, FramesPerSecondAreThoseOfTheLastSecond) {
  bench.Negotiate();
  SendFor(100, {.sequence = 1, .marker = true});
  EXPECT_EQ(bench.session->GetStats().inbound.at(0).frames_per_second, 50u);
  EXPECT_EQ(bench.session->GetStats().inbound.at(0).frame_width, 0u) << "no key frame told";
  bench.Run(seconds(2));
  EXPECT_EQ(bench.session->GetStats().inbound.at(0).frames_per_second, 0u);
}

TEST_F(ReceiveTest, TheLevelOfASoundIsThatOfItsNewestPacket) {
  bench.Negotiate();
  RtpSpec spec{
      .ssrc = kAudioSsrc, .payload_type = kOpusType, .sequence = 2, .audio_level = 0x80 | 30};
  SendFor(1, spec);
  EXPECT_EQ(bench.session->GetStats().inbound.at(0).audio_level, 30);
  spec.sequence = 1;
  spec.audio_level = 90;
  SendFor(1, spec);
  EXPECT_EQ(bench.session->GetStats().inbound.at(0).audio_level, 30) << "it is late";
}

// RFC 3550, A.3, which W3C refers to: what comes twice is received twice, and one less is lost.
TEST_F(ReceiveTest, DuplicatesAreReceivedAndDiscarded) {
  bench.Negotiate();
  SendFor(1, {.sequence = 1, .payload = kKeyFrame});
  SendFor(2, {.sequence = 1});
  SendFor(1, {.sequence = 3});
  const InboundRtpStats inbound = bench.session->GetStats().inbound.at(0);
  EXPECT_EQ(inbound.packets_received, 4u);
  EXPECT_EQ(inbound.packets_duplicated, 1u);
  EXPECT_EQ(inbound.packets_lost, -1);
}

TEST(ReceiveLimitTest, SourcesLearntFromPacketsAreCapped) {
  MediaBench bench({.max_ssrcs = 6, .max_unsignalled_ssrcs = 2});
  bench.Negotiate();
  for (uint32_t ssrc = 1; ssrc <= 50; ++ssrc) bench.Rtp({.ssrc = ssrc});
  for (uint32_t ssrc = 101; ssrc <= 150; ++ssrc) bench.Rtp({.ssrc = ssrc, .mid = "1"});
  EXPECT_EQ(bench.session->drops()[DropReason::kTooManySsrcs], 48u + 47u);
  EXPECT_EQ(bench.session->GetStats().inbound.size(), 5u);
}

// The last reference time that was told, and by whom.
std::optional<rtp::DelaySinceLastRr> LastReferenceTime(const FeedbackLog& log) {
  std::optional<rtp::DelaySinceLastRr> last;
  for (const Bytes& bytes : log.sent) {
    rtp::RtcpPacketView view;
    for (rtp::CompoundReader reader(bytes); reader.Next(view);) {
      rtp::XrBlockReader blocks(view);
      for (rtp::XrBlock block; blocks.Next(block);) {
        if (const auto time = rtp::ParseReferenceTime(block)) {
          last = {.ssrc = blocks.sender_ssrc(), .last_rr = time->Compact()};
        }
      }
    }
  }
  return last;
}

// RFC 3611: who sends nothing measures round trips all the same.
TEST(RoundTripTest, ASenderAnswersOurTime) {
  MediaBench bench;
  ReceiveParameters video = VideoSection();
  video.receiver_reference_time = true;
  bench.session->SetReceivers({AudioSection(), video});
  bench.Rtp({});
  bench.Rtcp(MakeSenderReport(kVideoSsrc, NtpTime{1}, 1, "remote"));
  bench.Run(seconds(2));
  auto answer = LastReferenceTime(bench.feedback);
  ASSERT_TRUE(answer.has_value());
  const auto send = [&](uint32_t from) {
    Bytes bytes(100);
    ByteWriter out(bytes);
    rtp::WriteDelays(out, from, {&*answer, 1});
    bytes.resize(out.size());
    bench.Rtcp(bytes);
  };
  const auto stats = [&] { return bench.session->GetStats().remote_outbound.at(0); };
  EXPECT_FALSE(stats().round_trip_time.has_value());
  bench.Rtp({.sequence = 2});
  const uint32_t before = answer->last_rr;
  for (int i = 0; i < 3000 && answer->last_rr == before; ++i) {
    bench.Run(milliseconds(1));
    answer = LastReferenceTime(bench.feedback);
  }
  ASSERT_NE(answer->last_rr, before);
  bench.Run(milliseconds(540));
  answer->delay = 32768;  // Half a second.
  send(kVideoSsrc);
  ASSERT_TRUE(stats().round_trip_time.has_value());
  EXPECT_NEAR(*stats().round_trip_time, 0.04, 0.002);
  EXPECT_EQ(stats().total_round_trip_time, stats().round_trip_time);
  EXPECT_EQ(stats().round_trip_time_measurements, 1u);
  send(kVideoSsrc + 1);  // Nobody that is known.
  ++answer->ssrc;
  send(kVideoSsrc);  // Not to us.
  EXPECT_EQ(stats().round_trip_time_measurements, 1u);
}

TEST(RoundTripTest, WhereItIsNotNegotiatedNoTimeIsTold) {
  MediaBench bench;
  bench.Negotiate();
  bench.Rtp({});
  bench.Run(seconds(2));
  EXPECT_FALSE(bench.feedback.sent.empty());
  EXPECT_FALSE(LastReferenceTime(bench.feedback).has_value());
}

}  // namespace
}  // namespace pcd::media
