#include "engine/rtp/h264_payload.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(H264PayloadTest, ParameterSetsInOneAggregateStartADecoder) {
  const Bytes bytes = {0x78, 0x00, 0x04, 0x67, 0x42, 0xC0, 0x1F, 0x00, 0x03, 0x68, 0xCE, 0x3C};
  const auto payload = ParseH264Payload(bytes);
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->sps.size(), 4u);
  EXPECT_EQ(payload->pps.size(), 3u);
  EXPECT_TRUE(payload->start_of_key_frame(false));
  EXPECT_FALSE(payload->has_idr);
}

TEST(H264PayloadTest, ASingleParameterSetStartsOneToo) {
  EXPECT_TRUE(ParseH264Payload(Bytes{0x67, 0x42, 0xC0, 0x1F})->start_of_key_frame(false));
  EXPECT_FALSE(ParseH264Payload(Bytes{0x68, 0xCE})->start_of_key_frame(true));
}

TEST(H264PayloadTest, AnIdrPictureStartsOneOnlyWithParametersOutOfBand) {
  const auto idr = ParseH264Payload(Bytes{0x65, 0x88, 0x84});
  EXPECT_TRUE(idr->starts_idr);
  EXPECT_FALSE(idr->start_of_key_frame(false));
  EXPECT_TRUE(idr->start_of_key_frame(true));
  // A later slice of the picture.
  const auto later = ParseH264Payload(Bytes{0x65, 0x48, 0x84});
  EXPECT_TRUE(later->has_idr);
  EXPECT_FALSE(later->start_of_key_frame(true));
}

TEST(H264PayloadTest, OnlyTheFirstFragmentStartsAPicture) {
  const auto first = ParseH264Payload(Bytes{0x7C, 0x85, 0x88});
  EXPECT_TRUE(first->starts_idr);
  EXPECT_TRUE(first->starts_frame);
  const auto next = ParseH264Payload(Bytes{0x7C, 0x05, 0x88});
  EXPECT_TRUE(next->has_idr);
  EXPECT_FALSE(next->starts_idr);
  const auto inter = ParseH264Payload(Bytes{0x7C, 0x81, 0x88});
  EXPECT_TRUE(inter->starts_frame);
  EXPECT_FALSE(inter->has_idr);
}

TEST(H264PayloadTest, WhatIsTruncatedOrNotOfThisModeIsRefused) {
  const std::vector<Bytes> kBad = {{},
                                   {0x67},
                                   {0x78, 0x00, 0x04, 0x67},
                                   {0x78, 0x00},
                                   {0x78, 0x00, 0x00},
                                   {0x7C, 0x85},
                                   {0x79, 0x00, 0x01},
                                   {0x7D, 0x85, 0x00, 0x01},
                                   {0x60, 0x00},
                                   {0x7F, 0x00}};
  for (const Bytes& bytes : kBad) EXPECT_FALSE(ParseH264Payload(bytes).has_value());
}

}  // namespace
}  // namespace pcd::rtp
