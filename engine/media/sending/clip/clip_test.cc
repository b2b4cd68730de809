#include "engine/media/sending/clip/clip.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/rtp/vp8_packetizer.h"
#include "engine/rtp/vp8_payload.h"

namespace pcd::media {
namespace {

rtp::Vp8Payload FirstPayload(size_t frame, const Clip& clip = kVideoClip) {
  rtp::Vp8Packetizer packetizer(clip.frame(frame), 1100);
  std::vector<uint8_t> payload(1100);
  payload.resize(packetizer.Next(payload));
  const auto parsed = rtp::ParseVp8Payload(payload);
  return parsed.value_or(rtp::Vp8Payload{});
}

TEST(ClipTest, TheVideoIsTwoSecondsThatBeginWithItsOnlyKeyFrame) {
  EXPECT_EQ(kVideoClip.frames_per_second, 15u);
  ASSERT_EQ(kVideoClip.frames.size(), 30u);
  for (size_t i = 0; i < kVideoClip.frames.size(); ++i) {
    EXPECT_EQ(FirstPayload(i).start_of_key_frame, i == 0) << i;
    EXPECT_TRUE(FirstPayload(i).start_of_frame) << i;
  }
  EXPECT_EQ(FirstPayload(0).width, 320);
  EXPECT_EQ(FirstPayload(0).height, 180);
}

TEST(ClipTest, TheAudioIsOpusInPacketsOf20Milliseconds) {
  EXPECT_EQ(kAudioClip.frames_per_second, 50u);
  EXPECT_GE(kAudioClip.frames.size(), 100u);
  for (size_t i = 0; i < kAudioClip.frames.size(); ++i) {
    const auto frame = kAudioClip.frame(i);
    // Table of contents (RFC 6716 section 3.1): one frame, of a 20 ms configuration.
    EXPECT_EQ(frame[0] & 0x03, 0) << i;
    const int configuration = frame[0] >> 3;
    const bool is_20_ms = configuration < 12   ? configuration % 4 == 1
                          : configuration < 16 ? configuration % 2 == 1
                                               : configuration % 4 == 3;
    EXPECT_TRUE(is_20_ms) << configuration;
  }
}

TEST(ClipTest, AudioFitsIntoOnePacketEach) {
  for (size_t i = 0; i < kAudioClip.frames.size(); ++i) {
    EXPECT_LE(kAudioClip.frame(i).size(), 1100u);
  }
}

TEST(ClipTest, BlackIsOneKeyFrameOfTheSameSizeASecond) {
  EXPECT_EQ(kBlackClip.frames_per_second, 1u);
  ASSERT_EQ(kBlackClip.frames.size(), 1u);
  EXPECT_TRUE(FirstPayload(0, kBlackClip).start_of_key_frame);
  EXPECT_EQ(FirstPayload(0, kBlackClip).width, 320);
  EXPECT_EQ(FirstPayload(0, kBlackClip).height, 180);
  EXPECT_LE(kBlackClip.bytes.size(), 1000u);
}

TEST(ClipTest, SilenceTakesFewBytes) {
  EXPECT_EQ(kSilenceClip.frames_per_second, 50u);
  EXPECT_GE(kSilenceClip.frames.size(), 50u);
  EXPECT_LE(kSilenceClip.bytes.size(), 20 * kSilenceClip.frames.size());
}

TEST(ClipTest, TheClipIsSmall) {
  EXPECT_LT(kVideoClip.bytes.size() + kAudioClip.bytes.size(), 200'000u);
}

}  // namespace
}  // namespace pcd::media
