#include "engine/rtp/demux.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::rtp {
namespace {

std::vector<uint8_t> Datagram(uint8_t first, uint8_t second, size_t size) {
  std::vector<uint8_t> bytes(size);
  if (size > 0) bytes[0] = first;
  if (size > 1) bytes[1] = second;
  return bytes;
}

PacketKind Expected(int first) {
  if (first <= 3) return PacketKind::kStun;
  if (first >= 16 && first <= 19) return PacketKind::kZrtp;
  if (first >= 20 && first <= 63) return PacketKind::kDtls;
  if (first >= 64 && first <= 79) return PacketKind::kTurnChannel;
  if (first >= 80 && first <= 127) return PacketKind::kQuic;
  if (first >= 128 && first <= 191) return PacketKind::kRtp;
  if (first >= 192) return PacketKind::kQuic;
  return PacketKind::kUnknown;
}

TEST(DemuxTest, EveryFirstByteFollowsTheTableOfRfc9443) {
  for (int first = 0; first < 256; ++first) {
    EXPECT_EQ(ClassifyPacket(Datagram(static_cast<uint8_t>(first), 96, 20)), Expected(first))
        << first;
  }
}

TEST(DemuxTest, SecondByteSeparatesRtcpFromRtp) {
  for (int second = 0; second < 256; ++second) {
    const bool rtcp = second >= 192 && second <= 223;
    EXPECT_EQ(ClassifyPacket(Datagram(0x80, static_cast<uint8_t>(second), 12)),
              rtcp ? PacketKind::kRtcp : PacketKind::kRtp)
        << second;
  }
}

TEST(DemuxTest, MediaShorterThanItsHeaderIsUnknown) {
  for (size_t size = 0; size < 12; ++size) {
    EXPECT_EQ(ClassifyPacket(Datagram(0x80, 96, size)), PacketKind::kUnknown) << size;
    EXPECT_EQ(ClassifyPacket(Datagram(0x80, 200, size)),
              size < 4 ? PacketKind::kUnknown : PacketKind::kRtcp)
        << size;
  }
}

TEST(DemuxTest, OneByteIsEnoughForTheOtherProtocols) {
  EXPECT_EQ(ClassifyPacket(Datagram(0, 0, 1)), PacketKind::kStun);
  EXPECT_EQ(ClassifyPacket(Datagram(22, 0, 1)), PacketKind::kDtls);
}

}  // namespace
}  // namespace pcd::rtp
