#include "engine/rtp/rtcp/extended_report.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

template <typename Write>
Bytes Written(Write write) {
  Bytes out(200);
  ByteWriter writer(out);
  write(writer);
  EXPECT_TRUE(writer.ok());
  out.resize(writer.size());
  return out;
}

// The blocks of the one packet that `bytes` are.
std::vector<XrBlock> BlocksOf(const Bytes& bytes, uint32_t sender_ssrc) {
  RtcpPacketView packet;
  CompoundReader compound(bytes);
  EXPECT_TRUE(compound.Next(packet));
  XrBlockReader reader(packet);
  EXPECT_EQ(reader.sender_ssrc(), sender_ssrc);
  std::vector<XrBlock> blocks;
  for (XrBlock block; reader.Next(block);) blocks.push_back(block);
  return blocks;
}

TEST(ExtendedReportTest, AReferenceTimeIsABlockOfItsOwn) {
  const Bytes bytes = Written(
      [](ByteWriter& out) { WriteReferenceTime(out, 0x01020304, NtpTime{0x1122334455667788}); });
  EXPECT_EQ(bytes, (Bytes{0x80, 207, 0,    4,    1,    2,    3,    4,    4,    0,
                          0,    2,   0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}));
  const auto blocks = BlocksOf(bytes, 0x01020304);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(ParseReferenceTime(blocks[0]), NtpTime{0x1122334455667788});
  EXPECT_TRUE(ParseDelays(blocks[0]).empty());
}

TEST(ExtendedReportTest, DelaysAreToldToEachReceiver) {
  const std::vector<DelaySinceLastRr> delays = {{1, 0x22334455, 65536}, {2, 0, 0}};
  const Bytes bytes = Written([&](ByteWriter& out) { WriteDelays(out, 9, delays); });
  EXPECT_EQ(bytes, (Bytes{0x80, 207,  0, 8, 0, 0, 0, 9, 5, 0, 0, 6, 0, 0, 0, 1, 0x22, 0x33,
                          0x44, 0x55, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,    0}));
  const auto blocks = BlocksOf(bytes, 9);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(ParseReferenceTime(blocks[0]), std::nullopt);
  const ByteSpan read = ParseDelays(blocks[0]);
  ASSERT_EQ(read.size(), 2 * kDelaySinceLastRrBytes);
  EXPECT_EQ(LoadDelay(read, 0), delays[0]);
  EXPECT_EQ(LoadDelay(read, 1), delays[1]);
}

TEST(ExtendedReportTest, BlocksOfOtherTypesArePassedOver) {
  const Bytes bytes = {0x80, 207, 0, 7, 0, 0, 0, 9, 1, 0, 0, 1, 0xAA, 0xBB, 0xCC, 0xDD,
                       6,    0,   0, 0, 4, 0, 0, 2, 0, 0, 0, 0, 0,    0,    0,    5};
  const auto blocks = BlocksOf(bytes, 9);
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].type, 1);
  EXPECT_EQ(blocks[0].body.size(), 4u);
  EXPECT_EQ(blocks[1].type, 6);
  EXPECT_TRUE(blocks[1].body.empty());
  EXPECT_EQ(ParseReferenceTime(blocks[2]), NtpTime{5});
}

TEST(ExtendedReportTest, WhatIsCutShortEndsThePacket) {
  // Two words are announced, one is there.
  EXPECT_TRUE(BlocksOf({0x80, 207, 0, 3, 0, 0, 0, 9, 4, 0, 0, 2, 0, 0, 0, 1}, 9).empty());
  EXPECT_TRUE(BlocksOf({0x80, 207, 0, 1, 0, 0, 0, 9}, 9).empty());
  EXPECT_TRUE(BlocksOf({0x80, 207, 0, 0}, 0).empty());
  EXPECT_TRUE(BlocksOf({0x80, 201, 0, 3, 0, 0, 0, 9, 4, 0, 0, 1, 0, 0, 0, 1}, 0).empty())
      << "another type of packet";
}

TEST(ExtendedReportTest, BlocksOfAWrongSizeSayNothing) {
  const Bytes body(16);
  EXPECT_EQ(ParseReferenceTime({.type = 4, .body = ByteSpan(body).first(4)}), std::nullopt);
  EXPECT_EQ(ParseReferenceTime({.type = 4, .body = ByteSpan(body).first(12)}), std::nullopt);
  EXPECT_TRUE(ParseDelays({.type = 5, .body = ByteSpan(body)}).empty());
  EXPECT_TRUE(ParseDelays({.type = 5, .body = {}}).empty());
}

}  // namespace
}  // namespace pcd::rtp
