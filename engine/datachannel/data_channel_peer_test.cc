// What peers send that is odd, and what the manager asks of an association, by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "engine/datachannel/data_channel_manager.h"
#include "engine/datachannel/dcep.h"
#include "engine/testing/status_matchers.h"

namespace pcd::datachannel {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using testing::IsOk;
using S = DataChannelState;

constexpr Timestamp kNow{};

// Does what the test says and writes down what it is asked.
class ScriptedAssociation : public sctp::SctpAssociation {
 public:
  struct Sent {
    uint16_t stream_id;
    uint32_t ppid;
    std::vector<uint8_t> bytes;
    sctp::SendOptions options;
  };

  absl::Status Start(const sctp::SctpParams&, Timestamp) override { return absl::OkStatus(); }
  void HandlePacket(ByteSpan, Timestamp) override {}
  void HandleTimeout(Timestamp) override {}
  Timestamp NextDeadline() const override { return kNever; }
  std::optional<std::vector<uint8_t>> PollOutput() override { return std::nullopt; }
  std::optional<sctp::SctpEvent> PollEvent() override {
    if (events.empty()) return std::nullopt;
    sctp::SctpEvent event = std::move(events.front());
    events.pop_front();
    return event;
  }
  void SetWakeCallback(net::Task) override {}
  sctp::SendResult Send(uint16_t stream_id, uint32_t ppid, ByteSpan message,
                        const sctp::SendOptions& options, Timestamp) override {
    if (result != sctp::SendResult::kOk && (!only_stream || *only_stream == stream_id)) {
      return result;
    }
    sent.push_back({stream_id, ppid, {message.begin(), message.end()}, options});
    buffered += message.size();
    return sctp::SendResult::kOk;
  }
  void ResetStream(uint16_t stream_id, Timestamp) override { resets.push_back(stream_id); }
  void Abort() override {}
  void Shutdown(Timestamp) override {}
  SctpState state() const override { return current; }
  uint16_t stream_count() const override { return streams; }
  size_t buffered_bytes() const override { return buffered; }
  sctp::SctpStats stats() const override { return {}; }
  std::optional<sctp::SctpPath> path() const override { return std::nullopt; }

  SctpState current = SctpState::kConnected;
  sctp::SendResult result = sctp::SendResult::kOk;
  std::optional<uint16_t> only_stream;  // The result holds for this stream alone.
  size_t buffered = 0;
  uint16_t streams = 1024;
  std::deque<sctp::SctpEvent> events;
  std::vector<Sent> sent;
  std::vector<uint16_t> resets;
};

class DataChannelPeer : public ::testing::Test {
 protected:
  void SetUp() override { manager_.AttachAssociation(&sctp_, DtlsRole::kServer, kNow); }

  void Give(sctp::SctpEvent event) {
    sctp_.events.push_back(std::move(event));
    Pump();
  }
  void Pump() {
    manager_.HandleAssociation(kNow);
    while (auto event = manager_.PollEvent()) events_.push_back(std::move(*event));
  }
  void Receive(uint16_t stream, uint32_t ppid, std::string_view text) {
    Give(sctp::MessageReceived{
        .stream_id = stream, .ppid = ppid, .bytes = {text.begin(), text.end()}});
  }
  void ReceiveOpen(uint16_t stream, const DataChannelInit& init = {}) {
    Give(sctp::MessageReceived{.stream_id = stream, .ppid = 50, .bytes = WriteDcepOpen(init)});
  }
  std::string Open(uint16_t stream) {
    ReceiveOpen(stream);
    return std::get<ChannelOpened>(events_.back()).info.channel_id;
  }
  absl::Status Send(std::string_view id, std::string_view text) {
    return manager_.Send(id, false, {reinterpret_cast<const uint8_t*>(text.data()), text.size()},
                         kNow);
  }
  std::vector<std::string> Messages() const {
    std::vector<std::string> texts;
    for (const auto& event : events_) {
      if (const auto* message = std::get_if<ChannelMessage>(&event)) {
        texts.emplace_back(message->bytes.begin(), message->bytes.end());
      }
    }
    return texts;
  }
  template <typename T>
  size_t Count() const {
    size_t count = 0;
    for (const auto& event : events_) count += std::holds_alternative<T>(event) ? 1 : 0;
    return count;
  }

  ScriptedAssociation sctp_;
  DataChannelManager manager_{Limits{.max_message_bytes = 1000}};
  std::vector<DataChannelEvent> events_;
};

TEST_F(DataChannelPeer, AnOpenIsAcknowledged) {
  Open(0);
  ASSERT_EQ(sctp_.sent.size(), 1u);
  EXPECT_EQ(sctp_.sent[0].ppid, 50u);
  EXPECT_EQ(sctp_.sent[0].bytes, WriteDcepAck());
}

TEST(DataChannelPeerTest, AnIdBeyondTheStreamsThatThereAreIsChangedBeforeTheChannelOpens) {
  ScriptedAssociation sctp;
  sctp.current = SctpState::kConnecting;
  sctp.streams = 0;
  DataChannelManager manager{Limits{}};
  const auto id = manager.Create({}, "", Timestamp{});
  ASSERT_THAT(id, IsOk());
  manager.AttachAssociation(&sctp, DtlsRole::kServer, kNow);
  EXPECT_EQ(manager.Get(*id)->init.id, 65);
  sctp.current = SctpState::kConnected;
  sctp.streams = 16;
  sctp.events.push_back(sctp::StateChanged{.state = SctpState::kConnected});
  manager.HandleAssociation(kNow);
  EXPECT_EQ(manager.Get(*id)->init.id, 1);
  ASSERT_EQ(sctp.sent.size(), 1u);
  EXPECT_EQ(sctp.sent[0].stream_id, 1);
}

TEST_F(DataChannelPeer, EverythingIsOrderedUntilThePeerHasAnswered) {
  const auto id = manager_.Create({.ordered = false, .max_retransmits = 2}, "", Timestamp{});
  ASSERT_THAT(id, IsOk());
  Pump();
  ASSERT_THAT(Send(*id, "early"), IsOk());
  Receive(65, 50, std::string("\x02"));
  ASSERT_THAT(Send(*id, "late"), IsOk());
  ASSERT_EQ(sctp_.sent.size(), 3u);
  EXPECT_TRUE(sctp_.sent[0].options.ordered);
  EXPECT_EQ(sctp_.sent[0].options.max_retransmits, std::nullopt);  // OPEN must arrive.
  EXPECT_TRUE(sctp_.sent[1].options.ordered);
  EXPECT_EQ(sctp_.sent[1].options.max_retransmits, 2);
  EXPECT_FALSE(sctp_.sent[2].options.ordered);
}

TEST_F(DataChannelPeer, DataCountsAsAnAnswer) {
  const auto id = manager_.Create({.ordered = false}, "", Timestamp{});
  Pump();
  Receive(65, 51, "hello");
  ASSERT_THAT(Send(*id, "late"), IsOk());
  EXPECT_FALSE(sctp_.sent.back().options.ordered);
}

TEST_F(DataChannelPeer, TextThatIsNotUtf8IsRepaired) {
  Open(0);
  Receive(0, 51, "a\xff");
  Receive(0, 53, "a\xff");
  EXPECT_THAT(Messages(), ElementsAre("a\xEF\xBF\xBD", "a\xff"));
}

TEST_F(DataChannelPeer, DeprecatedPartsAreJoined) {
  Open(0);
  Open(2);
  Receive(0, 54, "one ");
  Receive(2, 52, "other ");
  Receive(0, 54, "two ");
  Receive(0, 51, "three");
  Receive(2, 53, "bytes");
  Receive(0, 51, "next");
  EXPECT_THAT(Messages(), ElementsAre("one two three", "other bytes", "next"));
}

TEST_F(DataChannelPeer, EndlessPartsEndTheChannelAndFreeTheRoom) {
  const std::string id = Open(0);
  Open(2);
  for (int i = 0; i < 11; ++i) Receive(0, 52, std::string(100, 'x'));
  EXPECT_EQ(manager_.Get(id)->state, S::kClosing);
  EXPECT_EQ(Count<ChannelError>(), 1u);
  EXPECT_THAT(sctp_.resets, ElementsAre(0));
  for (int i = 0; i < 9; ++i) Receive(2, 52, std::string(100, 'x'));
  Receive(2, 53, std::string(100, 'x'));
  EXPECT_EQ(Messages().size(), 1u);
  EXPECT_EQ(Messages()[0].size(), 1000u);
}

TEST_F(DataChannelPeer, WhatHasNoPlaceIsCounted) {
  Open(0);
  Receive(4, 51, "nobody");
  Receive(4, 50, std::string("\x02"));
  Receive(0, 99, "unknown");
  Receive(0, 50, "junk");
  EXPECT_TRUE(Messages().empty());
  EXPECT_EQ(manager_.drops().unknown_stream, 2u);
  EXPECT_EQ(manager_.drops().unknown_ppid, 1u);
  EXPECT_EQ(manager_.drops().bad_control, 1u);
  EXPECT_TRUE(sctp_.resets.empty());
}

TEST_F(DataChannelPeer, AMalformedOpenIsAnsweredWithAReset) {
  Receive(6, 50, std::string("\x03\x55", 2));
  EXPECT_THAT(sctp_.resets, ElementsAre(6));
  EXPECT_EQ(Count<ChannelOpened>(), 0u);
}

TEST_F(DataChannelPeer, ASecondOpenOfAStreamEndsItsChannel) {
  const std::string id = Open(0);
  ReceiveOpen(0);
  EXPECT_EQ(manager_.Get(id)->state, S::kClosing);
  EXPECT_EQ(Count<ChannelError>(), 1u);
  EXPECT_EQ(Count<ChannelOpened>(), 1u);
  EXPECT_THAT(sctp_.resets, ElementsAre(0));
}

// We are the DTLS server: odd ids are ours to give out (RFC 8832 section 6), but aiortc and werift
// number the channels of an offerer 1, 3, 5, ... in any role.
TEST_F(DataChannelPeer, AnOpenOfAnIdOfOursThatIsFreeIsAccepted) {
  const std::string theirs = Open(1);
  EXPECT_EQ(manager_.Get(theirs)->init.id, 1);
  EXPECT_EQ(manager_.drops().bad_control, 0u);
  Open(65);
  const auto id = manager_.Create({}, "", Timestamp{});
  ASSERT_THAT(id, IsOk());
  EXPECT_EQ(manager_.Get(*id)->init.id, 67);
}

TEST_F(DataChannelPeer, AnOpenOfAChannelOfOursDoesNotDisturbIt) {
  const auto id = manager_.Create({}, "", Timestamp{});
  ASSERT_THAT(id, IsOk());
  Pump();
  ASSERT_EQ(manager_.Get(*id)->init.id, 65);
  ReceiveOpen(65);
  EXPECT_EQ(manager_.Get(*id)->state, S::kOpen);
  EXPECT_EQ(manager_.drops().bad_control, 1u);
  EXPECT_EQ(Count<ChannelError>(), 0u);
  EXPECT_TRUE(sctp_.resets.empty());
}

TEST_F(DataChannelPeer, AnOpenThatOvertakesTheAnswerToOurResetOpensANewChannel) {
  const std::string old = Open(0);
  Give(sctp::IncomingStreamsReset{.stream_ids = {0}});
  EXPECT_EQ(manager_.Get(old)->state, S::kClosing);
  const std::string id = Open(0);
  EXPECT_EQ(manager_.Get(old), std::nullopt);
  EXPECT_EQ(manager_.Get(id)->state, S::kOpen);
  Give(sctp::OutgoingStreamsReset{.stream_ids = {0}});  // The old one's.
  EXPECT_EQ(manager_.Get(id)->state, S::kOpen);
}

TEST_F(DataChannelPeer, ALabelBeyondTheCapIsRefused) {
  ReceiveOpen(0, {.label = std::string(257, 'x')});
  EXPECT_EQ(Count<ChannelOpened>(), 0u);
  EXPECT_EQ(manager_.drops().refused_channels, 1u);
  EXPECT_THAT(sctp_.resets, ElementsAre(0));
}

TEST_F(DataChannelPeer, MessagesAfterCloseAreDropped) {
  const std::string id = Open(0);
  ASSERT_THAT(manager_.Close(id, kNow), IsOk());
  Receive(0, 51, "too late");
  EXPECT_TRUE(Messages().empty());
  EXPECT_EQ(manager_.drops().after_close, 1u);
}

TEST_F(DataChannelPeer, APeerThatCannotResetDoesNotKeepAChannelClosing) {
  const std::string id = Open(0);
  ASSERT_THAT(manager_.Close(id, kNow), IsOk());
  Give(sctp::OutgoingStreamsReset{.stream_ids = {0}, .ok = false});
  EXPECT_EQ(manager_.Get(id), std::nullopt);
}

TEST_F(DataChannelPeer, ResetsOfUnknownStreamsAreIgnored) {
  Give(sctp::IncomingStreamsReset{.stream_ids = {0, 1, 65535}});
  Give(sctp::OutgoingStreamsReset{.stream_ids = {0, 1, 65535}});
  EXPECT_TRUE(events_.empty());
}

TEST_F(DataChannelPeer, AStreamThatIsBusyDoesNotHoldUpTheOthers) {
  const std::string busy = Open(0);
  const std::string free = Open(2);
  sctp_.result = sctp::SendResult::kBadStream;
  sctp_.only_stream = 0;
  ASSERT_THAT(Send(busy, "waits"), IsOk());
  ASSERT_THAT(Send(free, "goes"), IsOk());
  Pump();
  EXPECT_EQ(sctp_.sent.back().stream_id, 2);
  sctp_.result = sctp::SendResult::kOk;
  Pump();
  EXPECT_EQ(sctp_.sent.back().stream_id, 0);
}

TEST_F(DataChannelPeer, AMessageTheAssociationNeverTakesEndsTheChannel) {
  const std::string id = Open(0);
  sctp_.result = sctp::SendResult::kTooLarge;
  ASSERT_THAT(Send(id, "x"), IsOk());
  Pump();
  EXPECT_EQ(manager_.Get(id)->state, S::kClosing);
  EXPECT_EQ(manager_.buffered_amount(), 0u);
  EXPECT_EQ(Count<ChannelError>(), 1u);
}

TEST_F(DataChannelPeer, AcknowledgedBytesAreAttributedInTheOrderOfSending) {
  const std::string first = Open(0);
  const std::string second = Open(2);
  ASSERT_THAT(Send(first, std::string(100, 'x')), IsOk());
  ASSERT_THAT(Send(second, std::string(100, 'x')), IsOk());
  sctp_.buffered = 101;  // Two ACK messages and almost all of the first.
  Pump();
  EXPECT_EQ(manager_.Get(first)->buffered_amount, 100u);
  sctp_.buffered = 100;
  Pump();
  EXPECT_EQ(manager_.Get(first)->buffered_amount, 0u);
  EXPECT_EQ(manager_.Get(second)->buffered_amount, 100u);
}

TEST_F(DataChannelPeer, AnAbortIsAFailureOfSctpAndItsCauseIsKept) {
  const auto id = *manager_.Create({}, "", Timestamp{});
  sctp_.current = SctpState::kClosed;
  Give(sctp::StateChanged{.state = SctpState::kClosed, .reason = "aborted", .cause_code = 12});
  bool told = false;
  for (const auto& event : events_) {
    const auto* error = std::get_if<ChannelError>(&event);
    if (error == nullptr) continue;
    told = true;
    EXPECT_EQ(error->channel_id, id);
    EXPECT_TRUE(error->sctp_failure);
    EXPECT_EQ(error->sctp_cause_code, 12);
  }
  EXPECT_TRUE(told);
}

TEST_F(DataChannelPeer, AConnectionThatEndedMeanwhileOpensNothing) {
  ScriptedAssociation ended;
  ended.current = SctpState::kClosed;
  DataChannelManager manager{Limits{}};
  const auto id = manager.Create({}, "", Timestamp{});
  ended.events.push_back(sctp::StateChanged{.state = SctpState::kConnected});
  ended.events.push_back(sctp::StateChanged{.state = SctpState::kClosed, .reason = "gone"});
  manager.AttachAssociation(&ended, DtlsRole::kClient, kNow);
  EXPECT_TRUE(std::holds_alternative<ChannelError>(*manager.PollEvent()));
  EXPECT_EQ(std::get<ChannelStateChanged>(*manager.PollEvent()).state, S::kClosed);
  EXPECT_EQ(manager.channels_opened(), 0u);
}

}  // namespace
}  // namespace pcd::datachannel
