#include "engine/datachannel/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "engine/datachannel/channel_table.h"

namespace pcd::datachannel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InboxTest : public ::testing::Test {
 protected:
  void Message(Channel& channel, uint8_t number) {
    inbox_.Push(channel, ChannelMessage{.channel_id = channel.info.channel_id, .bytes = {number}});
  }
  void Closing(Channel& channel) {
    inbox_.Push(channel, ChannelStateChanged{.channel_id = channel.info.channel_id,
                                             .state = DataChannelState::kClosing});
  }
  // "a1" for channel a's message 1, "a!" for a change of its state, "" for nothing.
  std::string Next() {
    const auto event = inbox_.Poll();
    if (!event) return "";
    if (const auto* message = std::get_if<ChannelMessage>(&*event)) {
      return message->channel_id + std::to_string(message->bytes.at(0));
    }
    if (const auto* state = std::get_if<ChannelStateChanged>(&*event)) {
      return state->channel_id + "!";
    }
    return "other";
  }
  std::vector<std::string> All() {
    std::vector<std::string> all;
    for (std::string next = Next(); !next.empty(); next = Next()) all.push_back(next);
    return all;
  }

  ChannelTable table_;
  Inbox inbox_{1 << 20};
  Channel& a_ = table_.Add("a");
  Channel& b_ = table_.Add("b");
};

TEST_F(InboxTest, APauseHoldsWhatWaitsAndWhatComes) {
  Message(a_, 1);
  Message(b_, 1);
  Message(a_, 2);
  inbox_.SetPaused(a_, true);
  Message(a_, 3);
  Message(b_, 2);
  EXPECT_TRUE(inbox_.Holds(a_));
  EXPECT_FALSE(inbox_.Holds(b_));
  EXPECT_THAT(All(), ElementsAre("b1", "b2"));
  Message(a_, 4);
  EXPECT_THAT(All(), IsEmpty());
  inbox_.SetPaused(a_, false);
  Message(a_, 5);
  EXPECT_THAT(All(), ElementsAre("a1", "a2", "a3", "a4", "a5"));
}

TEST_F(InboxTest, OrderSurvivesPausesAtAnyPoint) {
  // Each number is one way to interleave pausing, releasing, taking and pushing.
  for (unsigned way = 0; way < 4096; ++way) {
    std::vector<std::string> seen;
    uint8_t pushed = 0;
    for (unsigned step = 0; step < 6; ++step) {
      Message(a_, ++pushed);
      inbox_.SetPaused(a_, (way >> (2 * step) & 1) != 0);
      Message(a_, ++pushed);
      if ((way >> (2 * step + 1) & 1) != 0) {
        if (const std::string next = Next(); !next.empty()) seen.push_back(next);
      }
    }
    inbox_.SetPaused(a_, false);
    for (const std::string& next : All()) seen.push_back(next);
    ASSERT_EQ(seen.size(), 12u) << way;
    for (size_t i = 0; i < seen.size(); ++i) {
      ASSERT_EQ(seen[i], "a" + std::to_string(i + 1)) << way;
    }
  }
}

TEST_F(InboxTest, AChangeOfStateWaitsForTheMessagesBeforeItOnly) {
  inbox_.SetPaused(a_, true);
  Closing(a_);
  EXPECT_THAT(All(), ElementsAre("a!"));
  EXPECT_FALSE(inbox_.Holds(a_));
  Closing(a_);
  Message(a_, 1);
  Closing(a_);
  EXPECT_THAT(All(), ElementsAre("a!"));
  inbox_.SetPaused(a_, false);
  EXPECT_THAT(All(), ElementsAre("a1", "a!"));
}

TEST_F(InboxTest, DiscardingDropsHeldAndQueuedMessagesAndTheirCharge) {
  Inbox small(100);
  const ChannelMessage message{.channel_id = "a", .bytes = {1}};
  small.SetPaused(a_, true);
  small.Push(a_, message);  // Held.
  small.Push(b_, message);
  EXPECT_FALSE(small.HasRoom());
  small.DiscardMessages(a_);
  EXPECT_TRUE(small.HasRoom());
  EXPECT_TRUE(small.Poll());
  EXPECT_FALSE(small.Poll());

  Message(b_, 1);  // Queued when the pause comes.
  Closing(b_);
  inbox_.SetPaused(b_, true);
  inbox_.DiscardMessages(b_);
  inbox_.SetPaused(b_, true);
  EXPECT_FALSE(inbox_.Holds(b_));
  Closing(b_);
  EXPECT_THAT(All(), ElementsAre("b!", "b!"));
}

TEST_F(InboxTest, ChargesEachMessageUntilItIsTaken) {
  Inbox inbox(3 * 65);
  const ChannelMessage message{.channel_id = "a", .bytes = {1}};
  for (int round = 0; round < 100; ++round) {
    inbox.Push(a_, message);
    inbox.SetPaused(a_, round % 2 == 0);
    inbox.Push(a_, message);
    ASSERT_TRUE(inbox.HasRoom());
    inbox.Push(b_, message);
    ASSERT_FALSE(inbox.HasRoom());
    ASSERT_TRUE(inbox.Poll());
    inbox.SetPaused(a_, false);
    ASSERT_TRUE(inbox.Poll() && inbox.Poll());
    ASSERT_FALSE(inbox.Poll());
  }
}

TEST_F(InboxTest, WhatWaitsOutlivesItsChannel) {
  inbox_.SetPaused(a_, true);
  Message(a_, 1);
  Closing(a_);
  inbox_.SetPaused(a_, false);
  Message(a_, 2);
  table_.Remove(a_);
  // Another of the same name has a pause of its own.
  inbox_.SetPaused(table_.Add("a"), true);
  EXPECT_THAT(All(), ElementsAre("a1", "a!", "a2"));
}

TEST_F(InboxTest, ManyChannelsPauseWhileMuchIsWaiting) {
  // Work that grew with channels times events would take minutes here.
  constexpr uint8_t kMessages = 50;
  std::vector<Channel*> channels;
  for (int i = 0; i < 1024; ++i) channels.push_back(&table_.Add("c" + std::to_string(i) + "-"));
  for (uint8_t n = 0; n < kMessages; ++n) {
    for (Channel* channel : channels) Message(*channel, n);
  }
  for (int round = 0; round < 5; ++round) {
    for (Channel* channel : channels) inbox_.SetPaused(*channel, true);
    EXPECT_EQ(Next(), "");
    for (Channel* channel : channels) inbox_.SetPaused(*channel, false);
    EXPECT_EQ(Next(), "c0-" + std::to_string(round));
  }
  std::vector<std::string> rest = All();
  ASSERT_EQ(rest.size(), 1024u * kMessages - 5);
  EXPECT_EQ(rest.front(), "c0-5");
  EXPECT_EQ(rest.back(), "c1023-49");
}

}  // namespace
}  // namespace pcd::datachannel
