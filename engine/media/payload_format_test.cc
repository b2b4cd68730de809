#include "engine/media/payload_format.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::media {
namespace {

using Bytes = std::vector<uint8_t>;

Codec Named(const char* name) { return {.payload_type = 96, .name = name, .clock_rate = 90000}; }

TEST(PayloadFormatTest, KnowsTheCodecsByName) {
  EXPECT_EQ(FormatOf(Named("vp8")), PayloadFormat::kVp8);
  EXPECT_EQ(FormatOf(Named("VP9")), PayloadFormat::kVp9);
  EXPECT_EQ(FormatOf(Named("H264")), PayloadFormat::kH264);
  EXPECT_EQ(FormatOf(Named("H265")), PayloadFormat::kH265);
  EXPECT_EQ(FormatOf(Named("AV1")), PayloadFormat::kAv1);
  EXPECT_EQ(FormatOf(Named("opus")), PayloadFormat::kOther);
}

TEST(PayloadFormatTest, FindsTheKeyFramesOfEach) {
  const struct {
    PayloadFormat format;
    Bytes key, inter;
  } kRows[] = {
      {PayloadFormat::kVp8, {0x10, 0x00, 0x00}, {0x10, 0x01, 0x00}},
      {PayloadFormat::kVp9, {0x88, 0x05, 0x86}, {0xC8, 0x05, 0x86}},
      {PayloadFormat::kH264, {0x67, 0x42, 0xC0}, {0x41, 0x9A}},
      {PayloadFormat::kH265, {0x40, 0x01, 0x0C}, {0x02, 0x01, 0xD0}},
      {PayloadFormat::kAv1, {0x18, 0x08, 0x00}, {0x10, 0x30, 0x12}},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(static_cast<int>(row.format));
    EXPECT_TRUE(InspectPayload(row.format, false, row.key).begins);
    EXPECT_FALSE(InspectPayload(row.format, false, row.inter).begins);
    EXPECT_FALSE(InspectPayload(row.format, false, {}).begins);
  }
  EXPECT_TRUE(InspectPayload(PayloadFormat::kOther, false, {}).begins);
}

TEST(PayloadFormatTest, TellsTheSizeWhereThePacketDoes) {
  const Bytes key = {0x10, 0x00, 0x00, 0x00, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00};
  EXPECT_EQ(InspectPayload(PayloadFormat::kVp8, false, key).pixels, 320u * 240u);
}

TEST(PayloadFormatTest, APictureAloneIsAStartWhenItsParametersWereDescribed) {
  Codec codec = Named("H264");
  EXPECT_FALSE(HasParametersOutOfBand(codec));
  codec.fmtp = {{"sprop-parameter-sets", "Z0LgHw==,aM48"}};
  EXPECT_TRUE(HasParametersOutOfBand(codec));
  const Bytes idr = {0x65, 0x88, 0x84};
  EXPECT_FALSE(InspectPayload(PayloadFormat::kH264, false, idr).begins);
  EXPECT_TRUE(InspectPayload(PayloadFormat::kH264, true, idr).begins);
}

}  // namespace
}  // namespace pcd::media
