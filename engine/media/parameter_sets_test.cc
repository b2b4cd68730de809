#include "engine/media/parameter_sets.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::media {
namespace {

using Bytes = std::vector<uint8_t>;

Codec H264() {
  return {.payload_type = 96,
          .name = "H264",
          .clock_rate = 90000,
          .fmtp = {{"packetization-mode", "1"}, {"profile-level-id", "42001f"}}};
}

TEST(ParameterSetsTest, H264GoesIntoOneParameterAndTheProfileIsThatOfTheStream) {
  ParameterSets sets;
  sets.OnPayload(PayloadFormat::kH264,
                 Bytes{0x78, 0x00, 0x04, 0x67, 0x42, 0xC0, 0x1F, 0x00, 0x03, 0x68, 0xCE, 0x3C});
  Codec codec = H264();
  sets.Describe(codec);
  EXPECT_EQ(codec.FmtpText(),
            "packetization-mode=1;sprop-parameter-sets=Z0LAHw==,aM48;profile-level-id=42c01f");
}

TEST(ParameterSetsTest, TheyMayComeInPacketsOfTheirOwnAndChange) {
  ParameterSets sets;
  Codec codec = H264();
  sets.OnPayload(PayloadFormat::kH264, Bytes{0x67, 0x42, 0xC0, 0x1F});
  sets.Describe(codec);
  EXPECT_EQ(codec.FindFmtp("sprop-parameter-sets"), nullptr);
  sets.OnPayload(PayloadFormat::kH264, Bytes{0x68, 0xCE});
  sets.OnPayload(PayloadFormat::kH264, Bytes{0x65, 0x88, 0x84});
  sets.OnPayload(PayloadFormat::kH264, Bytes{0x67, 0x64, 0x00, 0x28, 0xAC});
  sets.Describe(codec);
  EXPECT_EQ(*codec.FindFmtp("sprop-parameter-sets"), "Z2QAKKw=,aM4=");
  EXPECT_EQ(*codec.FindFmtp("profile-level-id"), "640028");
}

TEST(ParameterSetsTest, H265GoesIntoThree) {
  ParameterSets sets;
  sets.OnPayload(PayloadFormat::kH265, Bytes{0x60, 0x01, 0x00, 0x03, 0x40, 0x01, 0x0C, 0x00, 0x03,
                                             0x42, 0x01, 0x01, 0x00, 0x03, 0x44, 0x01, 0xC1});
  Codec codec = {.payload_type = 96, .name = "H265", .clock_rate = 90000};
  sets.Describe(codec);
  EXPECT_EQ(codec.FmtpText(), "sprop-vps=QAEM;sprop-sps=QgEB;sprop-pps=RAHB");
}

TEST(ParameterSetsTest, AnotherCodecOrALargeSetIsLeftAlone) {
  ParameterSets sets;
  Bytes large(ParameterSets::kMaxBytes + 1, 0x11);
  large[0] = 0x67;
  sets.OnPayload(PayloadFormat::kH264, large);
  sets.OnPayload(PayloadFormat::kH264, Bytes{0x68, 0xCE});
  sets.OnPayload(PayloadFormat::kVp8, Bytes{0x10, 0x00});
  Codec codec = H264();
  sets.Describe(codec);
  EXPECT_EQ(codec, H264());
}

}  // namespace
}  // namespace pcd::media
