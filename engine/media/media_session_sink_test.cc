#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::HasMessage;
using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TrackSelector kVideo = KindSelector{MediaKind::kVideo, 0};
const TrackSelector kAudio = KindSelector{MediaKind::kAudio, 0};

class SinkTest : public ::testing::Test {
 protected:
  SinkState StateOf(const std::string& id) { return bench.session->GetSink(id)->state; }
  void SetPaused(const std::string& id, bool paused) {
    ASSERT_THAT(bench.session->UpdateSink(id, {.paused = paused}), IsOk());
  }
  // Sends video packets of one each, `first` to `last`, and lets them arrive.
  void SendVideo(int first, int last, bool key_first = false) {
    for (int i = first; i <= last; ++i) {
      RtpSpec spec;
      spec.sequence = static_cast<uint16_t>(i);
      spec.timestamp = static_cast<uint32_t>(3000 * i);
      spec.marker = true;
      if (key_first && i == first) spec.payload = kKeyFrame;
      bench.Rtp(spec);
    }
    bench.Run(milliseconds(1));
  }
  void SendAudio(int first, int last) {
    for (int i = first; i <= last; ++i) {
      bench.Rtp({.ssrc = kAudioSsrc,
                 .payload_type = kOpusType,
                 .sequence = static_cast<uint16_t>(i),
                 .timestamp = static_cast<uint32_t>(960 * i),
                 .payload = {1, 2, 3}});
    }
    bench.Run(milliseconds(1));
  }
  static void ExpectContiguous(const std::vector<uint16_t>& sequences) {
    for (size_t i = 1; i < sequences.size(); ++i) {
      EXPECT_EQ(static_cast<uint16_t>(sequences[i - 1] + 1), sequences[i]) << i;
    }
  }

  MediaBench bench;
  SinkReceiver receiver{bench.outside, MediaBench::Local(5004)};
};

TEST_F(SinkTest, AudioFlowsAtOnceWithRewrittenHeaderAndSamePayload) {
  SinkConfig config;
  config.id = "a";
  config.selector = kAudio;
  config.rtp_destination = MediaBench::Local(5004);
  config.payload_type = 100;
  config.ssrc = 4711;
  ASSERT_THAT(bench.session->CreateSink(config), IsOk());
  bench.Negotiate();
  bench.Rtp({.ssrc = kAudioSsrc,
             .payload_type = kOpusType,
             .sequence = 9,
             .timestamp = 4800,
             .marker = true,
             .payload = {1, 2, 3},
             .mid = "0",
             .transport_sequence = 5});
  bench.Run(milliseconds(1));
  ASSERT_EQ(receiver.rtp.size(), 1u);
  EXPECT_EQ(receiver.rtp[0].ssrc, 4711u);
  EXPECT_EQ(receiver.rtp[0].payload_type, 100);
  EXPECT_EQ(receiver.rtp[0].timestamp, 4800u);
  EXPECT_TRUE(receiver.rtp[0].marker);
  EXPECT_FALSE(receiver.rtp[0].has_extension);
  EXPECT_EQ(receiver.rtp[0].payload, (Bytes{1, 2, 3}));
  const SinkInfo info = *bench.session->GetSink("a");
  EXPECT_EQ(info.state, SinkState::kActive);
  EXPECT_EQ(info.counters.packets_sent, 1u);
  EXPECT_EQ(info.counters.bytes_sent, 15u);
  EXPECT_TRUE(info.counters.last_packet_us);
}

TEST_F(SinkTest, VideoStartsAtTheKeyFrame) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 3);
  EXPECT_TRUE(receiver.rtp.empty());
  EXPECT_EQ(StateOf("v"), SinkState::kStarting);
  SendVideo(4, 6, true);
  ASSERT_EQ(receiver.rtp.size(), 3u);
  EXPECT_EQ(receiver.rtp[0].payload, kKeyFrame);
  EXPECT_EQ(StateOf("v"), SinkState::kActive);
  EXPECT_EQ(bench.session->GetSink("v")->counters.packets_skipped, 3u);
}

TEST_F(SinkTest, StatesFollowNegotiationPauseAndMedia) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004, true), IsOk());
  EXPECT_EQ(StateOf("v"), SinkState::kWaiting);
  bench.Negotiate();
  EXPECT_EQ(StateOf("v"), SinkState::kPaused);
  SetPaused("v", false);
  EXPECT_EQ(StateOf("v"), SinkState::kStarting);
  SendVideo(1, 1, true);
  EXPECT_EQ(StateOf("v"), SinkState::kActive);
  SetPaused("v", true);
  EXPECT_EQ(StateOf("v"), SinkState::kPaused);
  bench.session->SetReceivers({AudioSection()});
  EXPECT_EQ(StateOf("v"), SinkState::kEnded);

  std::vector<SinkState> states;
  for (const auto& event : bench.TakeEventsOf<SinkStateChangedEvent>()) {
    EXPECT_EQ(event.sink_id, "v");
    states.push_back(event.state);
  }
  EXPECT_EQ(states, (std::vector{SinkState::kPaused, SinkState::kStarting, SinkState::kActive,
                                 SinkState::kPaused, SinkState::kEnded}));
}

TEST_F(SinkTest, NumbersStayContiguousAcrossPausesAndPadding) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 5, true);
  bench.Rtp({.sequence = 6, .payload = {}, .padding = 200});
  SendVideo(7, 9);
  SetPaused("v", true);
  SendVideo(10, 20);
  SetPaused("v", false);
  SendVideo(21, 24);
  SendVideo(25, 27, true);
  EXPECT_EQ(receiver.rtp.size(), 5u + 3 + 3);
  ExpectContiguous(receiver.Sequences());
  EXPECT_EQ(receiver.rtp.back().timestamp, 3000u * 27);
  EXPECT_EQ(bench.session->drops()[DropReason::kPaddingOnly], 1u);
}

TEST_F(SinkTest, RealLossStaysVisible) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  bench.Negotiate();
  SendAudio(1, 2);
  SendAudio(5, 5);
  const auto sequences = receiver.Sequences();
  ASSERT_EQ(sequences.size(), 3u);
  EXPECT_EQ(sequences[2] - sequences[1], 3);
}

TEST_F(SinkTest, PaddingAtTheEndOfMediaIsTakenOff) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  bench.Negotiate();
  bench.Rtp({.ssrc = kAudioSsrc, .payload_type = kOpusType, .payload = {7, 8}, .padding = 6});
  bench.Run(milliseconds(1));
  ASSERT_EQ(receiver.rtp.size(), 1u);
  EXPECT_EQ(receiver.rtp[0].payload, (Bytes{7, 8}));
}

TEST_F(SinkTest, RedundancyIsNotForwardedAndLeavesNoGap) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  bench.Negotiate();
  SendAudio(1, 1);
  bench.Rtp({.ssrc = kAudioSsrc, .payload_type = kRedType, .sequence = 2});
  SendAudio(3, 3);
  EXPECT_EQ(receiver.rtp.size(), 2u);
  ExpectContiguous(receiver.Sequences());
  EXPECT_EQ(bench.session->drops()[DropReason::kNotMedia], 1u);
}

TEST_F(SinkTest, SeveralSinksOfOneTrackGetTheSameMediaUnderTheirOwnHeaders) {
  SinkReceiver second(bench.outside, MediaBench::Local(6004));
  SinkReceiver third(bench.outside, MediaBench::Local(7004));
  ASSERT_THAT(bench.AddSink("1", kVideo, 5004), IsOk());
  ASSERT_THAT(bench.AddSink("2", MidSelector{"1"}, 6004), IsOk());
  ASSERT_THAT(bench.AddSink("3", TrackIdSelector{"camera"}, 7004), IsOk());
  bench.Negotiate();
  bench.session->SetTracks({{"1", "camera"}});
  SendVideo(1, 4, true);
  for (const SinkReceiver* other : {&receiver, &second, &third}) {
    ASSERT_EQ(other->rtp.size(), 4u);
    EXPECT_EQ(other->rtp[0].payload, kKeyFrame);
    EXPECT_EQ(other->rtp[3].timestamp, 12000u);
  }
  EXPECT_NE(receiver.rtp[0].ssrc, second.rtp[0].ssrc);
  EXPECT_EQ(bench.session->GetSink("3")->track_id, "camera");
  EXPECT_EQ(bench.session->GetSink("3")->mid, "1");
}

TEST_F(SinkTest, KindAndOrdinalCountsSectionsOfThatKind) {
  SinkReceiver second(bench.outside, MediaBench::Local(6004));
  ASSERT_THAT(bench.AddSink("0", KindSelector{MediaKind::kVideo, 0}, 5004), IsOk());
  ASSERT_THAT(bench.AddSink("1", KindSelector{MediaKind::kVideo, 1}, 6004), IsOk());
  ReceiveParameters screen = VideoSection("2");
  screen.ssrcs = {{.ssrc = 500}};
  bench.session->SetReceivers({VideoSection("1"), AudioSection(), screen});
  EXPECT_EQ(bench.session->GetSink("0")->mid, "1");
  EXPECT_EQ(bench.session->GetSink("1")->mid, "2");
  bench.Rtp({.ssrc = 500, .sequence = 1, .payload = kKeyFrame});
  bench.Run(milliseconds(1));
  EXPECT_TRUE(receiver.rtp.empty());
  EXPECT_EQ(second.rtp.size(), 1u);
}

TEST_F(SinkTest, ANewSourceOfTheTrackContinuesNumbersAndTimestamps) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 3, true);
  bench.Run(seconds(1));
  // Another SSRC of the same mid: nothing until its key frame, then on from there.
  bench.Rtp({.ssrc = 900, .sequence = 40000, .timestamp = 5, .mid = "1"});
  bench.Rtp({.ssrc = 900, .sequence = 40001, .timestamp = 3005, .payload = kKeyFrame});
  bench.Rtp({.ssrc = 900, .sequence = 40002, .timestamp = 6005});
  bench.Run(milliseconds(1));
  ASSERT_EQ(receiver.rtp.size(), 5u);
  ExpectContiguous(receiver.Sequences());
  EXPECT_EQ(receiver.rtp[3].payload, kKeyFrame);
  // One second and one millisecond after the last frame.
  EXPECT_EQ(receiver.rtp[3].timestamp, 9000u + 90090);
  EXPECT_EQ(receiver.rtp[4].timestamp, receiver.rtp[3].timestamp + 3000);
  EXPECT_EQ(receiver.rtp[4].ssrc, receiver.rtp[0].ssrc);
  EXPECT_EQ(bench.feedback.Plis(), std::vector<uint32_t>{900});
}

TEST_F(SinkTest, ASecondSourceBesideALiveOneIsNotMixedIn) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 3, true);
  bench.Rtp({.ssrc = 900, .sequence = 1, .payload = kKeyFrame, .mid = "1", .rid = "h"});
  bench.Run(milliseconds(1));
  EXPECT_EQ(receiver.rtp.size(), 3u);
  EXPECT_EQ(bench.session->drops()[DropReason::kOtherSource], 1u);
}

TEST_F(SinkTest, ASourceThatCountsAnewGoesOnAtItsKeyFrame) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 3, true);
  SendVideo(30000, 30002);
  SendVideo(30003, 30005, true);
  EXPECT_EQ(receiver.rtp.size(), 6u);
  ExpectContiguous(receiver.Sequences());
}

TEST_F(SinkTest, ADirectionChangeStopsAndRestartsTheSink) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 2, true);
  ReceiveParameters held = VideoSection();
  held.receiving = false;
  bench.session->SetReceivers({AudioSection(), held});
  EXPECT_EQ(StateOf("v"), SinkState::kWaiting);
  SendVideo(3, 4);
  EXPECT_EQ(bench.session->drops()[DropReason::kNotReceiving], 2u);
  bench.Negotiate();
  EXPECT_EQ(StateOf("v"), SinkState::kStarting);
  SendVideo(5, 6);
  SendVideo(7, 8, true);
  EXPECT_EQ(receiver.rtp.size(), 4u);
  ExpectContiguous(receiver.Sequences());
}

TEST_F(SinkTest, ANewDestinationStartsAtAKeyFrameAndTheOldOneGetsABye) {
  SinkReceiver second(bench.outside, MediaBench::Local(6004));
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004), IsOk());
  bench.Negotiate();
  SendVideo(1, 2, true);
  bench.OnLoop([&] {
    EXPECT_THAT(bench.session->UpdateSink("v", {.rtp_destination = MediaBench::Local(6004)}),
                IsOk());
  });
  EXPECT_EQ(bench.session->GetSink("v")->config.rtcp_destination, MediaBench::Local(6005));
  SendVideo(3, 4);
  SendVideo(5, 6, true);
  EXPECT_EQ(receiver.rtp.size(), 2u);
  EXPECT_EQ(receiver.byes.size(), 1u);
  ASSERT_EQ(second.rtp.size(), 2u);
  EXPECT_EQ(second.rtp[0].payload, kKeyFrame);
  EXPECT_EQ(static_cast<uint16_t>(receiver.rtp[1].sequence + 1), second.rtp[0].sequence);
}

TEST_F(SinkTest, RtcpMovesAlongAsItWas) {
  SinkConfig own_port{.id = "own",
                      .selector = kVideo,
                      .rtp_destination = MediaBench::Local(7000),
                      .rtcp_destination = MediaBench::Local(7100)};
  SinkConfig muxed{.id = "muxed",
                   .selector = kVideo,
                   .rtp_destination = MediaBench::Local(7200),
                   .rtcp_destination = MediaBench::Local(7200)};
  ASSERT_THAT(bench.session->CreateSink(own_port), IsOk());
  ASSERT_THAT(bench.session->CreateSink(muxed), IsOk());
  bench.OnLoop([&] {
    EXPECT_THAT(bench.session->UpdateSink("own", {.rtp_destination = MediaBench::Local(7010)}),
                IsOk());
    EXPECT_THAT(bench.session->UpdateSink("muxed", {.rtp_destination = MediaBench::Local(7300)}),
                IsOk());
  });
  EXPECT_EQ(bench.session->GetSink("own")->config.rtcp_destination, MediaBench::Local(7100));
  EXPECT_EQ(bench.session->GetSink("muxed")->config.rtcp_destination, MediaBench::Local(7300));
}

TEST_F(SinkTest, PayloadTypeAndSsrcChangeInFlight) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  bench.Negotiate();
  SendAudio(1, 1);
  ASSERT_THAT(bench.session->UpdateSink("a", {.payload_type = 101, .ssrc = 31}), IsOk());
  SendAudio(2, 2);
  ASSERT_EQ(receiver.rtp.size(), 2u);
  EXPECT_EQ(receiver.rtp[0].payload_type, kOpusType);
  EXPECT_EQ(receiver.rtp[1].payload_type, 101);
  EXPECT_EQ(receiver.rtp[1].ssrc, 31u);
  ASSERT_EQ(receiver.byes.size(), 1u);
  EXPECT_EQ(receiver.byes[0], receiver.rtp[0].ssrc);
}

TEST_F(SinkTest, RtpAndRtcpShareAPortWhenAskedTo) {
  SinkReceiver mux(bench.outside, MediaBench::Local(6004), true);
  SinkConfig config;
  config.id = "a";
  config.selector = kAudio;
  config.rtp_destination = MediaBench::Local(6004);
  config.rtcp_destination = MediaBench::Local(6004);
  ASSERT_THAT(bench.session->CreateSink(config), IsOk());
  bench.Negotiate();
  SendAudio(1, 1);
  bench.Run(milliseconds(100));
  EXPECT_EQ(mux.rtp.size(), 1u);
  EXPECT_EQ(mux.reports.size(), 1u);
  const SinkInfo info = *bench.session->GetSink("a");
  EXPECT_EQ(info.local_rtp, info.local_rtcp);
}

TEST_F(SinkTest, DeletingAndClosingSayByeAndStop) {
  SinkReceiver second(bench.outside, MediaBench::Local(6004));
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  ASSERT_THAT(bench.AddSink("b", kAudio, 6004), IsOk());
  bench.Negotiate();
  SendAudio(1, 1);
  bench.OnLoop([&] { EXPECT_THAT(bench.session->DeleteSink("a"), IsOk()); });
  SendAudio(2, 2);
  EXPECT_EQ(receiver.rtp.size(), 1u);
  EXPECT_EQ(receiver.byes.size(), 1u);
  bench.OnLoop([&] {
    bench.session->Close();
    bench.session->Close();
  });
  SendAudio(3, 3);
  EXPECT_EQ(second.rtp.size(), 2u);
  EXPECT_EQ(second.byes.size(), 1u);
  EXPECT_EQ(bench.session->drops()[DropReason::kClosed], 1u);
  EXPECT_EQ(bench.session->NextDeadline(), kNever);
  EXPECT_THAT(bench.AddSink("c", kAudio, 7004), HasReason(ErrorReason::INVALID_STATE));
}

TEST_F(SinkTest, ASinkThatSentNothingSaysNoBye) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  ASSERT_THAT(bench.session->DeleteSink("a"), IsOk());
  bench.Run(milliseconds(10));
  EXPECT_EQ(receiver.rtcp_datagrams, 0u);
}

TEST_F(SinkTest, RequestsThatCannotBeMetAreRefused) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  EXPECT_THAT(bench.AddSink("a", kAudio, 6004), HasReason(ErrorReason::SINK_ALREADY_EXISTS));
  EXPECT_THAT(bench.AddSink("b", kAudio, 5004), HasReason(ErrorReason::SINK_DESTINATION_IN_USE));
  EXPECT_THAT(bench.AddSink("b", kAudio, 5005), HasReason(ErrorReason::SINK_DESTINATION_IN_USE));
  EXPECT_THAT(bench.AddSink("b", kAudio, 5003), HasReason(ErrorReason::SINK_DESTINATION_IN_USE));
  SinkConfig denied;
  denied.id = "b";
  denied.selector = kAudio;
  denied.rtp_destination = *SocketAddress::Parse("192.0.2.1:5004");
  EXPECT_THAT(bench.session->CreateSink(denied), HasReason(ErrorReason::SINK_DESTINATION_DENIED));
  EXPECT_THAT(bench.session->UpdateSink("a", {.rtp_destination = denied.rtp_destination}),
              HasReason(ErrorReason::SINK_DESTINATION_DENIED));
  EXPECT_EQ(bench.session->GetSink("a")->config.rtp_destination, MediaBench::Local(5004));
  EXPECT_THAT(bench.session->UpdateSink("x", {}), HasReason(ErrorReason::SINK_NOT_FOUND));
  EXPECT_THAT(bench.session->DeleteSink("x"), HasReason(ErrorReason::SINK_NOT_FOUND));
  EXPECT_THAT(bench.session->GetSink("x"), HasReason(ErrorReason::SINK_NOT_FOUND));
  EXPECT_EQ(bench.session->ListSinks().size(), 1u);
}

TEST_F(SinkTest, AnUpdateThatFailsChangesNothing) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004), IsOk());
  EXPECT_THAT(bench.session->UpdateSink(
                  "a", {.paused = true, .rtp_destination = MediaBench::Local(6004), .ssrc = 0}),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  const SinkInfo info = *bench.session->GetSink("a");
  EXPECT_FALSE(info.config.paused);
  EXPECT_EQ(info.config.rtp_destination, MediaBench::Local(5004));
}

TEST(SinkLimitTest, SinksAreCapped) {
  MediaBench bench({.max_sinks = 2});
  EXPECT_THAT(bench.AddSink("1", kAudio, 5000), IsOk());
  EXPECT_THAT(bench.AddSink("2", kAudio, 5002), IsOk());
  EXPECT_THAT(bench.AddSink("3", kAudio, 5004), HasReason(ErrorReason::LIMIT_EXCEEDED));
}

TEST_F(SinkTest, TheSdpIsThereOnceTheTrackIsNegotiated) {
  ASSERT_THAT(bench.AddSink("v", kVideo, 5004, true), IsOk());
  EXPECT_THAT(bench.session->GetSinkSdp("v"), HasReason(ErrorReason::SINK_NOT_NEGOTIATED));
  EXPECT_THAT(bench.session->GetSinkSdp("x"), HasReason(ErrorReason::SINK_NOT_FOUND));
  EXPECT_THAT(bench.session->GetSinkSdp(std::vector<std::string>{}),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  bench.Negotiate();
  const std::string sdp = *bench.session->GetSinkSdp("v");
  EXPECT_NE(sdp.find("m=video 5004 RTP/AVP 96\r\n"), std::string::npos) << sdp;
  EXPECT_NE(sdp.find("a=rtpmap:96 VP8/90000\r\n"), std::string::npos);
  EXPECT_NE(sdp.find("cname:ours\r\n"), std::string::npos);
  EXPECT_EQ(sdp.find("rtx"), std::string::npos);
}

TEST_F(SinkTest, TheSdpSaysHowLongPacketsAreWhereTheRemoteDid) {
  ASSERT_THAT(bench.AddSink("a", kAudio, 5004, true), IsOk());
  bench.Negotiate();
  EXPECT_EQ(bench.session->GetSinkSdp("a")->find("ptime:"), std::string::npos);
  ReceiveParameters audio = AudioSection();
  audio.ptime = 40;
  audio.maxptime = 60;
  bench.session->SetReceivers({audio, VideoSection()});
  EXPECT_NE(bench.session->GetSinkSdp("a")->find("a=ptime:40\r\na=maxptime:60\r\n"),
            std::string::npos);
}

TEST_F(SinkTest, TheSdpHasTheSinksOwnPayloadType) {
  SinkConfig config;
  config.id = "v";
  config.selector = kVideo;
  config.rtp_destination = MediaBench::Local(5004);
  config.payload_type = 120;
  ASSERT_THAT(bench.session->CreateSink(config), IsOk());
  bench.Negotiate();
  const std::string sdp = *bench.session->GetSinkSdp("v");
  EXPECT_NE(sdp.find("m=video 5004 RTP/AVP 120\r\n"), std::string::npos);
  EXPECT_NE(sdp.find("a=rtpmap:120 VP8/90000\r\n"), std::string::npos);
}

}  // namespace
}  // namespace pcd::media
