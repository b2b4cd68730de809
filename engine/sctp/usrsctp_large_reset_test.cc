// A peer that closes hundreds of channels in one request, as Chromium does, against usrsctp.
// The peer is made by hand: no backend of ours sends such a request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "engine/sctp/crc32c.h"
#include "engine/sctp/sctp_chunks.h"
#include "engine/sctp/usrsctp_association_factory.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_network.h"

namespace pcd::sctp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Bytes = std::vector<uint8_t>;
using Streams = std::vector<uint16_t>;

constexpr uint32_t kPerformed = 1;
constexpr uint32_t kFirstTsn = 0xfffffff0;  // Numbers wrap around in each test.
constexpr uint32_t kTag = 0x01020304;

Streams Ids(size_t count) {
  Streams ids(count);
  std::iota(ids.begin(), ids.end(), uint16_t{0});
  return ids;
}

void AppendU16(Bytes& bytes, uint16_t value) {
  bytes.resize(bytes.size() + 2);
  StoreU16(bytes.data() + bytes.size() - 2, value);
}
void AppendU32(Bytes& bytes, uint32_t value) {
  AppendU16(bytes, static_cast<uint16_t>(value >> 16));
  AppendU16(bytes, static_cast<uint16_t>(value));
}
// A chunk or parameter with its length written to it.
Bytes Finished(Bytes block) {
  StoreU16(block.data() + 2, static_cast<uint16_t>(block.size()));
  return block;
}
Bytes Block(uint16_t type_and_flags, std::initializer_list<uint32_t> words) {
  Bytes block(4);
  StoreU16(block.data(), type_and_flags);
  for (const uint32_t word : words) AppendU32(block, word);
  return Finished(block);
}
Bytes ChunkOf(const Bytes& parameter) {
  Bytes chunk = {kReConfigChunk, 0, 0, 0};
  chunk.insert(chunk.end(), parameter.begin(), parameter.end());
  return Finished(chunk);
}

// Speaks as much SCTP as the tests need; nothing is lost on its way.
class HandMadePeer {
 public:
  void Handle(ByteSpan packet) {
    ForEachSctpChunk(packet, [this](size_t, ByteSpan chunk) { HandleChunk(chunk); });
  }
  std::vector<Bytes> TakeOutput() { return std::exchange(output_, {}); }

  void SendMessage(uint16_t stream) {
    Bytes data = Block((kDataChunk << 8) | 3, {++last_tsn_, uint32_t{stream} << 16, 51});
    data.push_back('x');
    Send(Finished(data));
  }
  void SkipTsn() { ++last_tsn_; }
  void SendSkippedMessage(uint16_t stream) {
    --last_tsn_;
    SendMessage(stream);
  }
  void SendReset(uint32_t number, const Streams& list) {
    Bytes request = Block(kOutgoingResetRequest, {number, 0, last_tsn_});
    for (const uint16_t id : list) AppendU16(request, id);
    Send(ChunkOf(Finished(request)));
  }

  std::vector<std::pair<uint32_t, uint32_t>> responses;  // Number and result.
  std::vector<uint32_t> answered;  // What each request of the other side says of ours.

 private:
  void Send(const Bytes& chunk) {
    Bytes packet;
    for (const uint16_t port : {5000, 5000}) AppendU16(packet, port);
    AppendU32(packet, tag_);
    AppendU32(packet, 0);
    packet.insert(packet.end(), chunk.begin(), chunk.end());
    packet.resize((packet.size() + 3) & ~size_t{3});
    SetSctpChecksum(packet);
    output_.push_back(std::move(packet));
  }

  void HandleChunk(ByteSpan chunk) {
    if (chunk[0] == kInitChunk) {
      tag_ = LoadU32(chunk.data() + 4);
      Bytes init_ack = Block(kInitAckChunk << 8, {kTag, 1 << 20, (1024u << 16) | 1024, kFirstTsn});
      // A cookie; RE-CONFIG and FORWARD-TSN among the extensions; FORWARD-TSN again.
      for (const uint32_t word : {0x00070008u, 1u, 0x80080006u, 0x82c00000u, 0xc0000004u}) {
        AppendU32(init_ack, word);
      }
      Send(Finished(init_ack));
    } else if (chunk[0] == kCookieEchoChunk) {
      Send(Block(kCookieAckChunk << 8, {}));
    } else if (chunk[0] == kReConfigChunk) {
      ForEachSctpParameter(chunk.subspan(kSctpChunkHeader),
                           [this](ByteSpan parameter) { HandleParameter(parameter); });
    }
  }
  void HandleParameter(ByteSpan parameter) {
    const uint32_t number = LoadU32(parameter.data() + 4);
    const uint32_t second = LoadU32(parameter.data() + 8);
    if (LoadU16(parameter.data()) == kResetResponse) {
      responses.emplace_back(number, second);
    } else {
      answered.push_back(second);
      Send(ChunkOf(Block(kResetResponse, {number, kPerformed})));
    }
  }

  uint32_t tag_ = 0;
  uint32_t last_tsn_ = kFirstTsn - 1;
  std::vector<Bytes> output_;
};

class UsrsctpLargeResetTest : public ::testing::Test {
 protected:
  UsrsctpLargeResetTest() : loop_(network_), factory_(loop_) {
    sctp_ = factory_.Create(loop_, {});
    EXPECT_TRUE(sctp_->Start({}, loop_.Now()).ok());
    Pump();
    EXPECT_EQ(sctp_->state(), SctpState::kConnected);
  }

  // Until neither end has anything to say.
  void Pump() {
    for (bool busy = true; busy;) {
      busy = false;
      while (const auto packet = sctp_->PollOutput()) peer_.Handle(*packet);
      for (const Bytes& packet : peer_.TakeOutput()) {
        busy = true;
        sctp_->HandlePacket(packet, loop_.Now());
      }
    }
  }
  void ReadEvents() {
    while (const auto event = sctp_->PollEvent()) {
      if (const auto* message = std::get_if<MessageReceived>(&*event)) {
        messages_.push_back(message->stream_id);
      } else if (const auto* reset = std::get_if<IncomingStreamsReset>(&*event)) {
        resets_.insert(resets_.end(), reset->stream_ids.begin(), reset->stream_ids.end());
      } else if (const auto* done = std::get_if<OutgoingStreamsReset>(&*event)) {
        EXPECT_TRUE(done->ok);
        outgoing_resets_ += done->stream_ids.size();
      }
    }
  }
  void ExpectNews(const Streams& messages, const Streams& resets) {
    ReadEvents();
    EXPECT_EQ(std::exchange(messages_, {}), messages);
    EXPECT_EQ(std::exchange(resets_, {}), resets);
  }
  void Reset(uint32_t number, const Streams& list) {
    peer_.SendReset(number, list);
    Pump();
    EXPECT_THAT(std::exchange(peer_.responses, {}), ElementsAre(Pair(number, kPerformed)));
  }

  testing::SimNetwork network_{1};
  testing::SimLoop loop_;
  UsrsctpAssociationFactory factory_;
  std::unique_ptr<SctpAssociation> sctp_;
  HandMadePeer peer_;
  Streams messages_, resets_;
  size_t outgoing_resets_ = 0;
};

TEST_F(UsrsctpLargeResetTest, EachOf512StreamsIsResetAndUsedAgain) {
  const Streams ids = Ids(512);
  uint32_t number = kFirstTsn;
  for (int round = 0; round < 20; ++round, ++number) {
    // Message number 0 of its stream each time: without the reset it would not be delivered.
    for (const uint16_t id : ids) peer_.SendMessage(id);
    Pump();
    ExpectNews(ids, {});
    Reset(number, ids);
    ExpectNews({}, ids);
  }
  Reset(number, {7});
  ExpectNews({}, {7});
}

TEST_F(UsrsctpLargeResetTest, EveryStreamThereIsInOneRequest) {
  Reset(kFirstTsn, Ids(1024));
  ExpectNews({}, Ids(1024));
}

TEST_F(UsrsctpLargeResetTest, ARepeatedRequestIsAnsweredAgainAndDoesNothing) {
  for (uint32_t number = kFirstTsn; number != kFirstTsn + 3; ++number) {
    Reset(number, Ids(512));
    ExpectNews({}, Ids(512));
    Reset(number, Ids(512));
    ExpectNews({}, {});
  }
}

TEST_F(UsrsctpLargeResetTest, OneThatOvertookItsDataWaitsForIt) {
  peer_.SkipTsn();
  peer_.SendReset(kFirstTsn, Ids(512));
  Pump();
  EXPECT_THAT(peer_.responses, IsEmpty());
  ExpectNews({}, {});
  peer_.SendSkippedMessage(9);
  Pump();
  // The SACK may wait for its timer.
  network_.RunFor(std::chrono::seconds(1));
  Pump();
  EXPECT_THAT(peer_.responses, ElementsAre(Pair(kFirstTsn, kPerformed)));
  ExpectNews({9}, Ids(512));
}

TEST_F(UsrsctpLargeResetTest, OurRequestsNameThePeersNumbers) {
  Reset(kFirstTsn, Ids(512));
  Reset(kFirstTsn + 1, Ids(512));
  for (const uint16_t id : Ids(512)) sctp_->ResetStream(id, loop_.Now());
  Pump();
  ReadEvents();
  EXPECT_EQ(outgoing_resets_, 512u);
  ASSERT_FALSE(peer_.answered.empty());
  for (const uint32_t number : peer_.answered) EXPECT_EQ(number, kFirstTsn + 1);
}

}  // namespace
}  // namespace pcd::sctp
