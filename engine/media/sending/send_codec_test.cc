// Which negotiated codec a track is sent as, and where its video may begin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/media/sending/rtp_sender.h"
#include "engine/media/sending/send_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::media {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using ::testing::SizeIs;

Codec Video(uint8_t payload_type, const char* name,
            std::vector<std::pair<std::string, std::string>> fmtp = {}) {
  return {.payload_type = payload_type,
          .name = name,
          .clock_rate = 90000,
          .fmtp = std::move(fmtp),
          .rtcp_feedback = {"nack"}};
}

// What a browser may negotiate.
std::vector<Codec> Negotiated() {
  return {Video(96, "VP8"),
          Video(97, "rtx", {{"apt", "96"}}),
          Video(98, "VP9", {{"profile-id", "0"}}),
          Video(100, "VP9", {{"profile-id", "2"}}),
          Video(102, "H264", {{"packetization-mode", "0"}, {"profile-level-id", "42e01f"}}),
          Video(104, "H264", {{"packetization-mode", "1"}, {"profile-level-id", "42e01f"}}),
          Video(106, "H264", {{"packetization-mode", "1"}, {"profile-level-id", "64001f"}}),
          Video(45, "AV1"),
          {.payload_type = 111, .name = "opus", .clock_rate = 48000, .channels = 2},
          {.payload_type = 9, .name = "G722", .clock_rate = 8000, .channels = 1},
          {.payload_type = 0, .name = "PCMU", .clock_rate = 8000},
          {.payload_type = 8, .name = "PCMA", .clock_rate = 8000}};
}

struct Choice {
  Codec track;
  int payload_type;  // -1: none.
};

TEST(FindSendCodecTest, ATrackIsSentAsWhatAReceiverCanDecode) {
  const std::vector<Choice> choices = {
      {Video(0, "vp8"), 96},
      {Video(0, "VP9"), 98},
      {Video(0, "VP9", {{"profile-id", "2"}}), 100},
      {Video(0, "VP9", {{"profile-id", "1"}}), -1},
      {Video(0, "H264"), 104},
      {Video(0, "H264", {{"packetization-mode", "1"}, {"profile-level-id", "42e01f"}}), 104},
      {Video(0, "H264", {{"packetization-mode", "1"}, {"profile-level-id", "42e034"}}), 104},
      {Video(0, "H264", {{"packetization-mode", "1"}, {"profile-level-id", "640028"}}), 106},
      {Video(0, "H264", {{"packetization-mode", "0"}, {"profile-level-id", "42e00a"}}), 102},
      {Video(0, "H264", {{"packetization-mode", "1"}, {"profile-level-id", "4d001f"}}), -1},
      {Video(0, "AV1"), 45},
      {Video(0, "AV1", {{"profile", "1"}}), -1},
      {Video(0, "H265"), -1},
      {Video(0, "rtx", {{"apt", "96"}}), -1},
      {Opus(), 111},
      {{.name = "opus", .clock_rate = 48000, .channels = 2, .fmtp = {{"stereo", "1"}}}, 111},
      {{.name = "opus", .clock_rate = 48000, .channels = 1}, -1},
      {{.name = "G722", .clock_rate = 8000}, 9},
      {{.name = "pcmu", .clock_rate = 8000, .channels = 1}, 0},
      {{.name = "PCMA", .clock_rate = 8000}, 8},
      {{.name = "PCMA", .clock_rate = 16000}, -1},
  };
  const std::vector<Codec> negotiated = Negotiated();
  for (const Choice& choice : choices) {
    const Codec* found = FindSendCodec(negotiated, choice.track);
    EXPECT_EQ(found != nullptr ? found->payload_type : -1, choice.payload_type)
        << choice.track.name << " " << choice.track.FmtpText();
  }
}

struct Stream {
  const char* codec;
  uint8_t payload_type;
  Bytes key, delta;
};

std::vector<Stream> Streams() {
  return {{"VP8", 96, kKeyFrame, {0x10, 0x01, 0x00, 0x00}},
          // One layer, begin of a frame; not predicted, and predicted.
          {"VP9", 98, {0x08, 0x82, 0x49, 0x83}, {0x48, 0x86, 0x00}},
          // A sequence parameter set, and a slice.
          {"H264", 104, {0x67, 0x42, 0xE0, 0x1F, 0x8C}, {0x41, 0x9A, 0x02}},
          // A new coded video sequence with its header, and not.
          {"AV1", 45, {0x18, 0x0A, 0x01, 0x00}, {0x10, 0x30, 0x01, 0x00}}};
}

TEST(SendCodecTest, VideoOfEachCodecBeginsAtItsKeyFrame) {
  for (const Stream& stream : Streams()) {
    SCOPED_TRACE(stream.codec);
    SendBench bench;
    UdpSourceConfig config;
    config.codec = {.name = stream.codec, .clock_rate = 90000};
    ASSERT_THAT(bench.AddUdpTrack("cam", MediaKind::kVideo, config), IsOk());
    Feeder feeder(bench, "cam", 7000);
    SendParameters parameters = VideoSender();
    parameters.codecs = Negotiated();
    bench.Bind({{.parameters = parameters, .track_id = "cam"}});
    for (uint16_t i = 1; i <= 3; ++i) {
      feeder.Rtp({.ssrc = 5,
                  .payload_type = 120,
                  .sequence = i,
                  .timestamp = 3000u * i,
                  .marker = true,
                  .payload = i == 2 ? stream.key : stream.delta});
    }
    ASSERT_THAT(bench.output.rtp, SizeIs(2));
    EXPECT_EQ(bench.output.rtp[0].payload, stream.key);
    EXPECT_EQ(bench.output.rtp[0].payload_type, stream.payload_type);
    EXPECT_EQ(bench.output.rtp[1].payload, stream.delta);
    EXPECT_EQ(feeder.CountOf(206, 1), 1u) << "PLIs";
    EXPECT_EQ(bench.session->GetStats().outbound.at(0).key_frames_sent, 1u);
  }
}

TEST(SendCodecTest, SoundOfEachCodecBeginsAtOnce) {
  const std::vector<std::pair<Codec, int>> codecs = {{Opus(), 111},
                                                     {{.name = "G722", .clock_rate = 8000}, 9},
                                                     {{.name = "PCMU", .clock_rate = 8000}, 0},
                                                     {{.name = "PCMA", .clock_rate = 8000}, 8}};
  for (const auto& [codec, payload_type] : codecs) {
    SCOPED_TRACE(codec.name);
    SendBench bench;
    UdpSourceConfig config;
    config.codec = codec;
    ASSERT_THAT(bench.AddUdpTrack("mic", MediaKind::kAudio, config), IsOk());
    Feeder feeder(bench, "mic", 7000);
    SendParameters parameters = AudioSender();
    parameters.codecs = Negotiated();
    bench.Bind({{.parameters = parameters, .track_id = "mic"}});
    feeder.Rtp({.ssrc = 5, .payload_type = 120, .sequence = 1, .payload = {1, 2, 3}});
    ASSERT_THAT(bench.output.rtp, SizeIs(1));
    EXPECT_EQ(bench.output.rtp[0].payload_type, payload_type);
    EXPECT_EQ(bench.output.rtp[0].payload, (Bytes{1, 2, 3}));
  }
}

}  // namespace
}  // namespace pcd::media
