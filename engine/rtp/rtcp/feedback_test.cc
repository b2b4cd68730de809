#include <gtest/gtest.h>

#include <vector>

#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/remb.h"

namespace pcd::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

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
  return packet;
}

TEST(PliTest, MatchesTheLayoutOfRfc4585) {
  const Bytes bytes = Written([](ByteWriter& out) { WritePli(out, {1, 2}); });
  EXPECT_EQ(bytes, (Bytes{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2}));
  const auto pli = ParsePli(First(bytes));
  ASSERT_TRUE(pli);
  EXPECT_EQ(pli->sender_ssrc, 1u);
  EXPECT_EQ(pli->media_ssrc, 2u);
}

TEST(PliTest, RefusesAShortBodyAndOtherFormats) {
  EXPECT_FALSE(ParsePli(First({0x81, 206, 0, 1, 0, 0, 0, 1})));
  EXPECT_FALSE(ParsePli(First({0x82, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2})));
  EXPECT_FALSE(ParsePli(First({0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2})));
}

TEST(FirTest, RoundTripsItsEntries) {
  const std::vector<FirEntry> entries = {{2, 200}, {3, 1}};
  const Bytes bytes = Written([&](ByteWriter& out) { WriteFir(out, 1, entries); });
  const auto fir = ParseFir(First(bytes));
  ASSERT_TRUE(fir);
  EXPECT_EQ(fir->sender_ssrc, 1u);
  ASSERT_EQ(fir->entry_count, 2u);
  EXPECT_EQ(fir->entry(0), entries[0]);
  EXPECT_EQ(fir->entry(1), entries[1]);
}

TEST(FirTest, RefusesARequestWithoutEntry) {
  EXPECT_FALSE(ParseFir(First({0x84, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0})));
}

std::vector<uint16_t> RoundTrip(const std::vector<uint16_t>& missing, size_t* items = nullptr) {
  const Bytes bytes = Written([&](ByteWriter& out) { WriteNack(out, 1, 2, missing); });
  const auto nack = ParseNack(First(bytes));
  EXPECT_TRUE(nack);
  if (!nack) return {};
  EXPECT_EQ(nack->media_ssrc, 2u);
  if (items != nullptr) *items = nack->items.size() / 4;
  std::vector<uint16_t> read;
  uint16_t sequence = 0;
  for (Nack::Reader reader = nack->sequences(); reader.Next(sequence);) read.push_back(sequence);
  return read;
}

TEST(NackTest, PacksSeventeenNumbersIntoOneItem) {
  std::vector<uint16_t> missing;
  for (int i = 0; i < 17; ++i) missing.push_back(static_cast<uint16_t>(65530 + i));
  size_t items = 0;
  EXPECT_EQ(RoundTrip(missing, &items), missing);
  EXPECT_EQ(items, 1u);
  missing.push_back(static_cast<uint16_t>(65530 + 17));
  EXPECT_EQ(RoundTrip(missing, &items), missing);
  EXPECT_EQ(items, 2u);
}

TEST(NackTest, KeepsScatteredNumbersInOrder) {
  const std::vector<uint16_t> missing = {10, 12, 26, 27, 500, 65535, 3};
  EXPECT_EQ(RoundTrip(missing), missing);
}

TEST(NackTest, RefusesARequestWithoutItem) {
  EXPECT_FALSE(ParseNack(First({0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2})));
}

TEST(RembTest, RoundTripsWithEighteenSignificantBits) {
  const std::vector<uint32_t> ssrcs = {5, 6};
  for (const uint64_t rate :
       {uint64_t{0}, uint64_t{1}, uint64_t{262143}, uint64_t{1} << 40, uint64_t{0x3FFFF} << 46}) {
    const Bytes bytes = Written([&](ByteWriter& out) { WriteRemb(out, 9, rate, ssrcs); });
    const auto remb = ParseRemb(First(bytes));
    ASSERT_TRUE(remb) << rate;
    EXPECT_EQ(remb->bitrate_bps, rate);
    ASSERT_EQ(remb->ssrc_count, 2u);
    EXPECT_EQ(remb->ssrc(1), 6u);
  }
}

TEST(RembTest, RefusesAnotherIdentifierMissingSourcesAndAnOverflowingRate) {
  const Bytes good = Written([](ByteWriter& out) { WriteRemb(out, 9, 1000, {}); });
  Bytes bad = good;
  bad[12] = 'X';
  EXPECT_FALSE(ParseRemb(First(bad)));
  bad = good;
  bad[16] = 1;
  EXPECT_FALSE(ParseRemb(First(bad)));
  bad = good;
  bad[17] = 0xFF;
  EXPECT_FALSE(ParseRemb(First(bad)));
}

}  // namespace
}  // namespace pcd::rtp
