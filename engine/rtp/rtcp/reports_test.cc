#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/rtp/rtcp/source_description.h"

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

// Writes with `write` and returns what was written.
template <typename Write>
Bytes Written(Write write) {
  Bytes out(2048);
  ByteWriter writer(out);
  write(writer);
  EXPECT_TRUE(writer.ok());
  out.resize(writer.size());
  return out;
}

RtcpPacketView First(const Bytes& bytes) {
  RtcpPacketView packet;
  CompoundReader reader(bytes);
  EXPECT_TRUE(reader.Next(packet));
  RtcpPacketView other;
  EXPECT_FALSE(reader.Next(other));
  EXPECT_FALSE(reader.malformed());
  return packet;
}

const ReportBlock kBlock = {.ssrc = 0x11223344,
                            .fraction_lost = 128,
                            .cumulative_lost = -5,
                            .extended_sequence = 0x00010002,
                            .jitter = 90,
                            .last_sr = 0xAABBCCDD,
                            .delay_since_last_sr = 65536};

TEST(ReportBlockTest, MatchesTheLayoutOfRfc3550) {
  const Bytes bytes = Written([](ByteWriter& out) { WriteReportBlock(out, kBlock); });
  EXPECT_EQ(bytes, (Bytes{0x11, 0x22, 0x33, 0x44, 128,  0xFF, 0xFF, 0xFB, 0, 1, 0, 2,
                          0,    0,    0,    90,   0xAA, 0xBB, 0xCC, 0xDD, 0, 1, 0, 0}));
  EXPECT_EQ(LoadReportBlock(bytes.data()), kBlock);
}

TEST(ReportBlockTest, ClampsTheCumulativeLossTo24Bits) {
  for (const int32_t lost : {0x7FFFFF, 0x800000, 0x7FFFFFFF}) {
    const Bytes bytes =
        Written([&](ByteWriter& out) { WriteReportBlock(out, {.cumulative_lost = lost}); });
    EXPECT_EQ(LoadReportBlock(bytes.data()).cumulative_lost, 0x7FFFFF);
  }
  const Bytes bytes =
      Written([](ByteWriter& out) { WriteReportBlock(out, {.cumulative_lost = -0x7FFFFFFF}); });
  EXPECT_EQ(LoadReportBlock(bytes.data()).cumulative_lost, -0x800000);
}

TEST(SenderReportTest, RoundTripsWithBlocks) {
  SenderReport in;
  in.sender_ssrc = 7;
  in.ntp.value = 0x0102030405060708;
  in.rtp_timestamp = 9;
  in.packet_count = 10;
  in.octet_count = 11;
  const std::vector<ReportBlock> blocks = {kBlock, {.ssrc = 2}};
  const Bytes bytes = Written([&](ByteWriter& out) { WriteSenderReport(out, in, blocks); });
  const auto report = ParseSenderReport(First(bytes));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender_ssrc, 7u);
  EXPECT_EQ(report->ntp, in.ntp);
  EXPECT_EQ(report->rtp_timestamp, 9u);
  EXPECT_EQ(report->packet_count, 10u);
  EXPECT_EQ(report->octet_count, 11u);
  ASSERT_EQ(report->block_count, 2u);
  EXPECT_EQ(report->block(0), kBlock);
  EXPECT_EQ(report->block(1).ssrc, 2u);
}

TEST(SenderReportTest, RefusesACountThatIsNotThere) {
  Bytes bytes = Written([](ByteWriter& out) { WriteSenderReport(out, {}, {}); });
  bytes[0] |= 1;
  EXPECT_FALSE(ParseSenderReport(First(bytes)));
}

TEST(ReceiverReportTest, RoundTripsAndIgnoresAProfileExtension) {
  Bytes bytes = Written([](ByteWriter& out) { WriteReceiverReport(out, 5, std::vector{kBlock}); });
  bytes.insert(bytes.end(), {1, 2, 3, 4});
  bytes[3]++;
  const auto report = ParseReceiverReport(First(bytes));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender_ssrc, 5u);
  ASSERT_EQ(report->block_count, 1u);
  EXPECT_EQ(report->block(0), kBlock);
}

TEST(ReceiverReportTest, NeverWritesMoreBlocksThanTheCountHolds) {
  const std::vector<ReportBlock> blocks(40, kBlock);
  const Bytes bytes = Written([&](ByteWriter& out) { WriteReceiverReport(out, 5, blocks); });
  EXPECT_EQ(ParseReceiverReport(First(bytes))->block_count, 31u);
}

TEST(ReceiverReportTest, RefusesAPacketWithoutSender) {
  EXPECT_FALSE(ParseReceiverReport(First({0x80, 201, 0, 0})));
}

TEST(SourceDescriptionTest, RoundTripsNamesOfEveryLength) {
  for (size_t length = 0; length <= 255; ++length) {
    const std::string cname(length, 'c');
    const Bytes bytes = Written([&](ByteWriter& out) { WriteCname(out, 99, cname); });
    SourceDescriptionReader reader(First(bytes));
    CnameChunk chunk;
    ASSERT_TRUE(reader.Next(chunk)) << length;
    EXPECT_EQ(chunk.ssrc, 99u);
    EXPECT_EQ(chunk.cname, cname);
    EXPECT_FALSE(reader.Next(chunk));
  }
}

TEST(SourceDescriptionTest, CutsANameThatDoesNotFit) {
  const Bytes bytes = Written([](ByteWriter& out) { WriteCname(out, 1, std::string(300, 'x')); });
  SourceDescriptionReader reader(First(bytes));
  CnameChunk chunk;
  ASSERT_TRUE(reader.Next(chunk));
  EXPECT_EQ(chunk.cname.size(), 255u);
}

TEST(SourceDescriptionTest, ReadsSeveralChunksAndSkipsOtherItems) {
  const Bytes bytes = {0x82, 202, 0, 5, 0, 0, 0, 1, 2, 1, 'n', 1,
                       1,    'a', 0, 0, 0, 0, 0, 2, 1, 1, 'b', 0};
  SourceDescriptionReader reader(First(bytes));
  CnameChunk chunk;
  ASSERT_TRUE(reader.Next(chunk));
  EXPECT_EQ(chunk.ssrc, 1u);
  EXPECT_EQ(chunk.cname, "a");
  ASSERT_TRUE(reader.Next(chunk));
  EXPECT_EQ(chunk.ssrc, 2u);
  EXPECT_EQ(chunk.cname, "b");
  EXPECT_FALSE(reader.Next(chunk));
}

TEST(SourceDescriptionTest, StopsAtATruncatedChunk) {
  const Bytes bytes = {0x82, 202, 0, 2, 0, 0, 0, 1, 1, 200, 'a', 'b'};
  SourceDescriptionReader reader(First(bytes));
  CnameChunk chunk;
  EXPECT_FALSE(reader.Next(chunk));
  EXPECT_FALSE(reader.Next(chunk));
}

TEST(ByeTest, RoundTripsAndRefusesAMissingSource) {
  Bytes bytes = Written([](ByteWriter& out) { WriteBye(out, 0x01020304); });
  const auto bye = ParseBye(First(bytes));
  ASSERT_TRUE(bye);
  ASSERT_EQ(bye->ssrc_count, 1u);
  EXPECT_EQ(bye->ssrc(0), 0x01020304u);
  bytes[0] |= 2;
  EXPECT_FALSE(ParseBye(First(bytes)));
}

}  // namespace
}  // namespace pcd::rtp
