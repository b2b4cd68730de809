#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"
#include "engine/base/random.h"
#include "engine/base/time.h"

namespace pcd {
namespace {

TEST(ByteReaderTest, StopsAtTheEndAndStaysFailed) {
  const std::array<uint8_t, 5> data = {0x01, 0x02, 0x03, 0x04, 0x05};
  ByteReader reader(data);
  EXPECT_EQ(reader.U16(), 0x0102);
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(ByteWriterTest, RefusesWhatDoesNotFit) {
  std::array<uint8_t, 3> out{};
  ByteWriter writer(out);
  writer.U16(0xABCD);
  EXPECT_TRUE(writer.ok());
  writer.U16(0x1234);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.size(), 2u);
  EXPECT_EQ(out[2], 0);
}

TEST(BytesTest, RoundTripsEveryWidth) {
  std::array<uint8_t, 18> out{};
  ByteWriter writer(out);
  writer.U8(1);
  writer.U16(0x0203);
  writer.U24(0x040506);
  writer.U32(0x0708090A);
  writer.U64(0x0B0C0D0E0F101112ULL);
  ASSERT_TRUE(writer.ok());
  ByteReader reader(out);
  EXPECT_EQ(reader.U8(), 1);
  EXPECT_EQ(reader.U16(), 0x0203);
  EXPECT_EQ(reader.U24(), 0x040506u);
  EXPECT_EQ(reader.U32(), 0x0708090Au);
  EXPECT_EQ(reader.U64(), 0x0B0C0D0E0F101112ULL);
  EXPECT_TRUE(reader.ok());
}

TEST(PacketPoolTest, ReusesBuffersAndCountsOutstanding) {
  PacketPool pool(1);
  PacketPtr first = pool.Get();
  const uint8_t* memory = first->data();
  EXPECT_EQ(pool.outstanding(), 1u);
  first.reset();
  EXPECT_EQ(pool.outstanding(), 0u);
  EXPECT_EQ(pool.Get()->data(), memory);
}

TEST(PacketPoolTest, RefusesOversizedContent) {
  PacketPool pool;
  const std::vector<uint8_t> big(Packet::kMaxPayload + 1);
  EXPECT_EQ(pool.CopyOf(big), nullptr);
  EXPECT_NE(pool.CopyOf(ByteSpan(big).first(Packet::kMaxPayload)), nullptr);
  EXPECT_EQ(pool.outstanding(), 0u);
}

TEST(SeededRandomTest, RepeatsForTheSameSeedOnly) {
  SeededRandom a(7), b(7), c(8);
  EXPECT_EQ(a.IceString(24), b.IceString(24));
  EXPECT_NE(a.IceString(24), c.IceString(24));
  EXPECT_EQ(a.IdString(26).find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"),
            std::string::npos);
}

TEST(TimeTest, NtpTimeCountsFrom1900) {
  const NtpTime epoch = NtpFromUnixMicros(0);
  EXPECT_EQ(epoch.value >> 32, 2'208'988'800u);
  EXPECT_EQ(NtpFromUnixMicros(500'000).value & 0xFFFFFFFF, 0x80000000u);
}

}  // namespace
}  // namespace pcd
