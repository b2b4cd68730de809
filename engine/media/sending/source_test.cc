// The two kinds of sources, as a SendSession uses them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/media/sending/clip/clip.h"
#include "engine/media/sending/send_testing.h"
#include "engine/rtp/vp8_payload.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

SocketAddress Address(const char* text) { return *SocketAddress::Parse(text); }

class UdpSourceTest : public ::testing::Test {
 protected:
  void Open(const UdpSourceConfig& config = {}) {
    ASSERT_THAT(bench_.AddUdpTrack("mic", MediaKind::kAudio, config), IsOk());
    bench_.Bind({{.parameters = AudioSender(), .track_id = "mic"}});
  }
  LocalTrackInfo Info() const { return *bench_.session->GetTrack("mic"); }

  SendBench bench_;
};

TEST_F(UdpSourceTest, TheSystemChoosesAPairOfPortsOnLoopback) {
  Open();
  EXPECT_TRUE(Info().local_rtp->ip.IsLoopback());
  EXPECT_NE(Info().local_rtp->port, 0);
  EXPECT_EQ(Info().local_rtcp->port, Info().local_rtp->port + 1);
  EXPECT_FALSE(Info().remote_rtp.has_value());
}

TEST_F(UdpSourceTest, RtpAndRtcpMayShareAPort) {
  Open({.bind = Address("127.0.0.1:5000"), .rtcp_port = 5000});
  EXPECT_EQ(Info().local_rtcp, Info().local_rtp);
  Feeder feeder(bench_, "mic", 7000);
  feeder.Rtp({.ssrc = 5, .sequence = 1});
  feeder.Rtcp(MakeSenderReport(5, NtpTime{1ull << 40}, 0, "app"));
  bench_.Run(milliseconds(1100));
  EXPECT_EQ(feeder.CountOf(201, 1), 1u) << "a receiver report about its stream";
}

TEST_F(UdpSourceTest, ATakenPortIsUnavailable) {
  Open({.bind = Address("127.0.0.1:5000")});
  EXPECT_THAT(bench_.AddUdpTrack("2", MediaKind::kAudio, {.bind = Address("127.0.0.1:5000")}),
              HasReason(ErrorReason::PORT_UNAVAILABLE));
  EXPECT_THAT(bench_.AddUdpTrack("2", MediaKind::kAudio, {.bind = Address("127.0.0.1:4999")}),
              HasReason(ErrorReason::PORT_UNAVAILABLE))
      << "its RTCP port";
}

TEST_F(UdpSourceTest, ThePolicyDecidesOnAddresses) {
  for (const char* bind : {"10.0.0.1:5000", "0.0.0.0:5000", "10.0.0.1:0", "[::]:0"}) {
    EXPECT_THAT(bench_.AddUdpTrack("mic", MediaKind::kAudio, {.bind = Address(bind)}),
                HasReason(ErrorReason::SOURCE_ADDRESS_DENIED))
        << bind;
  }
  EXPECT_THAT(bench_.AddUdpTrack("mic", MediaKind::kAudio, {.remote = Address("10.0.0.2:5000")}),
              HasReason(ErrorReason::SOURCE_ADDRESS_DENIED));
  EXPECT_THAT(bench_.session->ListTracks(), IsEmpty());
}

TEST_F(UdpSourceTest, TheFirstSenderAndSsrcAreLatchedUntilTheyAreSilent) {
  Open();
  Feeder first(bench_, "mic", 7000);
  Feeder second(bench_, "mic", 7100);
  first.Rtp({.ssrc = 5, .sequence = 1});
  second.Rtp({.ssrc = 5, .sequence = 2});
  first.Rtp({.ssrc = 6, .sequence = 2});
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
  EXPECT_EQ(Info().counters.packets_discarded, 2u);
  EXPECT_EQ(Info().remote_rtp->port, 7000);
  bench_.Run(milliseconds(5100));
  second.Rtp({.ssrc = 9, .sequence = 60000});
  ASSERT_THAT(bench_.output.rtp, SizeIs(2));
  EXPECT_EQ(bench_.output.rtp[1].sequence,
            static_cast<uint16_t>(bench_.output.rtp[0].sequence + 1));
  EXPECT_EQ(Info().remote_rtp->port, 7100);
}

TEST_F(UdpSourceTest, TypeSsrcAndSenderThatAreGivenAreRequired) {
  Open({.payload_type = 96, .ssrc = 5, .remote = Address("127.0.0.1:7000")});
  Feeder right(bench_, "mic", 7000);
  Feeder wrong(bench_, "mic", 7100);
  wrong.Rtp({.ssrc = 5, .payload_type = 96, .sequence = 1});
  right.Rtp({.ssrc = 6, .payload_type = 96, .sequence = 1});
  right.Rtp({.ssrc = 5, .payload_type = 97, .sequence = 1});
  EXPECT_THAT(bench_.output.rtp, IsEmpty());
  right.Rtp({.ssrc = 5, .payload_type = 96, .sequence = 1});
  EXPECT_THAT(bench_.output.rtp, SizeIs(1));
  EXPECT_EQ(Info().counters.packets_discarded, 3u);
}

TEST_F(UdpSourceTest, NumbersThatBeginAnewAreFollowed) {
  Open();
  Feeder feeder(bench_, "mic", 7000);
  feeder.Rtp({.ssrc = 5, .sequence = 1000});
  for (uint16_t i = 0; i < 3; ++i) {
    feeder.Rtp({.ssrc = 5, .sequence = static_cast<uint16_t>(30000 + i)});
  }
  // The first after the jump is not believed.
  ASSERT_THAT(bench_.output.rtp, SizeIs(3));
  EXPECT_EQ(bench_.output.rtp[1].sequence,
            static_cast<uint16_t>(bench_.output.rtp[0].sequence + 1));
}

TEST_F(UdpSourceTest, GarbageIsCountedAndDropped) {
  Open();
  Feeder feeder(bench_, "mic", 7000);
  feeder.Rtcp(Bytes(100, 0xFF));
  feeder.RtpBytes(Bytes(11, 0x80));
  EXPECT_EQ(Info().counters.packets_discarded, 2u);
  feeder.Rtcp(MakePli(1));
  EXPECT_EQ(Info().counters.packets_discarded, 2u) << "a report before the first packet";
  EXPECT_EQ(Info().counters.packets_received, 0u);
}

TEST_F(UdpSourceTest, RtcpGoesBackWhereItCameFrom) {
  Open();
  Feeder feeder(bench_, "mic", 7000);
  feeder.Rtp({.ssrc = 5, .sequence = 1});
  bench_.Run(milliseconds(1100));
  // Nothing was heard on RTCP yet: the port after the RTP port.
  EXPECT_EQ(feeder.CountOf(201, 1), 1u);
  feeder.Rtp({.ssrc = 5, .sequence = 3});
  bench_.Run(milliseconds(1100));
  EXPECT_EQ(feeder.CountOf(201, 1), 2u);
  bench_.Run(seconds(10));
  EXPECT_EQ(feeder.CountOf(201, 1), 2u) << "no report about silence";
}

class TestSourceTest : public ::testing::Test {
 protected:
  void Start(MediaKind kind) {
    ASSERT_THAT(bench_.AddTestTrack("clip", kind), IsOk());
    bench_.Bind({{.parameters = kind == MediaKind::kVideo ? VideoSender() : AudioSender(),
                  .track_id = "clip"}});
  }
  size_t KeyFrames() const {
    size_t found = 0;
    for (const SentRtp& sent : bench_.output.rtp) {
      const auto vp8 = rtp::ParseVp8Payload(sent.payload);
      if (vp8 && vp8->start_of_key_frame) ++found;
    }
    return found;
  }
  size_t Frames() const {
    std::set<uint32_t> timestamps;
    for (const SentRtp& sent : bench_.output.rtp) timestamps.insert(sent.timestamp);
    return timestamps.size();
  }

  SendBench bench_;
};

TEST_F(TestSourceTest, TheVideoLoopsAndEachLoopBeginsWithAKeyFrame) {
  Start(MediaKind::kVideo);
  bench_.Run(milliseconds(3990));
  EXPECT_EQ(Frames(), 60u);
  EXPECT_EQ(KeyFrames(), 2u);
  const auto sequences = bench_.output.Sequences();
  for (size_t i = 1; i < sequences.size(); ++i) {
    ASSERT_EQ(sequences[i], static_cast<uint16_t>(sequences[i - 1] + 1));
  }
  for (const SentRtp& sent : bench_.output.rtp) ASSERT_LE(sent.payload.size(), 1100u);
}

TEST_F(TestSourceTest, AKeyFrameComesOnRequest) {
  Start(MediaKind::kVideo);
  bench_.Run(seconds(1));
  EXPECT_EQ(KeyFrames(), 1u);
  bench_.Rtcp(MakePli(bench_.session->SsrcOf("video-sender")));
  bench_.Run(milliseconds(70));
  EXPECT_EQ(KeyFrames(), 2u);
}

TEST_F(TestSourceTest, TheAudioComesEvery20Milliseconds) {
  Start(MediaKind::kAudio);
  bench_.Run(milliseconds(990));
  ASSERT_THAT(bench_.output.rtp, SizeIs(50));
  EXPECT_EQ(bench_.output.rtp[1].timestamp - bench_.output.rtp[0].timestamp, 960u);
  EXPECT_EQ(bench_.output.rtp[0].payload_type, kOpusType);
}

TEST_F(TestSourceTest, ItRunsOnlyWhileItIsSent) {
  ASSERT_THAT(bench_.AddTestTrack("clip", MediaKind::kVideo), IsOk());
  EXPECT_EQ(bench_.session->NextDeadline(), kNever);
  bench_.Bind({{.parameters = VideoSender(), .track_id = "clip"}});
  bench_.Run(milliseconds(100));
  bench_.Bind({{.parameters = VideoSender(), .track_id = ""}});
  const size_t sent = bench_.output.rtp.size();
  bench_.Run(seconds(5));
  EXPECT_EQ(bench_.output.rtp.size(), sent);
  bench_.Bind({{.parameters = VideoSender(), .track_id = "clip"}});
  bench_.Run(milliseconds(10));
  EXPECT_EQ(KeyFrames(), 2u) << "it begins anew";
}

TEST_F(TestSourceTest, AStalledLoopDoesNotCatchUpWithABurst) {
  Start(MediaKind::kAudio);
  bench_.Run(milliseconds(10));
  bench_.loop.RunFor(seconds(60));
  bench_.OnLoop([&] { bench_.session->HandleTimeout(bench_.loop.Now()); });
  EXPECT_LE(bench_.output.rtp.size(), 3u);
  // Time went on nevertheless.
  EXPECT_NEAR(bench_.output.rtp.back().timestamp - bench_.output.rtp.front().timestamp, 60 * 48000,
              2 * 960);
}

TEST_F(TestSourceTest, BlankIsAKeyFrameASecondAndSilence) {
  ASSERT_THAT(
      bench_.session->CreateTrack(
          {.id = "black", .kind = MediaKind::kVideo, .source = TestSourceConfig{.blank = true}}),
      IsOk());
  bench_.Bind({{.parameters = VideoSender(), .track_id = "black"}});
  bench_.Run(milliseconds(2990));
  EXPECT_EQ(Frames(), 3u);
  EXPECT_EQ(KeyFrames(), 3u);
  EXPECT_EQ(bench_.output.rtp.back().timestamp - bench_.output.rtp.front().timestamp, 180'000u);
  bench_.output.rtp.clear();
  ASSERT_THAT(
      bench_.session->CreateTrack(
          {.id = "silence", .kind = MediaKind::kAudio, .source = TestSourceConfig{.blank = true}}),
      IsOk());
  bench_.Bind({{.parameters = AudioSender(), .track_id = "silence"}});
  bench_.Run(milliseconds(1490));
  ASSERT_THAT(bench_.output.rtp, SizeIs(75));
  EXPECT_EQ(bench_.output.rtp[1].timestamp - bench_.output.rtp[0].timestamp, 960u);
}

TEST_F(TestSourceTest, ThereIsAClipOfVp8AndOneOfOpus) {
  const auto create = [&](const std::string& id, MediaKind kind, const Codec& codec) {
    return bench_.session->CreateTrack(
        {.id = id, .kind = kind, .source = TestSourceConfig{.codec = codec}});
  };
  EXPECT_THAT(create("1", MediaKind::kVideo, Vp8()), IsOk());
  EXPECT_THAT(create("2", MediaKind::kAudio, Opus()), IsOk());
  EXPECT_THAT(create("3", MediaKind::kVideo, Opus()), HasReason(ErrorReason::INVALID_CODEC));
  Codec h264 = Vp8();
  h264.name = "H264";
  EXPECT_THAT(create("4", MediaKind::kVideo, h264), HasReason(ErrorReason::INVALID_CODEC));
}

}  // namespace
}  // namespace pcd::media
