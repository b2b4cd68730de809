#include "engine/rtp/av1_payload.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Av1PayloadTest, ANewCodedSequenceStartsADecoder) {
  // Two elements: a sequence header of three bytes with its size, and a frame.
  const auto payload = ParseAv1Payload(Bytes{0x28, 0x03, 0x08, 0x00, 0x01, 0x30, 0x12});
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->element_count, 2);
  EXPECT_EQ(payload->sequence_header.size(), 3u);
  EXPECT_TRUE(payload->start_of_key_frame());
}

TEST(Av1PayloadTest, OtherPacketsDoNot) {
  const auto inter = ParseAv1Payload(Bytes{0x10, 0x30, 0x12});
  EXPECT_FALSE(inter->start_of_key_frame());
  const auto middle = ParseAv1Payload(Bytes{0xD0, 0x08, 0x12});
  EXPECT_TRUE(middle->continues_obu);
  EXPECT_TRUE(middle->obu_continues);
  EXPECT_TRUE(middle->sequence_header.empty());
}

TEST(Av1PayloadTest, WithoutACountEachElementHasItsSize) {
  const auto payload = ParseAv1Payload(Bytes{0x08, 0x02, 0x08, 0x01, 0x01, 0x30});
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->sequence_header.size(), 2u);
}

TEST(Av1PayloadTest, WhatDoesNotFitIsRefused) {
  const std::vector<Bytes> kBad = {
      {},           {0x10},      {0x20, 0x05, 0x08}, {0x00, 0x80, 0x80, 0x80, 0x01},
      {0x00, 0x80}, {0x98, 0x08}};  // N with Z.
  for (const Bytes& bytes : kBad) EXPECT_FALSE(ParseAv1Payload(bytes).has_value());
}

}  // namespace
}  // namespace pcd::rtp
