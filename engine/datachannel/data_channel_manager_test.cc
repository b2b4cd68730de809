#include "engine/datachannel/data_channel_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/datachannel/data_channel_pair_testing.h"
#include "engine/testing/status_matchers.h"

namespace pcd::datachannel {
namespace {

using ::testing::ElementsAre;
using testing::HasCode;
using testing::HasReason;
using testing::IsOk;
using S = DataChannelState;

constexpr testing::ImpairmentOptions kLossy{
    .loss = 0.1, .delay = std::chrono::milliseconds(10), .reorder = 0.1, .duplicate = 0.05};

TEST(DataChannels, AChannelMadeBeforeTheTransportOpensOnBothSides) {
  DataChannelPair pair;
  const std::string id = pair.a.Create({.label = "chat", .protocol = "v1"});
  EXPECT_EQ(id, "dc-1");
  EXPECT_EQ(pair.a.StateOf(id), S::kConnecting);
  EXPECT_EQ(pair.a.manager->Get(id)->init.id, std::nullopt);
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.EventsOf<ChannelOpened>().size() == 1; }));
  EXPECT_THAT(pair.a.States(id), ElementsAre(S::kOpen));
  const DataChannelInfo remote = pair.b.EventsOf<ChannelOpened>()[0].info;
  EXPECT_EQ(remote.channel_id, "remote-dc-1");
  EXPECT_EQ(remote.init.label, "chat");
  EXPECT_EQ(remote.init.protocol, "v1");
  EXPECT_EQ(remote.init.id, 0);
  EXPECT_EQ(remote.state, S::kOpen);
  EXPECT_TRUE(remote.opened_by_remote);
  EXPECT_EQ(pair.a.manager->Get(id)->init.id, 0);
}

TEST(DataChannels, AChannelKnowsWhenItWasMade) {
  DataChannelPair pair;
  constexpr Duration kOffset = std::chrono::seconds(1'600'000'000);
  pair.a.manager->SetUnixOffset(kOffset);
  pair.b.manager->SetUnixOffset(kOffset);
  const Timestamp begin = pair.a.loop.Now();
  const std::string id = pair.a.Create({});
  EXPECT_EQ(pair.a.manager->Get(id)->create_unix_us, (begin.time_since_epoch() + kOffset).count());
  pair.RunFor(std::chrono::seconds(1));
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.EventsOf<ChannelOpened>().size() == 1; }));
  const Timestamp end = pair.b.loop.Now();
  const int64_t opened = pair.b.EventsOf<ChannelOpened>()[0].info.create_unix_us;
  EXPECT_GT(end, begin);
  EXPECT_EQ(opened, (end.time_since_epoch() + kOffset).count());
}

TEST(DataChannels, TheRolesDecideTheStreamIds) {
  DataChannelPair pair;
  const std::string early = pair.b.Create({});
  pair.Connect();
  const std::string late = pair.b.Create({});
  const std::string other = pair.a.Create({});
  EXPECT_EQ(pair.b.manager->Get(early)->init.id, 65);
  EXPECT_EQ(pair.b.manager->Get(late)->init.id, 67);
  EXPECT_EQ(pair.a.manager->Get(other)->init.id, 0);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.EventsOf<ChannelOpened>().size() == 2; }));
}

// W3C: ids come with the description that decides the role, long before there is an association.
TEST(DataChannels, TheRoleNumbersChannelsBeforeThereIsAnAssociation) {
  DataChannelManager manager((Limits()));
  const auto id_of = [&](std::string_view channel) { return manager.Get(channel)->init.id; };
  ASSERT_THAT(manager.Create({.preferred_id = 8}, "early", Timestamp{}), IsOk());
  ASSERT_THAT(manager.Create({.negotiated = true, .id = 0}, "negotiated", Timestamp{}), IsOk());
  EXPECT_EQ(id_of("early"), std::nullopt);
  const auto numbered = manager.SetRole(DtlsRole::kClient);
  ASSERT_EQ(numbered.size(), 1u);
  EXPECT_EQ(numbered[0].channel_id, "early");
  EXPECT_EQ(numbered[0].init.id, 2);
  EXPECT_TRUE(manager.SetRole(DtlsRole::kClient).empty());
  ASSERT_THAT(manager.Create({.preferred_id = 8}, "late", Timestamp{}), IsOk());
  EXPECT_EQ(id_of("late"), 8);
  EXPECT_EQ(manager.SetRole(DtlsRole::kServer).size(), 2u);
  EXPECT_EQ(id_of("early"), 65);
  EXPECT_EQ(id_of("negotiated"), 0);
  EXPECT_EQ(id_of("late"), 67);
  EXPECT_FALSE(
      manager.Create({.negotiated = true, .id = 4, .preferred_id = 6}, "", Timestamp{}).ok());
  EXPECT_FALSE(manager.Create({.preferred_id = 65535}, "", Timestamp{}).ok());
}

TEST(DataChannels, TextBinaryAndEmptyMessagesArriveAsWhatTheyAre) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  EXPECT_THAT(pair.a.Send(a, "text"), IsOk());
  EXPECT_THAT(pair.a.Send(a, "bytes\xff", true), IsOk());
  EXPECT_THAT(pair.a.Send(a, ""), IsOk());
  EXPECT_THAT(pair.a.Send(a, "", true), IsOk());
  EXPECT_THAT(pair.b.Send(b, "back"), IsOk());
  ASSERT_TRUE(pair.RunUntil(
      [&] { return pair.b.Messages().size() == 4 && pair.a.Messages().size() == 1; }));
  EXPECT_THAT(pair.b.Messages(b), ElementsAre("text", "[bytes\xff]", "", "[]"));
  EXPECT_THAT(pair.a.Messages(a), ElementsAre("back"));
}

// As Chromium does when it replaces its transport.
TEST(DataChannels, ChannelsGoOnOverAnotherAssociation) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  EXPECT_THAT(pair.a.Send(a, "before"), IsOk());
  EXPECT_THAT(pair.b.Send(b, "back"), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == 1; }));
  const std::string closing = pair.a.Create({});
  for (DataChannelEnd* end : {&pair.a, &pair.b}) end->manager->SuspendAssociation(end->loop.Now());
  EXPECT_THAT(pair.a.Close(closing), IsOk());
  EXPECT_THAT(pair.a.Send(a, "meanwhile"), IsOk());
  const std::string late = pair.a.Create({});
  pair.a.Join(pair.b, {}, 5);
  pair.b.Join(pair.a, {}, 6);
  pair.Connect();
  EXPECT_THAT(pair.b.Send(b, "again"), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] {
    return pair.b.MessageCount(b) == 2 && pair.a.Messages(a).size() == 2 && pair.a.IsOpen(late);
  }));
  EXPECT_THAT(pair.b.Messages(b), ElementsAre("before", "meanwhile"));
  EXPECT_THAT(pair.a.Messages(a), ElementsAre("back", "again"));
  EXPECT_THAT(pair.a.States(a), ElementsAre(S::kOpen));
  EXPECT_EQ(pair.b.EventsOf<ChannelError>().size(), 0u);
}

TEST(DataChannels, AnOpenThatMayBeLostWithItsAssociationIsSentAgain) {
  DataChannelPair pair;
  pair.Connect();
  pair.b.manager->SuspendAssociation(pair.b.loop.Now());
  const std::string id = pair.a.Create({.label = "again"});
  EXPECT_THAT(pair.a.Send(id, "x"), IsOk());
  pair.a.manager->SuspendAssociation(pair.a.loop.Now());
  pair.a.Join(pair.b, {}, 5);
  pair.b.Join(pair.a, {}, 6);
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.EventsOf<ChannelOpened>().size() == 1; }));
  EXPECT_EQ(pair.b.EventsOf<ChannelOpened>()[0].info.init.label, "again");
}

TEST(DataChannels, WithoutAnotherAssociationSuspendedChannelsClose) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  pair.a.manager->SuspendAssociation(pair.a.loop.Now());
  EXPECT_TRUE(pair.a.IsOpen(a));
  pair.a.manager->DetachAssociation();
  pair.a.Pump();
  EXPECT_EQ(pair.a.StateOf(a), S::kClosed);
}

TEST(DataChannels, AChannelClosedBetweenTwoAssociationsIsClosedAtThePeer) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  for (DataChannelEnd* end : {&pair.a, &pair.b}) end->manager->SuspendAssociation(end->loop.Now());
  const std::string unknown = pair.a.Create({});
  EXPECT_THAT(pair.a.Send(a, "last"), IsOk());
  EXPECT_THAT(pair.a.Close(a), IsOk());
  EXPECT_THAT(pair.a.Close(unknown), IsOk());
  EXPECT_EQ(pair.a.StateOf(a), S::kClosing);
  EXPECT_EQ(pair.a.StateOf(unknown), S::kClosed);
  pair.a.Join(pair.b, {}, 5);
  pair.b.Join(pair.a, {}, 6);
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil(
      [&] { return pair.a.StateOf(a) == S::kClosed && pair.b.StateOf(b) == S::kClosed; }));
  EXPECT_THAT(pair.b.Messages(b), ElementsAre("last"));
}

// An ABORT of the old association, before anything is known of the new one.
TEST(DataChannels, TheEndOfAnAssociationThatMayBeReplacedSuspendsItsChannels) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  pair.b.may_be_replaced = true;
  EXPECT_THAT(pair.a.Send(a, "last"), IsOk());
  pair.a.sctp->Abort();
  pair.a.Pump();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.manager->suspended(); }));
  EXPECT_THAT(pair.b.Messages(b), ElementsAre("last"));
  EXPECT_TRUE(pair.b.IsOpen(b));
  EXPECT_THAT(pair.b.Send(b, "meanwhile"), IsOk());
  pair.a.manager->SuspendAssociation(pair.a.loop.Now());
  pair.a.Join(pair.b, {}, 5);
  pair.b.Join(pair.a, {}, 6);
  pair.Connect();
  EXPECT_FALSE(pair.b.manager->suspended());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.MessageCount(a) == 1; }));
  EXPECT_EQ(pair.b.EventsOf<ChannelStateChanged>().size(), 0u);
  EXPECT_EQ(pair.b.EventsOf<ChannelError>().size(), 0u);
}

// The turn in which the new association is known may bring the last messages of the old one.
TEST(DataChannels, WhatArrivedBeforeTheSuspensionIsDelivered) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  EXPECT_THAT(pair.a.manager->Send(a, false, std::vector<uint8_t>{'x'}, pair.a.loop.Now()), IsOk());
  while (const auto packet = pair.a.sctp->PollOutput()) {
    pair.b.sctp->HandlePacket(*packet, pair.b.loop.Now());
  }
  pair.b.manager->SuspendAssociation(pair.b.loop.Now());
  pair.b.Pump();
  EXPECT_THAT(pair.b.Messages(b), ElementsAre("x"));
}

TEST(DataChannels, ANegotiatedChannelNeedsNoAnnouncement) {
  DataChannelPair pair;
  const DataChannelInit init{.label = "n", .negotiated = true, .id = 8};
  const std::string a = pair.a.Create(init);
  const std::string b = pair.b.Create(init);
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.IsOpen(a) && pair.b.IsOpen(b); }));
  EXPECT_THAT(pair.a.Send(a, "hi"), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == 1; }));
  EXPECT_TRUE(pair.b.EventsOf<ChannelOpened>().empty());
  // Its id is skipped when others are given out.
  for (int i = 0; i < 5; ++i) pair.a.Create({});
  for (const auto& info : pair.a.manager->List()) {
    if (info.channel_id != a) {
      EXPECT_NE(info.init.id, 8);
    }
  }
}

TEST(DataChannels, EveryReliabilityReachesTheOtherSideAndDelivers) {
  for (const DataChannelInit& init : {DataChannelInit{}, DataChannelInit{.ordered = false},
                                      DataChannelInit{.max_packet_life_time = 30'000},
                                      DataChannelInit{.ordered = false, .max_retransmits = 100}}) {
    DataChannelPair pair(kLossy);
    pair.Connect();
    const auto [a, b] = pair.OpenChannel(init);
    DataChannelInit remote = pair.b.manager->Get(b)->init;
    remote.id.reset();
    EXPECT_EQ(remote, init);
    for (int i = 0; i < 100; ++i) ASSERT_THAT(pair.a.Send(a, std::to_string(i)), IsOk());
    ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == 100; }));
  }
}

TEST(DataChannels, WhatWaitsIsSentInSharesByPriority) {
  DataChannelPair pair;
  pair.Connect();
  const auto [slow, slow_there] = pair.OpenChannel({.priority = DataChannelPriority::kVeryLow});
  const auto [fast, fast_there] = pair.OpenChannel({.priority = DataChannelPriority::kHigh});
  EXPECT_EQ(pair.b.manager->Get(fast_there)->init.priority, DataChannelPriority::kHigh);
  // The association takes eight of the slow channel's messages at once; then a ninth is in front.
  for (int i = 0; i < 30; ++i) ASSERT_THAT(pair.a.Send(slow, std::string(60'000, 'x')), IsOk());
  for (int i = 0; i < 200; ++i) ASSERT_THAT(pair.a.Send(fast, std::string(6'000, 'x')), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(fast_there) == 200; }));
  // Of bytes, not of messages: an eighth of 200 * 6,000 is two more and a half.
  EXPECT_GE(pair.b.MessageCount(slow_there), 10u) << "it has its turns, too";
  EXPECT_LE(pair.b.MessageCount(slow_there), 13u);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(slow_there) == 30; }));
}

TEST(DataChannels, AnUnreliableChannelUnderLossDeliversSomeAndStaysOpen) {
  DataChannelPair pair({.loss = 0.3, .delay = std::chrono::milliseconds(5)});
  pair.Connect();
  const auto [a, b] = pair.OpenChannel({.ordered = false, .max_retransmits = 0});
  for (int i = 0; i < 200; ++i) ASSERT_THAT(pair.a.Send(a, std::to_string(i)), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.manager->buffered_amount() == 0; }));
  pair.RunFor(std::chrono::seconds(1));
  EXPECT_GT(pair.b.MessageCount(b), 100u);
  EXPECT_LT(pair.b.MessageCount(b), 190u);
  EXPECT_TRUE(pair.a.IsOpen(a));
}

TEST(DataChannels, CreateRefusesWhatW3cRefuses) {
  DataChannelPair pair;
  const auto create = [&](const DataChannelInit& init, std::string_view id = {}) {
    return pair.a.manager->Create(init, id, Timestamp{}).status();
  };
  EXPECT_THAT(create({.max_packet_life_time = 1, .max_retransmits = 1}),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_EQ(GetErrorDetail(create({.negotiated = true})).dom_exception, "TypeError");
  EXPECT_THAT(create({.negotiated = true, .id = 65535}), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(create({.id = 4}), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(create({.label = "\xff"}), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(create({.label = std::string(65536, 'x')}), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(create({.label = std::string(257, 'x')}), HasReason(ErrorReason::LIMIT_EXCEEDED));
  EXPECT_THAT(create({.protocol = std::string(257, 'x')}), HasReason(ErrorReason::LIMIT_EXCEEDED));
  EXPECT_THAT(create({.label = std::string(256, 'x')}, "mine"), IsOk());
  EXPECT_THAT(create({}, "mine"), HasReason(ErrorReason::ALREADY_EXISTS));
  EXPECT_THAT(create({.negotiated = true, .id = 4}), IsOk());
  EXPECT_THAT(create({.negotiated = true, .id = 4}), HasReason(ErrorReason::NO_STREAM_ID));
  pair.Connect();
  EXPECT_THAT(create({.negotiated = true, .id = 1024}), HasReason(ErrorReason::NO_STREAM_ID));
  pair.a.manager->CloseAll();
  EXPECT_THAT(create({}), HasReason(ErrorReason::INVALID_STATE));
}

TEST(DataChannels, AnIdThatIsNoCallerIdIsRefusedByItsField) {
  DataChannelPair pair;
  for (const std::string& id : {std::string("a b"), std::string("a\r\nb"), std::string(65, 'x')}) {
    const absl::Status status = pair.a.manager->Create({}, id, Timestamp{}).status();
    EXPECT_THAT(status, HasReason(ErrorReason::INVALID_ARGUMENT));
    EXPECT_EQ(GetErrorDetail(status).field, "data_channel_id");
  }
  EXPECT_TRUE(pair.a.manager->List().empty());
  EXPECT_THAT(pair.a.manager->Create({}, "A-1_b.c", Timestamp{}).status(), IsOk());
}

TEST(DataChannels, AGeneratedIdAvoidsThoseThatCallersChose) {
  DataChannelPair pair;
  pair.a.Create({}, "dc-1");
  EXPECT_EQ(pair.a.Create({}), "dc-2");
}

TEST(DataChannels, AChannelWhoseIdTheAssociationLacksFailsWhenItConnects) {
  DataChannelPair pair;
  const std::string id = pair.a.Create({.negotiated = true, .id = 2000});
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(id); }));
  ASSERT_EQ(pair.a.EventsOf<ChannelError>(id).size(), 1u);
  EXPECT_THAT(pair.a.EventsOf<ChannelError>(id)[0].status, HasReason(ErrorReason::NO_STREAM_ID));
  EXPECT_THAT(pair.a.States(id), ElementsAre(S::kClosing, S::kClosed));
}

TEST(DataChannels, WithoutAFreeStreamCreateRefusesAndLeavesNothing) {
  DataChannelPair pair({}, {.max_data_channels = 5000});
  pair.Connect();
  const uint32_t streams = pair.a.sctp->stream_count();
  ASSERT_LT(streams, 5000u);
  std::vector<std::string> ids;
  for (uint32_t i = 0; i < streams / 2; ++i) ids.push_back(pair.a.Create({}));
  const absl::Status refused = pair.a.manager->Create({}, "one-too-many", Timestamp{}).status();
  EXPECT_THAT(refused, HasCode(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(refused, HasReason(ErrorReason::NO_STREAM_ID));
  EXPECT_EQ(GetErrorDetail(refused).dom_exception, "OperationError");
  pair.a.Pump();
  EXPECT_EQ(pair.a.manager->Get("one-too-many"), std::nullopt);
  EXPECT_EQ(pair.a.manager->List().size(), streams / 2);
  EXPECT_TRUE(pair.a.EventsOf<ChannelError>().empty());
  // A closed channel's stream is free again.
  ASSERT_THAT(pair.a.Close(ids[7]), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(ids[7]); }));
  EXPECT_EQ(pair.a.Create({}, "one-too-many"), "one-too-many");
  EXPECT_EQ(pair.a.manager->Get("one-too-many")->init.id, 14);
  EXPECT_TRUE(pair.a.IsOpen("one-too-many"));
}

TEST(DataChannels, SendTellsWhyItRefuses) {
  DataChannelPair pair;
  EXPECT_THAT(pair.a.Send("nobody", "x"), HasReason(ErrorReason::DATA_CHANNEL_NOT_FOUND));
  const std::string id = pair.a.Create({});
  EXPECT_THAT(pair.a.Send(id, "x"), HasReason(ErrorReason::DATA_CHANNEL_NOT_OPEN));
  EXPECT_EQ(GetErrorDetail(pair.a.Send(id, "x")).dom_exception, "InvalidStateError");
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.IsOpen(id); }));
  EXPECT_THAT(pair.a.Send(id, "\xff"), HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(pair.a.Send(id, "\xff", true), IsOk());
  ASSERT_THAT(pair.a.Close(id), IsOk());
  EXPECT_THAT(pair.a.Send(id, "x"), HasReason(ErrorReason::DATA_CHANNEL_NOT_OPEN));
}

TEST(DataChannels, TheSmallerMaxMessageSizeHolds) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  DataChannelManager& manager = *pair.a.manager;
  EXPECT_EQ(manager.max_send_message_bytes(), 64u * 1024);  // Absent in the SDP.
  EXPECT_THAT(pair.a.Send(a, std::string(65537, 'x')), HasReason(ErrorReason::MESSAGE_TOO_LARGE));
  EXPECT_THAT(pair.a.Send(a, std::string(65536, 'x')), IsOk());
  manager.SetRemoteMaxMessageSize(10);
  EXPECT_THAT(pair.a.Send(a, std::string(11, 'x')), HasReason(ErrorReason::MESSAGE_TOO_LARGE));
  manager.SetRemoteMaxMessageSize(0);  // Unlimited: ours.
  EXPECT_EQ(manager.max_send_message_bytes(), 256u * 1024);
  manager.SetRemoteMaxMessageSize(uint64_t{1} << 40);
  EXPECT_EQ(manager.max_send_message_bytes(), 256u * 1024);
  EXPECT_THAT(pair.a.Send(a, std::string(256 * 1024, 'y')), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == 2; }));
  EXPECT_EQ(pair.b.Messages(b)[1], std::string(256 * 1024, 'y'));
}

TEST(DataChannels, AFullBufferRefusesAndNothingIsLost) {
  DataChannelPair pair({.delay = std::chrono::milliseconds(20)});
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  int sent = 0;
  absl::Status status;
  while ((status = pair.a.manager->Send(a, false, ByteSpan(std::vector<uint8_t>(50'000, 'x')),
                                        pair.a.loop.Now()))
             .ok()) {
    ++sent;
  }
  EXPECT_THAT(status, HasReason(ErrorReason::BUFFER_FULL));
  EXPECT_THAT(status, HasCode(absl::StatusCode::kResourceExhausted));
  EXPECT_GT(sent * 50'000, 4'100'000);
  EXPECT_LE(sent * 50'000, 4 << 20);
  EXPECT_EQ(pair.a.manager->buffered_amount(), static_cast<uint64_t>(sent) * 50'000);
  pair.a.Pump();
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == static_cast<size_t>(sent); }));
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.manager->buffered_amount() == 0; }));
  EXPECT_THAT(pair.a.Send(a, "again"), IsOk());
}

TEST(DataChannels, AFloodOfTinyMessagesIsBoundedToo) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  const uint8_t byte = 'x';
  int sent = 0;
  while (sent < 1'000'000 && pair.a.manager->Send(a, true, {&byte, 1}, pair.a.loop.Now()).ok()) {
    ++sent;
  }
  EXPECT_LT(sent, 70'000);
}

TEST(DataChannels, BufferedAmountFallsAndTellsWhenItCrossesTheThreshold) {
  DataChannelPair pair({.delay = std::chrono::milliseconds(20)});
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  ASSERT_THAT(pair.a.manager->SetBufferedAmountLowThreshold(a, 25'000), IsOk());
  for (int i = 0; i < 10; ++i) ASSERT_THAT(pair.a.Send(a, std::string(10'000, 'x')), IsOk());
  EXPECT_EQ(pair.a.manager->Get(a)->buffered_amount, 100'000u);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.manager->Get(a)->buffered_amount == 0; }));
  const auto low = pair.a.EventsOf<BufferedAmountLow>(a);
  ASSERT_EQ(low.size(), 1u);
  EXPECT_EQ(low[0].buffered_amount, 20'000u);
  EXPECT_THAT(pair.a.manager->SetBufferedAmountLowThreshold("nobody", 1),
              HasReason(ErrorReason::DATA_CHANNEL_NOT_FOUND));
}

TEST(DataChannels, ChannelsTakeTurnsSoThatAFullOneDoesNotStarveTheOthers) {
  DataChannelPair pair({.delay = std::chrono::milliseconds(20)});
  pair.Connect();
  const auto [big, big_b] = pair.OpenChannel();
  const auto [small, small_b] = pair.OpenChannel();
  for (int i = 0; i < 60; ++i) ASSERT_THAT(pair.a.Send(big, std::string(60'000, 'x')), IsOk());
  ASSERT_THAT(pair.a.Send(small, "quick"), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(small_b) == 1; }));
  EXPECT_LT(pair.b.MessageCount(big_b), 20u);
}

TEST(DataChannels, CloseDeliversWhatWasQueuedAndClosesBothSides) {
  DataChannelPair pair(kLossy);
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  for (int i = 0; i < 30; ++i) ASSERT_THAT(pair.a.Send(a, std::string(60'000, 'x')), IsOk());
  ASSERT_THAT(pair.a.Close(a), IsOk());
  EXPECT_EQ(pair.a.StateOf(a), S::kClosing);
  EXPECT_THAT(pair.a.Close(a), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(a) && !pair.b.manager->Get(b); }));
  EXPECT_EQ(pair.b.MessageCount(b), 30u);
  EXPECT_THAT(pair.a.States(a), ElementsAre(S::kOpen, S::kClosing, S::kClosed));
  EXPECT_THAT(pair.b.States(b), ElementsAre(S::kClosing, S::kClosed));
  EXPECT_EQ(pair.b.EventsOf<ChannelStateChanged>(b)[1].info.messages_received, 30u);
  EXPECT_THAT(pair.a.Close(a), HasReason(ErrorReason::DATA_CHANNEL_NOT_FOUND));
  EXPECT_EQ(pair.a.manager->channels_opened(), 1u);
  EXPECT_EQ(pair.a.manager->channels_closed(), 1u);
}

TEST(DataChannels, TheClosedEventHasTheLastCounters) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel({.label = "counted"});
  ASSERT_THAT(pair.a.Send(a, "four"), IsOk());
  ASSERT_THAT(pair.b.Send(b, "sixsix"), IsOk());
  ASSERT_TRUE(
      pair.RunUntil([&] { return pair.a.MessageCount(a) == 1 && pair.b.MessageCount(b) == 1; }));
  // Sent and closed in one turn: the counters move on after the closing state.
  ASSERT_THAT(pair.a.Send(a, "last"), IsOk());
  ASSERT_THAT(pair.a.Close(a), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(a) && !pair.b.manager->Get(b); }));
  const DataChannelInfo sender = pair.a.EventsOf<ChannelStateChanged>(a).back().info;
  EXPECT_EQ(sender.state, S::kClosed);
  EXPECT_EQ(sender.init.label, "counted");
  EXPECT_EQ(sender.messages_sent, 2u);
  EXPECT_EQ(sender.bytes_sent, 8u);
  EXPECT_EQ(sender.messages_received, 1u);
  EXPECT_EQ(sender.bytes_received, 6u);
  const DataChannelInfo receiver = pair.b.EventsOf<ChannelStateChanged>(b).back().info;
  EXPECT_EQ(receiver.state, S::kClosed);
  EXPECT_EQ(receiver.messages_received, 2u);
  EXPECT_EQ(receiver.bytes_received, 8u);
}

TEST(DataChannels, AChannelClosedBeforeTheTransportIsGoneAtOnce) {
  DataChannelPair pair;
  const std::string id = pair.a.Create({});
  ASSERT_THAT(pair.a.Close(id), IsOk());
  EXPECT_THAT(pair.a.States(id), ElementsAre(S::kClosing, S::kClosed));
  EXPECT_TRUE(pair.a.manager->List().empty());
  EXPECT_TRUE(pair.a.manager->used());
  EXPECT_EQ(pair.a.manager->channels_opened(), 0u);
}

TEST(DataChannels, BothSidesMayCloseAtOnce) {
  DataChannelPair pair(kLossy);
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  ASSERT_THAT(pair.a.Close(a), IsOk());
  ASSERT_THAT(pair.b.Close(b), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(a) && !pair.b.manager->Get(b); }));
}

TEST(DataChannels, TheRemoteMayCloseWhileWeStillSend) {
  DataChannelPair pair({.delay = std::chrono::milliseconds(50)});
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  for (int i = 0; i < 60; ++i) ASSERT_THAT(pair.a.Send(a, std::string(60'000, 'x')), IsOk());
  ASSERT_THAT(pair.b.Close(b), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(a) && !pair.b.manager->Get(b); }));
  EXPECT_EQ(pair.a.manager->channels_closed(), 1u);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.a.manager->buffered_amount() == 0; }));
}

TEST(DataChannels, StreamIdsAreUsedAgainForAsLongAsOneLikes) {
  DataChannelPair pair(kLossy);
  pair.Connect();
  for (int round = 0; round < 100; ++round) {
    const auto [a, b] = pair.OpenChannel();
    EXPECT_EQ(pair.a.manager->Get(a)->init.id, 0);
    ASSERT_THAT(pair.a.Send(a, "round " + std::to_string(round)), IsOk());
    ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == 1; })) << round;
    ASSERT_THAT((round % 2 ? pair.a.Close(a) : pair.b.Close(b)), IsOk());
    ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(a) && !pair.b.manager->Get(b); }));
  }
  EXPECT_EQ(pair.a.manager->drops().unknown_stream, 0u);
  EXPECT_EQ(pair.b.manager->drops().bad_control, 0u);
}

TEST(DataChannels, ALostAssociationClosesEveryChannelWithAnError) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  ASSERT_THAT(pair.b.Send(b, "last words"), IsOk());
  pair.a.sctp->Abort();
  pair.a.Pump();
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.b.manager->Get(b); }));
  ASSERT_EQ(pair.b.EventsOf<ChannelError>(b).size(), 1u);
  EXPECT_TRUE(pair.b.EventsOf<ChannelError>(b)[0].sctp_failure);
  EXPECT_THAT(pair.b.States(b), ElementsAre(S::kClosed));
  EXPECT_EQ(pair.b.manager->buffered_amount(), 0u);
}

TEST(DataChannels, AnOrderlyEndIsNoError) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  pair.a.sctp->Shutdown(pair.a.loop.Now());
  pair.a.Pump();
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.b.manager->Get(b) && !pair.a.manager->Get(a); }));
  EXPECT_TRUE(pair.b.EventsOf<ChannelError>().empty());
}

TEST(DataChannels, DetachingClosesAndCloseAllIsSilent) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  pair.a.manager->DetachAssociation();
  pair.a.Pump();
  EXPECT_THAT(pair.a.States(a), ElementsAre(S::kOpen, S::kClosed));
  pair.b.manager->CloseAll();
  pair.b.Pump();
  EXPECT_TRUE(pair.b.States(b).empty());
  EXPECT_EQ(pair.b.manager->Get(b), std::nullopt);
  EXPECT_EQ(pair.b.manager->channels_closed(), 1u);
}

TEST(DataChannels, ChannelsBeyondTheCapAreRefusedOnBothSides) {
  DataChannelPair pair({}, {.max_data_channels = 3});
  pair.Connect();
  pair.b.Create({});
  for (int i = 0; i < 2; ++i) pair.OpenChannel();
  // The one that `b` made arrives at `a`, too.
  EXPECT_THAT(pair.a.manager->Create({}, {}, Timestamp{}).status(),
              HasReason(ErrorReason::LIMIT_EXCEEDED));
  EXPECT_THAT(pair.b.manager->Create({}, {}, Timestamp{}).status(),
              HasReason(ErrorReason::LIMIT_EXCEEDED));
}

TEST(DataChannels, ARefusedRemoteChannelClosesOverThere) {
  DataChannelPair pair({}, {.max_data_channels = 3});
  pair.a.Create({});
  pair.a.Create({});
  pair.b.Create({});
  pair.b.Create({});
  pair.Connect();
  ASSERT_TRUE(pair.RunUntil([&] {
    return pair.a.manager->drops().refused_channels == 1 &&
           pair.b.manager->drops().refused_channels == 1 && pair.a.manager->List().size() == 2 &&
           pair.b.manager->List().size() == 2;
  }));
}

TEST(DataChannels, StatsCountWhatPassed) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel({.label = "l", .protocol = "p"});
  ASSERT_THAT(pair.a.Send(a, "12345"), IsOk());
  ASSERT_THAT(pair.a.Send(a, ""), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(b) == 2; }));
  const DataChannelStats sent = pair.a.manager->Stats().at(0);
  EXPECT_EQ(sent.id, "D" + a);
  EXPECT_EQ(sent.label, "l");
  EXPECT_EQ(sent.protocol, "p");
  EXPECT_EQ(sent.data_channel_id, a);
  EXPECT_EQ(sent.data_channel_identifier, 0);
  EXPECT_EQ(sent.state, S::kOpen);
  EXPECT_EQ(sent.messages_sent, 2u);
  EXPECT_EQ(sent.bytes_sent, 5u);
  const DataChannelStats received = pair.b.manager->Stats().at(0);
  EXPECT_EQ(received.messages_received, 2u);
  EXPECT_EQ(received.bytes_received, 5u);
}

TEST(PausedChannels, HoldTheirMessagesWhileOthersGoOn) {
  DataChannelPair pair;
  pair.Connect();
  const auto [slow, slow_b] = pair.OpenChannel();
  const auto [fast, fast_b] = pair.OpenChannel();
  ASSERT_THAT(pair.b.manager->SetReceivePaused(slow_b, true), IsOk());
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(pair.a.Send(slow, std::to_string(i)), IsOk());
    ASSERT_THAT(pair.a.Send(fast, std::to_string(i)), IsOk());
  }
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(fast_b) == 10; }));
  EXPECT_TRUE(pair.b.Messages(slow_b).empty());
  ASSERT_THAT(pair.b.manager->SetReceivePaused(slow_b, false), IsOk());
  pair.b.Pump();
  EXPECT_EQ(pair.b.MessageCount(slow_b), 10u);
  EXPECT_THAT(pair.b.manager->SetReceivePaused("nobody", true),
              HasReason(ErrorReason::DATA_CHANNEL_NOT_FOUND));
}

TEST(PausedChannels, HoldBackThePeerAboveTheCapAndLoseNothing) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, true), IsOk());
  size_t sent = 0;
  const auto fill = [&] {
    while (sent < 200 && pair.a.Send(a, std::string(50'000, 'x')).ok()) ++sent;
  };
  for (int i = 0; i < 5; ++i) {
    fill();
    pair.RunFor(std::chrono::seconds(5));
  }
  // Held 1 MiB, windows of 512 KiB each way, waiting 4 MiB; the peer is stuck.
  EXPECT_LT(sent * 50'000, 7'000'000u);
  EXPECT_GT(pair.a.manager->buffered_amount(), 4'000'000u);
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, false), IsOk());
  pair.b.Pump();
  ASSERT_TRUE(pair.RunUntil([&] {
    fill();
    return pair.b.MessageCount(b) == 200;
  }));
}

TEST(PausedChannels, APauseReachesMessagesThatWaitAlready) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  for (int i = 0; i < 3; ++i) {
    pair.a.manager->Send(a, true, ByteSpan(std::vector<uint8_t>{1}), pair.a.loop.Now())
        .IgnoreError();
  }
  // Delivered in one turn: the consumer pauses after the first.
  std::vector<DataChannelEvent> seen;
  while (auto packet = pair.a.sctp->PollOutput()) {
    pair.b.sctp->HandlePacket(*packet, pair.b.loop.Now());
  }
  pair.b.manager->HandleAssociation(pair.b.loop.Now());
  ASSERT_TRUE(pair.b.manager->PollEvent());
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, true), IsOk());
  EXPECT_FALSE(pair.b.manager->PollEvent());
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, false), IsOk());
  EXPECT_TRUE(pair.b.manager->PollEvent());
  EXPECT_TRUE(pair.b.manager->PollEvent());
  EXPECT_FALSE(pair.b.manager->PollEvent());
}

TEST(PausedChannels, CloseIsToldAfterTheLastMessage) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, true), IsOk());
  ASSERT_THAT(pair.a.Send(a, "last"), IsOk());
  ASSERT_THAT(pair.a.Close(a), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.manager->Get(a); }));
  pair.RunFor(std::chrono::seconds(1));
  EXPECT_TRUE(pair.b.States(b).empty());
  EXPECT_EQ(pair.b.StateOf(b), S::kClosing);
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, false), IsOk());
  pair.b.Pump();
  ASSERT_GE(pair.b.events.size(), 3u);
  const size_t n = pair.b.events.size();
  EXPECT_TRUE(std::holds_alternative<ChannelMessage>(pair.b.events[n - 3]));
  EXPECT_THAT(pair.b.States(b), ElementsAre(S::kClosing, S::kClosed));
  EXPECT_EQ(pair.b.manager->Get(b), std::nullopt);
}

TEST(PausedChannels, WithoutMessagesACloseIsToldAtOnce) {
  DataChannelPair pair;
  pair.Connect();
  const auto [a, b] = pair.OpenChannel();
  ASSERT_THAT(pair.b.manager->SetReceivePaused(b, true), IsOk());
  ASSERT_THAT(pair.a.Close(a), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.b.manager->Get(b); }));
  EXPECT_THAT(pair.b.States(b), ElementsAre(S::kClosing, S::kClosed));
}

TEST(PausedChannels, ClosingOneDropsItsMessagesAndFreesTheOthers) {
  DataChannelPair pair({}, {.max_data_received_bytes = 10'000});
  pair.Connect();
  const auto [slow, slow_b] = pair.OpenChannel();
  const auto [fast, fast_b] = pair.OpenChannel();
  ASSERT_THAT(pair.b.manager->SetReceivePaused(slow_b, true), IsOk());
  ASSERT_THAT(pair.a.Send(slow, std::string(20'000, 'x')), IsOk());
  ASSERT_THAT(pair.a.Send(fast, "waits"), IsOk());
  pair.RunFor(std::chrono::seconds(1));
  EXPECT_TRUE(pair.b.Messages().empty());
  ASSERT_THAT(pair.b.Close(slow_b), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.MessageCount(fast_b) == 1; }));
  EXPECT_TRUE(pair.b.Messages(slow_b).empty());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.b.manager->Get(slow_b); }));
}

}  // namespace
}  // namespace pcd::datachannel
