#include "engine/sctp/crc32c.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string_view>
#include <vector>

#include "engine/base/random.h"

namespace pcd::sctp {
namespace {

ByteSpan Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(Crc32c, GivesTheKnownAnswers) {
  std::vector<uint8_t> rising(32);
  std::iota(rising.begin(), rising.end(), uint8_t{0});
  for (const auto crc : {Crc32c, Crc32cPortable}) {
    EXPECT_EQ(crc(Bytes("")), 0u);
    EXPECT_EQ(crc(Bytes("123456789")), 0xE3069283u);
    // RFC 3720, appendix B.4.
    EXPECT_EQ(crc(std::vector<uint8_t>(32, 0x00)), 0x8A9136AAu);
    EXPECT_EQ(crc(std::vector<uint8_t>(32, 0xff)), 0x62A8AB43u);
    EXPECT_EQ(crc(rising), 0x46DD794Eu);
  }
}

TEST(Crc32c, BothWaysAgreeAtEveryLength) {
  SeededRandom random(1);
  std::vector<uint8_t> bytes(300);
  random.Fill(bytes);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const ByteSpan part = ByteSpan(bytes).first(size);
    EXPECT_EQ(Crc32c(part), Crc32cPortable(part));
  }
}

TEST(Crc32c, APacketKeepsItsChecksumUntilAByteChanges) {
  SeededRandom random(2);
  for (size_t size : {12, 13, 16, 100, 1191}) {
    std::vector<uint8_t> packet(size);
    random.Fill(packet);
    EXPECT_FALSE(HasSctpChecksum(packet));
    SetSctpChecksum(packet);
    EXPECT_TRUE(HasSctpChecksum(packet));
    for (size_t i = 0; i < size; ++i) {
      packet[i] ^= 0x10;
      EXPECT_FALSE(HasSctpChecksum(packet)) << i;
      packet[i] ^= 0x10;
    }
  }
}

}  // namespace
}  // namespace pcd::sctp
