#include "engine/model/codec_match.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pcd {
namespace {

using Fmtp = std::vector<std::pair<std::string, std::string>>;

Codec Video(const char* name, Fmtp fmtp = {}) {
  return {.payload_type = 96, .name = name, .clock_rate = 90000, .fmtp = std::move(fmtp)};
}
Codec H264(const char* profile_level_id, const char* mode) {
  return Video("H264", {{"profile-level-id", profile_level_id}, {"packetization-mode", mode}});
}

TEST(CodecMatchTest, H264ProfilesAreThoseOfTable5) {
  const std::pair<const char*, H264Profile> kRows[] = {
      {"42e01f", H264Profile::kConstrainedBaseline},
      {"42C02A", H264Profile::kConstrainedBaseline},
      {"4d801f", H264Profile::kConstrainedBaseline},
      {"58f01f", H264Profile::kConstrainedBaseline},
      {"42001f", H264Profile::kBaseline},
      {"42a01f", H264Profile::kBaseline},
      {"58a01f", H264Profile::kBaseline},
      {"4d001f", H264Profile::kMain},
      {"4d401f", H264Profile::kMain},
      {"58001f", H264Profile::kExtended},
      {"640c1f", H264Profile::kConstrainedHigh},
      {"64001f", H264Profile::kHigh},
      {"6e001f", H264Profile::kHigh10},
      {"7a001f", H264Profile::kHigh422},
      {"f4001f", H264Profile::kHigh444Predictive},
  };
  for (const auto& [text, profile] : kRows) {
    const auto parsed = ParseH264ProfileLevelId(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->profile, profile) << text;
  }
  EXPECT_EQ(ParseH264ProfileLevelId("42e01f")->level_idc, 31);
  for (const char* bad : {"", "42e01", "42e01f0", "42e01g", "-2e01f", "13001f"}) {
    EXPECT_FALSE(ParseH264ProfileLevelId(bad).has_value()) << bad;
  }
}

TEST(CodecMatchTest, H264AgreesOnProfileAndModeAndNotOnLevel) {
  EXPECT_TRUE(SameCodec(H264("42e01f", "1"), H264("42e034", "1")));
  EXPECT_TRUE(SameCodec(H264("42e01f", "1"), H264("58c01f", "1")));
  EXPECT_FALSE(SameCodec(H264("42e01f", "1"), H264("42001f", "1")));
  EXPECT_FALSE(SameCodec(H264("42e01f", "1"), H264("42e01f", "0")));
  EXPECT_FALSE(SameCodec(H264("42e01f", "1"), Video("H264")));
  EXPECT_TRUE(SameCodec(H264("42000a", "0"), Video("H264")));  // What absence means.
  EXPECT_TRUE(SameCodec(H264("13001f", "1"), H264("13001F", "1")));
  EXPECT_FALSE(SameCodec(H264("13001f", "1"), H264("14001f", "1")));
}

TEST(CodecMatchTest, OtherCodecsAgreeOnTheirProfiles) {
  EXPECT_TRUE(SameCodec(Video("VP9"), Video("vp9", {{"profile-id", "0"}})));
  EXPECT_FALSE(SameCodec(Video("VP9"), Video("VP9", {{"profile-id", "2"}})));
  EXPECT_TRUE(SameCodec(Video("AV1", {{"level-idx", "5"}}), Video("AV1", {{"profile", "0"}})));
  EXPECT_FALSE(SameCodec(Video("AV1"), Video("AV1", {{"profile", "1"}})));
  EXPECT_TRUE(SameCodec(Video("H265"), Video("H265", {{"profile-id", "1"}, {"level-id", "93"}})));
  EXPECT_FALSE(SameCodec(Video("H265"), Video("H265", {{"tier-flag", "1"}})));
  EXPECT_FALSE(SameCodec(Video("VP8"), Video("VP9")));
  EXPECT_FALSE(SameCodec(Video("rtx", {{"apt", "96"}}), Video("rtx", {{"apt", "98"}})));
}

TEST(CodecMatchTest, AudioAgreesOnClockAndChannels) {
  const Codec mono = {.name = "PCMU", .clock_rate = 8000};
  Codec other = mono;
  other.channels = 1;
  EXPECT_TRUE(SameCodec(mono, other));
  other.channels = 2;
  EXPECT_FALSE(SameCodec(mono, other));
  other.channels = 1;
  other.clock_rate = 16000;
  EXPECT_FALSE(SameCodec(mono, other));
}

TEST(CodecMatchTest, AuxiliaryFormatsAreNoCodecs) {
  EXPECT_TRUE(IsAuxiliary(Video("rtx")));
  EXPECT_TRUE(IsAuxiliary({.name = "Telephone-Event", .clock_rate = 8000}));
  EXPECT_FALSE(IsAuxiliary(Video("VP8")));
}

TEST(CodecMatchTest, ReadsTheTypeThatRtxRepeats) {
  EXPECT_EQ(AptOf(Video("rtx", {{"apt", "96"}})), 96);
  EXPECT_EQ(AptOf(Video("rtx", {{"apt", "128"}})), std::nullopt);
  EXPECT_EQ(AptOf(Video("rtx", {{"apt", "9x"}})), std::nullopt);
  EXPECT_EQ(AptOf(Video("rtx")), std::nullopt);
  EXPECT_EQ(AptOf(Video("VP8", {{"apt", "96"}})), std::nullopt);
}

}  // namespace
}  // namespace pcd
