#include "engine/sctp/sctp_packet_check.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "engine/sctp/sctp_chunks.h"

namespace pcd::sctp {
namespace {

using Bytes = std::vector<uint8_t>;

// Ports 5000, tag 1, no checksum, then `chunks`.
Bytes Packet(std::initializer_list<Bytes> chunks) {
  Bytes packet = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 1, 0, 0, 0, 0};
  for (const Bytes& chunk : chunks) packet.insert(packet.end(), chunk.begin(), chunk.end());
  return packet;
}
// With its length written and padded.
Bytes Chunk(uint8_t type, Bytes body) {
  Bytes chunk = {type, 0, 0, static_cast<uint8_t>(4 + body.size())};
  chunk.insert(chunk.end(), body.begin(), body.end());
  chunk.resize((chunk.size() + 3) & ~size_t{3});
  return chunk;
}
Bytes Init(std::initializer_list<Bytes> parameters) {
  Bytes body(16, 7);
  for (const Bytes& parameter : parameters) {
    body.insert(body.end(), parameter.begin(), parameter.end());
  }
  return Chunk(kInitChunk, body);
}

TEST(SctpPacketCheck, TakesEveryChunkThatDataChannelsUse) {
  for (const uint8_t type : {0, 3, 7, 8, 10, 11, 14, 132, 192}) {
    EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Chunk(type, Bytes(12))}))) << int{type};
  }
  const Bytes parameter = {0x80, 0x08, 0, 6, 0x82, 0xc0, 0, 0};
  for (const uint8_t type : {4, 5, 6, 9, 130}) {
    EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Chunk(type, parameter)}))) << int{type};
  }
  EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Init({})})));
  EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Init({{0xc0, 0, 0, 4}, parameter})})));
  EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Chunk(6, {})})));
  EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Chunk(11, {}), Chunk(0, Bytes(13)), Chunk(3, {})})));
}

TEST(SctpPacketCheck, ALastChunkMayLackItsPadding) {
  Bytes packet = Packet({Chunk(0, Bytes(13))});
  packet.resize(packet.size() - 3);
  EXPECT_TRUE(IsPlausibleSctpPacket(packet));
  // A parameter, too: its length does not count the padding, the chunk's may.
  EXPECT_TRUE(IsPlausibleSctpPacket(Packet({Init({{0x80, 0x08, 0, 6, 0x82, 0xc0}})})));
}

TEST(SctpPacketCheck, RefusesAParameterOfNoLength) {
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Init({{0, 5, 0, 0, 1, 2, 3, 4}})})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Init({{0, 5, 0, 3, 1, 2, 3, 4}})})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Init({{0, 5, 0, 9, 1, 2, 3, 4}})})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Init({{0, 5}})})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Chunk(kReConfigChunk, {0, 13, 0, 0})})));
}

TEST(SctpPacketCheck, RefusesBrokenRows) {
  EXPECT_FALSE(IsPlausibleSctpPacket(Bytes{}));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Chunk(kInitChunk, Bytes(15))})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({{0, 0, 0, 3}})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({{0, 0, 0, 9, 1, 2, 3, 4}})));
  EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Chunk(11, {}), {0, 0}})));
}

TEST(SctpPacketCheck, RefusesExtensionsThatWereNotNegotiated) {
  for (const uint8_t type : {12, 13, 15, 16, 64, 128, 129, 193, 194, 255}) {
    EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Chunk(type, Bytes(12))}))) << int{type};
    EXPECT_FALSE(IsPlausibleSctpPacket(Packet({Chunk(0, Bytes(12)), Chunk(type, {})})));
  }
}

}  // namespace
}  // namespace pcd::sctp
