#include "engine/sctp/usrsctp_reset_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/sctp/sctp_chunks.h"

namespace pcd::sctp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Bytes = std::vector<uint8_t>;
using Streams = std::vector<uint16_t>;

constexpr uint32_t kPerformed = 1, kDenied = 2, kInProgress = 4 + 2, kBadNumber = 5;

struct Response {
  uint32_t number = 0;
  uint32_t result = 0;
  bool operator==(const Response&) const = default;
};

void AppendU32(Bytes& bytes, uint32_t value) {
  bytes.resize(bytes.size() + 4);
  StoreU32(bytes.data() + bytes.size() - 4, value);
}
// A parameter or, by its first byte, a chunk: header, words, then the list.
Bytes Block(uint16_t type, std::initializer_list<uint32_t> words, const Streams& list = {}) {
  Bytes block(4);
  StoreU16(block.data(), type);
  for (const uint32_t word : words) AppendU32(block, word);
  for (const uint16_t id : list) {
    block.resize(block.size() + 2);
    StoreU16(block.data() + block.size() - 2, id);
  }
  StoreU16(block.data() + 2, static_cast<uint16_t>(block.size()));
  return block;
}
Bytes Reset(uint32_t number, const Streams& list, uint32_t answered = 77) {
  return Block(kOutgoingResetRequest, {number, answered, 1234}, list);
}
Bytes IncomingReset(uint32_t number) { return Block(kIncomingResetRequest, {number}, {1, 2}); }
Bytes ResponseTo(uint32_t number, uint32_t result) {
  return Block(kResetResponse, {number, result});
}

Bytes Chunk(std::initializer_list<Bytes> parameters) {
  Bytes chunk = {kReConfigChunk, 0, 0, 0};
  for (const Bytes& parameter : parameters) {
    chunk.resize((chunk.size() + 3) & ~size_t{3});
    chunk.insert(chunk.end(), parameter.begin(), parameter.end());
  }
  StoreU16(chunk.data() + 2, static_cast<uint16_t>(chunk.size()));
  return chunk;
}
Bytes Packet(std::initializer_list<Bytes> chunks, uint8_t tag = 9) {
  Bytes packet = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, tag, 0, 0, 0, 0};
  for (const Bytes& chunk : chunks) {
    packet.insert(packet.end(), chunk.begin(), chunk.end());
    packet.resize((packet.size() + 3) & ~size_t{3});
  }
  return packet;
}
Bytes ResetPacket(uint32_t number, const Streams& list) {
  return Packet({Chunk({Reset(number, list)})});
}
Bytes Sack() { return Block(kSackChunk << 8, {100, 1000, 0}); }

Streams Ids(size_t count, uint16_t first = 0) {
  Streams ids(count);
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

template <typename Visit>
void ForEachReset(ByteSpan packet, Visit&& visit) {
  ForEachSctpChunk(packet, [&](size_t, ByteSpan chunk) {
    if (chunk[0] == kReConfigChunk) ForEachSctpParameter(chunk.subspan(4), visit);
  });
}

// What usrsctp does with requests: its numbers, its longest parameter, the two results that it
// keeps.
class FakeUsrsctp {
 public:
  explicit FakeUsrsctp(uint32_t expected) : expected_(expected) {}

  // A packet with its responses; empty without one.
  Bytes Handle(ByteSpan packet) {
    Bytes responses;
    ForEachReset(packet, [&](ByteSpan parameter) {
      if (LoadU16(parameter.data()) == kResetResponse) return;
      const uint32_t number = LoadU32(parameter.data() + 4);
      const Bytes response = ResponseTo(number, ResultOf(number, parameter));
      responses.insert(responses.end(), response.begin(), response.end());
    });
    return responses.empty() ? Bytes{} : Packet({Chunk({responses})});
  }

  Streams reset;                 // In this order.
  size_t requests = 0;           // That were new.
  std::vector<uint32_t> script;  // Results of the next new requests.

 private:
  uint32_t ResultOf(uint32_t number, ByteSpan parameter) {
    if (number == expected_ - 1) return results_[0];
    if (number == expected_ - 2) return results_[1];
    if (number != expected_) return kBadNumber;
    ++expected_;
    results_[1] = std::exchange(results_[0], Take(parameter));
    return results_[0];
  }
  uint32_t Take(ByteSpan parameter) {
    ++requests;
    if (parameter.size() > 512) return kDenied;
    if (!script.empty()) {
      const uint32_t result = script.front();
      script.erase(script.begin());
      if (result != kPerformed) return result;
    }
    if (LoadU16(parameter.data()) != kOutgoingResetRequest) return kPerformed;
    for (size_t at = 16; at < parameter.size(); at += 2) {
      reset.push_back(LoadU16(parameter.data() + at));
    }
    return kPerformed;
  }

  uint32_t expected_;
  uint32_t results_[2] = {kPerformed, kPerformed};
};

// A splitter between a peer and usrsctp, driven as the association does it.
class UsrsctpResetSplitterTest : public ::testing::Test {
 protected:
  // The responses that the peer gets.
  std::vector<Response> Exchange(const Bytes& packet) {
    const auto instead = splitter_.OnInput(packet);
    if (instead && instead->empty()) return {};
    EXPECT_LE(instead.value_or(packet).size(), packet.size() + 3);
    return Responses(usrsctp_.Handle(instead ? *instead : packet));
  }
  // Lets usrsctp's packet out, and what follows from it.
  std::vector<Response> Responses(Bytes packet) {
    std::vector<Response> seen;
    while (!packet.empty()) {
      if (splitter_.OnOutput(packet)) {
        ForEachReset(packet, [&](ByteSpan parameter) {
          seen.push_back({LoadU32(parameter.data() + 4), LoadU32(parameter.data() + 8)});
        });
      }
      const auto next = splitter_.TakeNext();
      packet = next ? usrsctp_.Handle(*next) : Bytes{};
    }
    return seen;
  }
  // "Number of the peer's last request" in a request of usrsctp, as the peer sees it.
  uint32_t AnsweredSeen(uint32_t inner) {
    Bytes packet = Packet({Chunk({Reset(500, {1}, inner)})});
    EXPECT_TRUE(splitter_.OnOutput(packet));
    uint32_t seen = 0;
    ForEachReset(packet, [&](ByteSpan parameter) { seen = LoadU32(parameter.data() + 8); });
    return seen;
  }

  UsrsctpResetSplitter splitter_;
  FakeUsrsctp usrsctp_{100};
};

TEST_F(UsrsctpResetSplitterTest, WhatIsSmallIsNotTouched) {
  for (const size_t count : {0, 1, 199, 200}) {
    EXPECT_FALSE(splitter_.OnInput(ResetPacket(100, Ids(count)))) << count;
  }
  EXPECT_FALSE(splitter_.OnInput(Packet({Sack(), Chunk({IncomingReset(100)})})));
  EXPECT_FALSE(splitter_.OnInput(Packet({Chunk({ResponseTo(5, 1)})})));
  EXPECT_FALSE(splitter_.OnInput(Bytes{}));
  const Bytes before = Packet({Sack(), Chunk({ResponseTo(100, 1), Reset(7, {1}, 99)})});
  Bytes after = before;
  EXPECT_TRUE(splitter_.OnOutput(after));
  EXPECT_EQ(after, before);
  EXPECT_FALSE(splitter_.TakeNext());
}

struct Case {
  size_t streams;
  size_t pieces;
};
class UsrsctpResetSplitterSizes : public UsrsctpResetSplitterTest,
                                  public ::testing::WithParamInterface<Case> {};
INSTANTIATE_TEST_SUITE_P(Sizes, UsrsctpResetSplitterSizes,
                         ::testing::Values(Case{1, 1}, Case{200, 1}, Case{201, 2}, Case{248, 2},
                                           Case{249, 2}, Case{400, 2}, Case{401, 3}, Case{512, 3},
                                           Case{1024, 6}, Case{8000, 40}),
                         [](const auto& info) { return std::to_string(info.param.streams); });

TEST_P(UsrsctpResetSplitterSizes, EachRequestIsAnsweredOnceAndTheNextFollows) {
  Streams all;
  for (uint32_t number = 100; number < 104; ++number) {
    const Streams ids = Ids(GetParam().streams, static_cast<uint16_t>(number));
    all.insert(all.end(), ids.begin(), ids.end());
    EXPECT_THAT(Exchange(ResetPacket(number, ids)), ElementsAre(Response{number, kPerformed}));
    EXPECT_EQ(usrsctp_.reset, all);
  }
  EXPECT_EQ(usrsctp_.requests, 4 * GetParam().pieces);
  EXPECT_THAT(Exchange(ResetPacket(104, {3})), ElementsAre(Response{104, kPerformed}));
}

TEST_P(UsrsctpResetSplitterSizes, ARepeatedRequestIsAnsweredTheSameAndDoneOnce) {
  const Bytes packet = ResetPacket(100, Ids(GetParam().streams));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Exchange(packet), ElementsAre(Response{100, kPerformed}));
  }
  EXPECT_EQ(usrsctp_.reset, Ids(GetParam().streams));
  EXPECT_THAT(Exchange(ResetPacket(101, {3})), ElementsAre(Response{101, kPerformed}));
  EXPECT_THAT(Exchange(packet), ElementsAre(Response{100, kPerformed}));
}

TEST_F(UsrsctpResetSplitterTest, NumbersWrapAround) {
  usrsctp_ = FakeUsrsctp(0xfffffffe);
  uint32_t number = 0xfffffffe;
  for (int i = 0; i < 5; ++i, ++number) {
    EXPECT_THAT(Exchange(ResetPacket(number, Ids(300))), ElementsAre(Response{number, kPerformed}));
    EXPECT_THAT(Exchange(ResetPacket(number, Ids(300))), ElementsAre(Response{number, kPerformed}));
  }
  EXPECT_EQ(usrsctp_.reset.size(), 5 * 300u);
}

// Its first copy is with usrsctp, the response has not come out.
TEST_F(UsrsctpResetSplitterTest, ACopyWhileAPieceIsUnderWayChangesNothing) {
  const Bytes packet = ResetPacket(100, Ids(512));
  const Bytes first = usrsctp_.Handle(*splitter_.OnInput(packet));
  const Bytes second = usrsctp_.Handle(*splitter_.OnInput(packet));
  EXPECT_THAT(Responses(first), ElementsAre(Response{100, kPerformed}));
  EXPECT_THAT(Responses(second), IsEmpty());
  EXPECT_EQ(usrsctp_.reset, Ids(512));
  EXPECT_THAT(Exchange(ResetPacket(101, {3})), ElementsAre(Response{101, kPerformed}));
}

TEST_F(UsrsctpResetSplitterTest, TheFirstFailureIsTheResult) {
  for (const size_t good_pieces : {0, 1, 2}) {
    SCOPED_TRACE(good_pieces);
    splitter_ = {};
    usrsctp_ = FakeUsrsctp(100);
    usrsctp_.script.assign(good_pieces, kPerformed);
    usrsctp_.script.push_back(kDenied);
    EXPECT_THAT(Exchange(ResetPacket(100, Ids(512))), ElementsAre(Response{100, kDenied}));
    EXPECT_EQ(usrsctp_.reset, Ids(good_pieces * 200));
    EXPECT_THAT(Exchange(ResetPacket(100, {3})), ElementsAre(Response{100, kDenied}));
    EXPECT_THAT(Exchange(ResetPacket(101, Ids(512))), ElementsAre(Response{101, kPerformed}));
    EXPECT_THAT(Exchange(ResetPacket(102, {3})), ElementsAre(Response{102, kPerformed}));
  }
}

TEST_F(UsrsctpResetSplitterTest, ANumberThatUsrsctpDoesNotExpectShiftsNothing) {
  for (const uint32_t number : {90u, 102u, 100u + (1u << 31)}) {
    EXPECT_THAT(Exchange(ResetPacket(number, Ids(512))), ElementsAre(Response{number, kBadNumber}));
  }
  EXPECT_THAT(usrsctp_.reset, IsEmpty());
  EXPECT_THAT(Exchange(ResetPacket(100, Ids(512))), ElementsAre(Response{100, kPerformed}));
  EXPECT_THAT(Exchange(ResetPacket(99, Ids(512))).size(), 1u);
  EXPECT_THAT(Exchange(ResetPacket(103, Ids(512))), ElementsAre(Response{103, kBadNumber}));
  EXPECT_THAT(Exchange(ResetPacket(101, Ids(512))), ElementsAre(Response{101, kPerformed}));
  EXPECT_EQ(usrsctp_.reset.size(), 2 * 512u);
}

TEST_F(UsrsctpResetSplitterTest, APieceInProgressIsWaitedFor) {
  usrsctp_.script = {kPerformed, kInProgress};
  EXPECT_THAT(Exchange(ResetPacket(100, Ids(512))), ElementsAre(Response{100, kInProgress}));
  EXPECT_THAT(Exchange(ResetPacket(100, Ids(512))), ElementsAre(Response{100, kInProgress}));
  // usrsctp says by itself when the second piece, 101, is done.
  EXPECT_THAT(Responses(Packet({Chunk({ResponseTo(101, kPerformed)})})),
              ElementsAre(Response{100, kPerformed}));
  EXPECT_EQ(usrsctp_.requests, 3u);
  EXPECT_THAT(Exchange(ResetPacket(101, {3})), ElementsAre(Response{101, kPerformed}));
}

TEST_F(UsrsctpResetSplitterTest, ARequestBehindASplitOneWaitsForItsRepetition) {
  const Bytes packet = Packet({Chunk({Reset(100, Ids(512)), IncomingReset(101)})});
  EXPECT_THAT(Exchange(packet), ElementsAre(Response{100, kPerformed}));
  EXPECT_EQ(usrsctp_.requests, 3u);
  EXPECT_THAT(Exchange(packet), ElementsAre(Response{100, kPerformed}, Response{101, kPerformed}));
  EXPECT_EQ(usrsctp_.requests, 4u);
}

TEST_F(UsrsctpResetSplitterTest, ARequestBeforeASplitOneIsAnsweredAtOnce) {
  const Bytes packet = Packet({Chunk({IncomingReset(100), Reset(101, Ids(512))})});
  EXPECT_THAT(Exchange(packet), ElementsAre(Response{100, kPerformed}, Response{101, kPerformed}));
  EXPECT_THAT(Exchange(ResetPacket(102, {3})), ElementsAre(Response{102, kPerformed}));
}

TEST_F(UsrsctpResetSplitterTest, TheOtherChunksAndParametersStay) {
  const Bytes data = Block(kDataChunk << 8, {1, 2, 3, 0xabcdef01});
  const auto instead = splitter_.OnInput(
      Packet({Sack(), Chunk({ResponseTo(5, 1), Reset(100, Ids(201)), ResponseTo(6, 1)}), data}));
  EXPECT_EQ(
      instead,
      Packet({Sack(), Chunk({ResponseTo(5, 1), Reset(100, Ids(200)), ResponseTo(6, 1)}), data}));
  Bytes out = Packet({Sack(), Chunk({ResponseTo(100, 1)}), data});
  EXPECT_TRUE(splitter_.OnOutput(out));
  EXPECT_EQ(out, Packet({Sack(), data}));
  EXPECT_EQ(splitter_.TakeNext(), ResetPacket(101, {200}));
  EXPECT_FALSE(splitter_.TakeNext());
}

TEST_F(UsrsctpResetSplitterTest, OurRequestsNameThePeersLastAnsweredRequest) {
  EXPECT_EQ(AnsweredSeen(99), 99u);
  Bytes packet = usrsctp_.Handle(*splitter_.OnInput(ResetPacket(100, Ids(512))));
  EXPECT_EQ(AnsweredSeen(99), 99u);
  EXPECT_EQ(AnsweredSeen(100), 99u) << "a piece is not the whole";
  EXPECT_FALSE(splitter_.OnOutput(packet));
  EXPECT_EQ(AnsweredSeen(100), 99u);
  EXPECT_EQ(AnsweredSeen(101), 99u);
  EXPECT_THAT(Responses(usrsctp_.Handle(*splitter_.TakeNext())),
              ElementsAre(Response{100, kPerformed}));
  EXPECT_EQ(AnsweredSeen(102), 100u);
  EXPECT_THAT(Exchange(ResetPacket(101, {3})), ElementsAre(Response{101, kPerformed}));
  EXPECT_EQ(AnsweredSeen(103), 101u);
}

TEST_F(UsrsctpResetSplitterTest, ANewAssociationBeginsWithoutAShift) {
  EXPECT_THAT(Exchange(ResetPacket(100, Ids(512))), ElementsAre(Response{100, kPerformed}));
  usrsctp_ = FakeUsrsctp(3000);
  const Bytes packet = Packet({Chunk({Reset(3000, {3})})}, 10);
  EXPECT_FALSE(splitter_.OnInput(packet));
  EXPECT_THAT(Exchange(packet), ElementsAre(Response{3000, kPerformed}));
}

TEST_F(UsrsctpResetSplitterTest, MutilatedPacketsDoNoHarm) {
  SeededRandom random(5);
  const Bytes whole = Packet({Sack(), Chunk({Reset(100, Ids(300)), IncomingReset(101)}),
                              Chunk({ResponseTo(100, 1), Reset(7, {1}, 100)})});
  for (int round = 0; round < 20'000; ++round) {
    Bytes packet(whole.begin(), whole.begin() + random.Uint16() % (whole.size() + 1));
    for (int i = random.Uint16() % 4; i > 0 && !packet.empty(); --i) {
      packet[random.Uint16() % std::min<size_t>(packet.size(), 64)] =
          static_cast<uint8_t>(random.Uint16());
    }
    const auto instead = splitter_.OnInput(packet);
    ASSERT_LE(instead ? instead->size() : 0, packet.size() + 3);
    Bytes out = packet;
    splitter_.OnOutput(out);
    ASSERT_LE(out.size(), packet.size() + 3);
    splitter_.TakeNext();
    if (round % 50 == 0) splitter_ = {};
  }
}

}  // namespace
}  // namespace pcd::sctp
