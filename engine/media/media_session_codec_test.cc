// Codecs as a sink sees them: what starts it, what its description says, what goes beside audio.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/media/media_session.h"
#include "engine/media/media_testing.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/remb.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::pcd::testing::IsOk;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

const TrackSelector kVideo = KindSelector{MediaKind::kVideo, 0};
const TrackSelector kAudio = KindSelector{MediaKind::kAudio, 0};
constexpr uint8_t kEventType = 110;

class CodecTest : public ::testing::Test {
 protected:
  void Negotiate(const Codec& video) {
    ReceiveParameters section = VideoSection();
    section.codecs = {video};
    section.codecs.Edit()[0].payload_type = kVp8Type;
    section.codecs.Edit()[0].clock_rate = 90000;
    section.codecs.Edit()[0].rtcp_feedback = {"nack pli"};
    ReceiveParameters audio = AudioSection();
    audio.codecs.Edit().push_back(
        {.payload_type = kEventType, .name = "telephone-event", .clock_rate = 48000});
    audio.codecs.Edit().push_back(
        {.payload_type = 126, .name = "telephone-event", .clock_rate = 8000});
    bench_.session->SetReceivers({audio, section});
  }
  void Send(const Bytes& payload) {
    bench_.Rtp({.sequence = sequence_++, .payload = payload});
    bench_.Run(milliseconds(1));
  }
  void SendAudio(uint8_t payload_type, uint32_t timestamp) {
    bench_.Rtp({.ssrc = kAudioSsrc,
                .payload_type = payload_type,
                .sequence = sequence_++,
                .timestamp = timestamp,
                .payload = {payload_type}});
    bench_.Run(milliseconds(1));
  }
  std::string Sdp(const std::string& id) { return *bench_.session->GetSinkSdp(id); }

  MediaBench bench_;
  SinkReceiver receiver_{bench_.outside, MediaBench::Local(6004)};
  uint16_t sequence_ = 1;
};

TEST_F(CodecTest, EachVideoCodecStartsASinkAtItsOwnKeyFrame) {
  const struct {
    const char* name;
    Bytes key, inter;
  } kRows[] = {{"VP8", {0x10, 0x00, 0x00}, {0x10, 0x01, 0x00}},
               {"VP9", {0x88, 0x05, 0x86}, {0xC8, 0x05, 0x86}},
               {"H264", {0x67, 0x42, 0xC0, 0x1F}, {0x41, 0x9A}},
               {"H265", {0x40, 0x01, 0x0C}, {0x02, 0x01, 0xD0}},
               {"AV1", {0x18, 0x08, 0x00}, {0x10, 0x30, 0x12}}};
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.name);
    Negotiate({.name = row.name});
    ASSERT_THAT(bench_.AddSink("v", kVideo, 6004), IsOk());
    receiver_.rtp.clear();
    Send(row.inter);
    EXPECT_TRUE(receiver_.rtp.empty());
    Send(row.key);
    Send(row.inter);
    ASSERT_EQ(receiver_.rtp.size(), 2u);
    EXPECT_EQ(receiver_.rtp[0].payload, row.key);
    EXPECT_THAT(Sdp("v"), HasSubstr(std::string("a=rtpmap:96 ") + row.name + "/90000\r\n"));
    bench_.OnLoop([&] { EXPECT_THAT(bench_.session->DeleteSink("v"), IsOk()); });
  }
}

TEST_F(CodecTest, TheDescriptionOfH264HasTheParameterSetsOfTheStream) {
  Negotiate({.name = "H264",
             .fmtp = {{"level-asymmetry-allowed", "1"},
                      {"packetization-mode", "1"},
                      {"profile-level-id", "42001f"}}});
  ASSERT_THAT(bench_.AddSink("v", kVideo, 6004), IsOk());
  EXPECT_THAT(Sdp("v"), HasSubstr("a=fmtp:96 packetization-mode=1;profile-level-id=42001f\r\n"));
  Send({0x78, 0x00, 0x04, 0x67, 0x42, 0xC0, 0x1F, 0x00, 0x03, 0x68, 0xCE, 0x3C});
  EXPECT_THAT(Sdp("v"),
              HasSubstr("a=fmtp:96 packetization-mode=1;"
                        "sprop-parameter-sets=Z0LAHw==,aM48;profile-level-id=42c01f\r\n"));
}

TEST_F(CodecTest, ParameterSetsThatWereDescribedAreDescribedOnAndAreNotWaitedFor) {
  Negotiate({.name = "H264", .fmtp = {{"sprop-parameter-sets", "Z0LAHw==,aM48"}}});
  ASSERT_THAT(bench_.AddSink("v", kVideo, 6004), IsOk());
  Send({0x65, 0x88, 0x84});
  EXPECT_EQ(receiver_.rtp.size(), 1u);
  EXPECT_THAT(Sdp("v"), HasSubstr("sprop-parameter-sets=Z0LAHw==,aM48"));
}

TEST_F(CodecTest, TelephoneEventsGoBesideTheAudioWithTheirOwnType) {
  Negotiate({.name = "VP8"});
  ASSERT_THAT(bench_.AddSink("a", kAudio, 6004), IsOk());
  SendAudio(kOpusType, 960);
  SendAudio(kEventType, 1920);
  SendAudio(126, 1920);
  SendAudio(kOpusType, 2880);
  ASSERT_EQ(receiver_.rtp.size(), 4u);
  EXPECT_EQ(receiver_.rtp[1].payload_type, kEventType);
  EXPECT_EQ(receiver_.rtp[2].payload_type, 126);
  EXPECT_EQ(receiver_.rtp[1].timestamp - receiver_.rtp[0].timestamp, 960u);
  EXPECT_EQ(static_cast<uint16_t>(receiver_.rtp[3].sequence - receiver_.rtp[0].sequence), 3);
  const std::string sdp = Sdp("a");
  EXPECT_THAT(sdp, HasSubstr(" RTP/AVP 111 110 126\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=rtpmap:110 telephone-event/48000\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=rtpmap:126 telephone-event/8000\r\n"));
}

TEST_F(CodecTest, ASinkWhosePayloadTypeIsThatOfTheEventsHasNoEvents) {
  Negotiate({.name = "VP8"});
  SinkConfig config{.id = "a", .selector = kAudio, .rtp_destination = MediaBench::Local(6004)};
  config.payload_type = kEventType;
  ASSERT_THAT(bench_.session->CreateSink(config), IsOk());
  SendAudio(kOpusType, 960);
  SendAudio(kEventType, 1920);
  SendAudio(kOpusType, 2880);
  ASSERT_EQ(receiver_.rtp.size(), 2u);
  EXPECT_EQ(receiver_.rtp[0].payload_type, kEventType);
  EXPECT_EQ(static_cast<uint16_t>(receiver_.rtp[1].sequence - receiver_.rtp[0].sequence), 1);
  EXPECT_THAT(Sdp("a"), Not(HasSubstr("telephone-event/48000")));
}

class RembTest : public CodecTest {
 protected:
  void Negotiate(std::vector<std::string> feedback) {
    ReceiveParameters video = VideoSection();
    video.codecs.Edit()[0].rtcp_feedback = std::move(feedback);
    video.extensions.Edit().push_back({2, kAbsSendTimeExtensionUri});
    bench_.session->SetReceivers({video});
  }
  // Five seconds of 400 kbit/s, without queueing.
  void SendFor5Seconds() {
    for (int i = 0; i < 250; ++i) {
      const auto ticks = static_cast<uint32_t>(bench_.loop.Now().time_since_epoch().count() *
                                               (1 << 18) / 1'000'000);
      Bytes bytes = {0x90,
                     kVp8Type,
                     static_cast<uint8_t>(i >> 8),
                     static_cast<uint8_t>(i),
                     0,
                     0,
                     0,
                     0,
                     0xB0,
                     0,
                     0,
                     1,
                     0xBE,
                     0xDE,
                     0,
                     1,
                     0x22,
                     static_cast<uint8_t>(ticks >> 16),
                     static_cast<uint8_t>(ticks >> 8),
                     static_cast<uint8_t>(ticks),
                     0x10,
                     0x01};
      bytes.resize(1000);
      bench_.RtpBytes(bytes);
      bench_.Run(milliseconds(20));
    }
  }
  std::vector<uint64_t> Rates() {
    std::vector<uint64_t> rates;
    for (const Bytes& bytes : bench_.feedback.sent) {
      rtp::CompoundReader reader(bytes);
      for (rtp::RtcpPacketView view; reader.Next(view);) {
        const auto remb = rtp::ParseRemb(view);
        if (!remb) continue;
        rates.push_back(remb->bitrate_bps);
        EXPECT_EQ(remb->ssrc_count, 1u);
        EXPECT_EQ(remb->ssrc(0), kVideoSsrc);
      }
    }
    return rates;
  }
};

TEST_F(RembTest, WhereOnlyRembIsNegotiatedAnEstimateGoesOut) {
  Negotiate({"goog-remb", "nack pli"});
  SendFor5Seconds();
  const auto rates = Rates();
  ASSERT_GE(rates.size(), 3u);
  EXPECT_GT(rates.back(), 500'000u);
  const auto bitrates = bench_.session->GetStats().incoming_bitrates;
  ASSERT_EQ(bitrates.size(), 1u);
  EXPECT_EQ(bitrates[0].first, 0u);
  EXPECT_NEAR(static_cast<double>(bitrates[0].second), static_cast<double>(rates.back()),
              0.1 * static_cast<double>(rates.back()));
  EXPECT_EQ(bench_.feedback.CountOf(205, 15), 0u);
}

TEST_F(RembTest, WithTransportWideFeedbackThereIsNone) {
  Negotiate({"goog-remb", "transport-cc"});
  SendFor5Seconds();
  EXPECT_TRUE(Rates().empty());
  EXPECT_TRUE(bench_.session->GetStats().incoming_bitrates.empty());
}

}  // namespace
}  // namespace pcd::media
