// A graceful close under simulated time: what it waits for, and what the remote sees of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/peerconnection/peer_connection.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::PeerPair;
using ::testing::SizeIs;
using namespace std::chrono_literals;

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

class GracefulCloseTest : public ::testing::Test {
 protected:
  // Channels of these ids, open at both ends.
  void Connect(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      ASSERT_THAT(left().CreateDataChannel({.label = id}, id), IsOk());
    }
    ASSERT_THAT(pair_.Negotiate(), IsOk());
    ASSERT_TRUE(pair_.RunUntil(
        [&] { return pair_.connected() && right().ListDataChannels().size() == ids.size(); }));
  }
  void CloseGracefully(Duration timeout) {
    left().BeginGracefulClose(timeout, [](PeerConnection& pc) { pc.Close({}); });
  }
  PeerConnection& left() { return pair_.left(); }
  PeerConnection& right() { return pair_.right(); }

  PeerPair pair_{{.delay = 20ms}};
};

TEST_F(GracefulCloseTest, TheRemoteSeesEachChannelCloseAndNoneFail) {
  Connect({"a", "b"});
  std::vector<std::string> received;
  ASSERT_THAT(right().AttachStream({.initial_receive_credit = 1 << 20},
                                   [&](StreamItem item) {
                                     if (const auto* m = std::get_if<StreamMessage>(&item)) {
                                       received.emplace_back(m->bytes.begin(), m->bytes.end());
                                     }
                                   }),
              IsOk());
  for (const char* text : {"1", "2", "3"}) ASSERT_THAT(left().Send("b", true, Bytes(text)), IsOk());
  CloseGracefully(5s);
  EXPECT_FALSE(left().closed());
  ASSERT_TRUE(pair_.RunUntil([&] { return left().closed(); }, 1s));
  pair_.loop().RunFor(100ms);
  EXPECT_THAT(received, ElementsAre("1", "2", "3"));
  EXPECT_THAT(pair_.right_events().All<DataChannelCloseEvent>(), SizeIs(2));
  EXPECT_THAT(pair_.right_events().All<DataChannelErrorEvent>(), IsEmpty());
  EXPECT_THAT(pair_.left_events().All<DataChannelCloseEvent>(), SizeIs(2));
  EXPECT_THAT(right().ListDataChannels(), IsEmpty());
}

// Without it they fail: the ABORT reaches channels that are open.
TEST_F(GracefulCloseTest, AnAbruptCloseIsAnErrorOfTheRemotesChannels) {
  Connect({"a"});
  left().Close({});
  pair_.loop().RunFor(100ms);
  EXPECT_THAT(pair_.right_events().All<DataChannelErrorEvent>(), SizeIs(1));
}

TEST_F(GracefulCloseTest, ToAPeerThatIsGoneItEndsAtItsDeadline) {
  Connect({"a"});
  pair_.ice().SetReachable(false);
  ASSERT_THAT(left().Send("a", true, Bytes("lost")), IsOk());
  CloseGracefully(3s);
  pair_.loop().RunFor(2900ms);
  EXPECT_FALSE(left().closed());
  EXPECT_EQ(left().GetDataChannel("a")->info.state, DataChannelState::kClosing);
  pair_.loop().RunFor(200ms);
  EXPECT_TRUE(left().closed());
  EXPECT_THAT(pair_.left_events().All<ClosingEvent>(), SizeIs(1));
  EXPECT_THAT(pair_.left_events().All<ClosedEvent>(), SizeIs(1));
}

TEST_F(GracefulCloseTest, WithNobodyToTellItEndsAtOnce) {
  ASSERT_THAT(left().CreateDataChannel({.label = "a"}, "a"), IsOk());
  CloseGracefully(5s);
  EXPECT_TRUE(left().closed());
}

// What had arrived before the close began is for whoever reads it.
TEST_F(GracefulCloseTest, WhatHasArrivedIsStillDelivered) {
  Connect({"a"});
  const std::string theirs = right().ListDataChannels().front().info.channel_id;
  ASSERT_THAT(right().Send(theirs, true, Bytes("early")), IsOk());
  pair_.loop().RunFor(100ms);
  std::vector<std::string> received;
  const auto stream = left().AttachStream({}, [&](StreamItem item) {
    if (const auto* m = std::get_if<StreamMessage>(&item)) {
      received.emplace_back(m->bytes.begin(), m->bytes.end());
    }
  });
  ASSERT_THAT(stream, IsOk());
  EXPECT_THAT(received, IsEmpty());
  CloseGracefully(5s);
  left().AddReceiveCredit(*stream, 1 << 20);
  EXPECT_THAT(received, ElementsAre("early"));
  ASSERT_TRUE(pair_.RunUntil([&] { return left().closed(); }, 1s));
}

}  // namespace
}  // namespace pcd::peerconnection
