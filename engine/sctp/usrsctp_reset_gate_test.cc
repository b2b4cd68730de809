#include "engine/sctp/usrsctp_reset_gate.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "engine/base/random.h"
#include "engine/sctp/sctp_chunks.h"

namespace pcd::sctp {
namespace {

using Bytes = std::vector<uint8_t>;

void AppendU32(Bytes& bytes, uint32_t value) {
  uint8_t raw[4];
  StoreU32(raw, value);
  bytes.insert(bytes.end(), raw, raw + 4);
}

Bytes Chunk(uint8_t type, std::initializer_list<uint32_t> words) {
  Bytes chunk = {type, 0, 0, static_cast<uint8_t>(4 + 4 * words.size())};
  for (const uint32_t word : words) AppendU32(chunk, word);
  return chunk;
}
Bytes Init(uint32_t initial_tsn) { return Chunk(kInitChunk, {1, 2, 3, initial_tsn}); }
Bytes Sack(uint32_t cumulative) { return Chunk(kSackChunk, {cumulative, 1000, 0}); }
Bytes Data() { return Chunk(0, {1, 2, 3, 4}); }
Bytes ResetRequest(uint32_t last_tsn) {
  return Chunk(kReConfigChunk, {(13u << 16) | 18, 1, 2, last_tsn, 5u << 16});
}
Bytes ResetResponse() { return Chunk(kReConfigChunk, {(16u << 16) | 12, 1, 1}); }

Bytes Packet(std::initializer_list<Bytes> chunks) {
  Bytes packet(kSctpCommonHeader, 0xAA);
  for (const Bytes& chunk : chunks) packet.insert(packet.end(), chunk.begin(), chunk.end());
  return packet;
}

TEST(UsrsctpResetGate, AResetAfterAcknowledgedDataPasses) {
  UsrsctpResetGate gate;
  EXPECT_FALSE(gate.OnInput(Packet({Init(100)})));
  gate.OnOutput(Packet({Sack(105)}));
  EXPECT_FALSE(gate.OnInput(Packet({ResetRequest(105)})));
  EXPECT_FALSE(gate.TakeReleased());
}

TEST(UsrsctpResetGate, AResetBeforeAnyDataPassesByTheHandshakesTsn) {
  UsrsctpResetGate gate;
  EXPECT_FALSE(gate.OnInput(Packet({Init(100)})));
  EXPECT_FALSE(gate.OnInput(Packet({ResetRequest(99)})));
  EXPECT_TRUE(gate.OnInput(Packet({ResetRequest(100)})));
}

TEST(UsrsctpResetGate, AResetThatOvertookItsDataWaitsForTheSack) {
  UsrsctpResetGate gate;
  gate.OnOutput(Packet({Sack(105)}));
  const Bytes packet = Packet({ResetRequest(107)});
  EXPECT_EQ(gate.OnInput(packet), Bytes{});
  EXPECT_FALSE(gate.TakeReleased());
  gate.OnOutput(Packet({Sack(106)}));
  EXPECT_FALSE(gate.TakeReleased());
  gate.OnOutput(Packet({Data(), Sack(107)}));
  EXPECT_EQ(gate.TakeReleased(), packet);
  EXPECT_FALSE(gate.TakeReleased());
}

TEST(UsrsctpResetGate, TheOtherChunksOfThePacketDoNotWait) {
  UsrsctpResetGate gate;
  gate.OnOutput(Packet({Sack(105)}));
  Bytes expected = Packet({Data(), ResetRequest(107), ResetResponse()});
  const auto rest = gate.OnInput(expected);
  expected[kSctpCommonHeader + Data().size()] = kPadChunk;
  EXPECT_EQ(rest, expected);
}

TEST(UsrsctpResetGate, ALaterCopyReplacesTheFirst) {
  UsrsctpResetGate gate;
  gate.OnOutput(Packet({Sack(105)}));
  EXPECT_TRUE(gate.OnInput(Packet({ResetRequest(107)})));
  const Bytes again = Packet({ResetRequest(107), ResetResponse()});
  EXPECT_TRUE(gate.OnInput(again));
  gate.OnOutput(Packet({Sack(110)}));
  EXPECT_EQ(gate.TakeReleased(), again);
}

TEST(UsrsctpResetGate, TsnsWrapAround) {
  UsrsctpResetGate gate;
  gate.OnOutput(Packet({Sack(0xffffffff)}));
  EXPECT_TRUE(gate.OnInput(Packet({ResetRequest(1)})));
  gate.OnOutput(Packet({Sack(0xfffffff0)}));  // An old one changes nothing.
  EXPECT_FALSE(gate.TakeReleased());
  gate.OnOutput(Packet({Sack(1)}));
  EXPECT_TRUE(gate.TakeReleased());
}

TEST(UsrsctpResetGate, ResponsesAndEverythingElsePass) {
  UsrsctpResetGate gate;
  gate.OnOutput(Packet({Sack(105)}));
  EXPECT_FALSE(gate.OnInput(Packet({ResetResponse()})));
  EXPECT_FALSE(gate.OnInput(Packet({Data()})));
  EXPECT_FALSE(gate.OnInput(Bytes{}));
}

TEST(UsrsctpResetGate, WithoutAHandshakeSeenEverythingPasses) {
  UsrsctpResetGate gate;
  EXPECT_FALSE(gate.OnInput(Packet({ResetRequest(107)})));
}

TEST(UsrsctpResetGate, MutilatedPacketsDoNoHarm) {
  SeededRandom random(3);
  const Bytes whole = Packet({Data(), ResetRequest(0x7fffffff), ResetResponse()});
  for (int round = 0; round < 20'000; ++round) {
    UsrsctpResetGate gate;
    gate.OnOutput(Packet({Sack(105)}));
    Bytes packet(whole.begin(), whole.begin() + random.Uint16() % (whole.size() + 1));
    for (int i = random.Uint16() % 4; i > 0 && !packet.empty(); --i) {
      packet[random.Uint16() % packet.size()] = static_cast<uint8_t>(random.Uint16());
    }
    gate.OnInput(packet);
    gate.OnOutput(packet);
    gate.TakeReleased();
  }
}

}  // namespace
}  // namespace pcd::sctp
