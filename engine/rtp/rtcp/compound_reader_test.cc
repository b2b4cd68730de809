#include "engine/rtp/rtcp/compound_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

struct Read {
  std::vector<int> types{};
  bool malformed = false;
};

Read ReadAll(const Bytes& bytes) {
  Read read;
  CompoundReader reader(bytes);
  for (RtcpPacketView packet; reader.Next(packet);) read.types.push_back(packet.type);
  read.malformed = reader.malformed();
  return read;
}

TEST(CompoundReaderTest, YieldsEveryPacketAlsoOfUnknownType) {
  const Read read = ReadAll({0x80, 201, 0, 1, 0, 0, 0, 1,  // RR
                             0x80, 207, 0, 0,              // XR, not ours
                             0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2});
  EXPECT_EQ(read.types, (std::vector<int>{201, 207, 206}));
  EXPECT_FALSE(read.malformed);
}

TEST(CompoundReaderTest, StopsWithAnErrorAtATruncatedPacketAndKeepsWhatCameBefore) {
  const Read read = ReadAll({0x80, 201, 0, 1, 0, 0, 0, 1, 0x80, 200, 0, 6, 0, 0});
  EXPECT_EQ(read.types, std::vector<int>{201});
  EXPECT_TRUE(read.malformed);
}

TEST(CompoundReaderTest, StopsAtAWrongVersion) {
  const Read read = ReadAll({0x80, 201, 0, 1, 0, 0, 0, 1, 0x40, 200, 0, 0});
  EXPECT_EQ(read.types, std::vector<int>{201});
  EXPECT_TRUE(read.malformed);
}

TEST(CompoundReaderTest, AnEmptyDatagramHasNoPacketsAndNoError) {
  const Read read = ReadAll({});
  EXPECT_TRUE(read.types.empty());
  EXPECT_FALSE(read.malformed);
}

TEST(CompoundReaderTest, TakesPaddingOffTheBody) {
  CompoundReader reader(Bytes{});
  const Bytes bytes = {0xA1, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4};
  reader = CompoundReader(bytes);
  RtcpPacketView packet;
  ASSERT_TRUE(reader.Next(packet));
  EXPECT_EQ(packet.count, 1);
  EXPECT_EQ(packet.body.size(), 8u);
  EXPECT_TRUE(packet.IsFeedback(kRtcpPayloadFeedback, kPsfbPli));
}

TEST(CompoundReaderTest, RefusesImpossiblePadding) {
  for (const uint8_t padding : {0, 3, 8, 255}) {
    EXPECT_TRUE(ReadAll({0xA0, 201, 0, 1, 0, 0, 0, padding}).malformed) << int{padding};
  }
  EXPECT_TRUE(ReadAll({0xA0, 201, 0, 0}).malformed);
}

TEST(WriteRtcpHeaderTest, CountsTheLengthInWordsWithoutTheHeader) {
  Bytes out(4);
  ByteWriter writer(out);
  WriteRtcpHeader(writer, kRtcpReceiverReport, 3, 28);
  EXPECT_EQ(out, (Bytes{0x83, 201, 0, 7}));
}

}  // namespace
}  // namespace pcd::rtp
