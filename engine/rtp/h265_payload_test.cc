#include "engine/rtp/h265_payload.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(H265PayloadTest, ParameterSetsInOneAggregateStartADecoder) {
  const Bytes bytes = {0x60, 0x01, 0x00, 0x03, 0x40, 0x01, 0x0C, 0x00, 0x03,
                       0x42, 0x01, 0x01, 0x00, 0x04, 0x44, 0x01, 0xC1, 0x72};
  const auto payload = ParseH265Payload(bytes);
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->vps.size(), 3u);
  EXPECT_EQ(payload->sps.size(), 3u);
  EXPECT_EQ(payload->pps.size(), 4u);
  EXPECT_TRUE(payload->start_of_key_frame(false));
}

TEST(H265PayloadTest, AnIdrPictureStartsOneOnlyWithParametersOutOfBand) {
  const auto idr = ParseH265Payload(Bytes{0x26, 0x01, 0xAF});
  EXPECT_TRUE(idr->starts_irap);
  EXPECT_FALSE(idr->start_of_key_frame(false));
  EXPECT_TRUE(idr->start_of_key_frame(true));
  const auto later = ParseH265Payload(Bytes{0x26, 0x01, 0x2F});
  EXPECT_TRUE(later->has_irap);
  EXPECT_FALSE(later->starts_irap);
}

TEST(H265PayloadTest, OnlyTheFirstFragmentStartsAPicture) {
  EXPECT_TRUE(ParseH265Payload(Bytes{0x62, 0x01, 0x93, 0xAF})->starts_irap);
  EXPECT_FALSE(ParseH265Payload(Bytes{0x62, 0x01, 0x13, 0xAF})->starts_irap);
  const auto inter = ParseH265Payload(Bytes{0x62, 0x01, 0x81, 0xAF});
  EXPECT_TRUE(inter->starts_frame);
  EXPECT_FALSE(inter->has_irap);
}

TEST(H265PayloadTest, WhatIsTruncatedIsRefused) {
  const std::vector<Bytes> kBad = {{},
                                   {0x40},
                                   {0x40, 0x01},
                                   {0x60, 0x01, 0x00},
                                   {0x60, 0x01, 0x00, 0x03, 0x40, 0x01},
                                   {0x60, 0x01, 0x00, 0x02, 0x40, 0x01},
                                   {0x62, 0x01, 0x93},
                                   {0x64, 0x01, 0x00, 0x00}};
  for (const Bytes& bytes : kBad) EXPECT_FALSE(ParseH265Payload(bytes).has_value());
}

}  // namespace
}  // namespace pcd::rtp
