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
  const struct {
    PayloadFormat format;
    Bytes key;
    rtp::FrameSize size;
  } kRows[] = {
      {PayloadFormat::kVp8,
       {0x10, 0x00, 0x00, 0x00, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00},
       {320, 240}},
      {PayloadFormat::kVp8, {0x10, 0x00, 0x00}, {}},
      // By the descriptor's structure, then by the frame's header.
      {PayloadFormat::kVp9, {0x8A, 0x05, 0x10, 0x02, 0x80, 0x01, 0x68, 0x82}, {640, 360}},
      {PayloadFormat::kVp9,
       {0x88, 0x05, 0x82, 0x49, 0x83, 0x42, 0x00, 0x14, 0x00, 0x0B, 0x36, 0x06},
       {321, 180}},
      {PayloadFormat::kH264,
       {0x78, 0x00, 0x0A, 0x67, 0x42, 0xC0, 0x0D, 0xD9, 0x01, 0x41, 0x9F, 0x9F, 0x01, 0x00, 0x02,
        0x68, 0xCE},
       {320, 180}},
      {PayloadFormat::kH265,
       {0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00,
        0x03, 0x00, 0x00, 0x03, 0x00, 0x3C, 0xA0, 0x0A, 0x08, 0x0B, 0x9F, 0x79},
       {320, 180}},
      {PayloadFormat::kAv1,
       {0x28, 0x0C, 0x08, 0x00, 0x00, 0x00, 0x04, 0x3D, 0x02, 0xCC, 0xDA, 0xF9, 0x00, 0x40, 0x30,
        0x12},
       {321, 180}},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(static_cast<int>(row.format));
    const KeyFrameStart start = InspectPayload(row.format, false, row.key);
    EXPECT_TRUE(start.begins);
    EXPECT_EQ(start.size.width, row.size.width);
    EXPECT_EQ(start.size.height, row.size.height);
  }
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
