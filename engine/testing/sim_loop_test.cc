#include "engine/testing/sim_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/testing/hex.h"
#include "engine/testing/status_matchers.h"

namespace pcd::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class Receiver : public net::DatagramHandler {
 public:
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    batches.push_back(packets.size());
    for (size_t i = 0; i < packets.size(); ++i) {
      texts.push_back(TextOf(packets[i]->bytes()));
      sources.push_back(from[i]);
      arrivals.push_back(packets[i]->arrival);
    }
    if (then) then();
  }
  std::vector<size_t> batches;
  std::vector<std::string> texts;
  std::vector<SocketAddress> sources;
  std::vector<Timestamp> arrivals;
  std::function<void()> then;
};

struct EndOfTurn : net::EndOfTurnHandler {
  void OnEndOfTurn() override { run(); }
  std::function<void()> run;
};

std::unique_ptr<net::DatagramSocket> Open(SimLoop& loop,
                                          const net::DatagramSocketOptions& options = {}) {
  auto socket = loop.OpenDatagramSocket(options);
  EXPECT_THAT(socket, IsOk());
  return socket.ok() ? std::move(*socket) : nullptr;
}

class SimLoopTest : public ::testing::Test {
 protected:
  PacketPtr Text(std::string_view text) { return loop_.packets().CopyOf(BytesOf(text)); }

  SimNetwork network_;
  SimLoop loop_{network_}, other_{network_};
};

TEST_F(SimLoopTest, TimePassesOnlyInRunAndIsFreeOfCharge) {
  EXPECT_EQ(loop_.Now(), SimNetwork::kStart);
  loop_.RunFor(24h);
  EXPECT_EQ(loop_.Now(), SimNetwork::kStart + 24h);
  EXPECT_EQ(other_.Now(), loop_.Now());
  EXPECT_EQ(loop_.UnixMicros(), SimNetwork::kStartUnixMicros + Duration(24h).count());
}

TEST_F(SimLoopTest, TimersRunAtTheirExactTime) {
  std::vector<Duration> fired;
  std::unique_ptr<net::Timer> timer;
  timer = loop_.CreateTimer([&] {
    fired.push_back(loop_.Now() - SimNetwork::kStart);
    timer->Set(loop_.Now() + 7ms);
  });
  timer->Set(SimNetwork::kStart + 3ms);
  loop_.RunFor(20ms);
  EXPECT_THAT(fired, ElementsAre(3ms, 10ms, 17ms));
}

TEST_F(SimLoopTest, TasksRunInOrderAndOnlyInRun) {
  std::vector<int> ran;
  loop_.Post([&] {
    ran.push_back(1);
    loop_.Post([&] { ran.push_back(3); });
  });
  loop_.Post([&] { ran.push_back(2); });
  EXPECT_TRUE(ran.empty());
  loop_.RunDue();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
  EXPECT_EQ(loop_.Now(), SimNetwork::kStart);
}

TEST_F(SimLoopTest, LoopsPostToEachOther) {
  std::vector<std::string> log;
  loop_.Post([&] { other_.Post([&] { loop_.Post([&] { log.push_back("back"); }); }); });
  network_.RunDue();
  EXPECT_THAT(log, ElementsAre("back"));
}

TEST_F(SimLoopTest, RunUntilStopsAsSoonAsTheConditionHolds) {
  bool done = false;
  const auto timer = loop_.CreateTimer([&] { done = true; });
  timer->Set(loop_.Now() + 30ms);
  EXPECT_FALSE(loop_.RunUntil([&] { return done; }, 10ms));
  EXPECT_EQ(loop_.Now(), SimNetwork::kStart + 10ms);
  EXPECT_TRUE(loop_.RunUntil([&] { return done; }, 10s));
  EXPECT_EQ(loop_.Now(), SimNetwork::kStart + 30ms);
}

TEST_F(SimLoopTest, ATurnHasTheOrderOfTheRealLoop) {
  std::vector<std::string> log;
  Receiver receiver;
  const auto socket = Open(loop_);
  socket->SetHandler(&receiver);
  receiver.then = [&] { log.push_back("datagram"); };
  EndOfTurn end;
  end.run = [&] { log.push_back("end"); };
  const auto timer = loop_.CreateTimer([&] {
    log.push_back("timer");
    loop_.Post([&] { log.push_back("task"); });
    loop_.RequestEndOfTurn(&end);
  });
  const auto sender = Open(other_);
  sender->Queue(other_.packets().CopyOf(BytesOf("x")), socket->local_address());
  timer->Set(loop_.Now() + SimNetwork::kDefaultDelay);
  network_.RunFor(1s);
  EXPECT_THAT(log, ElementsAre("timer", "datagram", "task", "end"));
}

TEST_F(SimLoopTest, DatagramsTravelWithDelayAndSource) {
  Receiver receiver;
  const auto left = Open(loop_), right = Open(other_);
  right->SetHandler(&receiver);
  EXPECT_EQ(left->local_address().ip, *IpAddress::Parse("10.0.0.1"));
  EXPECT_EQ(right->local_address().ip, *IpAddress::Parse("10.0.0.2"));
  network_.SetLink(loop_.address(), other_.address(), {.delay = 25ms});
  left->Queue(Text("hello"), right->local_address());
  network_.RunFor(25ms - 1us);
  EXPECT_TRUE(receiver.texts.empty());
  network_.RunFor(1us);
  EXPECT_THAT(receiver.texts, ElementsAre("hello"));
  EXPECT_THAT(receiver.sources, ElementsAre(left->local_address()));
  EXPECT_THAT(receiver.arrivals, ElementsAre(SimNetwork::kStart + 25ms));
  EXPECT_EQ(left->counters().packets_sent, 1u);
  EXPECT_EQ(left->counters().bytes_sent, 5u);
  EXPECT_EQ(right->counters().packets_received, 1u);
  EXPECT_EQ(right->counters().bytes_received, 5u);
}

TEST_F(SimLoopTest, WhatArrivesTogetherComesInBatches) {
  Receiver receiver;
  const auto left = Open(loop_), right = Open(other_);
  right->SetHandler(&receiver);
  for (int i = 0; i < 70; ++i) left->Queue(Text(std::to_string(i)), right->local_address());
  network_.RunFor(1s);
  EXPECT_THAT(receiver.batches, ElementsAre(32, 32, 6));
  for (size_t i = 0; i < 70; ++i) EXPECT_EQ(receiver.texts[i], std::to_string(i));
}

TEST_F(SimLoopTest, PacketsReturnToTheirPools) {
  Receiver receiver;
  const auto left = Open(loop_), right = Open(other_);
  right->SetHandler(&receiver);
  left->Queue(Text("x"), right->local_address());
  network_.RunFor(1s);
  EXPECT_EQ(receiver.texts.size(), 1u);
  EXPECT_EQ(loop_.packets().outstanding(), 0u);
  EXPECT_EQ(other_.packets().outstanding(), 0u);
}

TEST_F(SimLoopTest, AConnectedSocketHearsItsRemoteOnly) {
  Receiver receiver;
  const auto remote = Open(other_), stranger = Open(other_);
  const auto connected = Open(loop_, {.connect = true, .remote = remote->local_address()});
  connected->SetHandler(&receiver);
  stranger->Queue(other_.packets().CopyOf(BytesOf("no")), connected->local_address());
  remote->Queue(other_.packets().CopyOf(BytesOf("yes")), connected->local_address());
  connected->Queue(Text("out"));
  network_.RunFor(1s);
  EXPECT_THAT(receiver.texts, ElementsAre("yes"));
  EXPECT_EQ(remote->counters().packets_received, 1u);
  remote->Queue(other_.packets().CopyOf(BytesOf("no remote")));
  EXPECT_EQ(remote->counters().send_drops, 1u);
}

TEST_F(SimLoopTest, AddressesAreBoundOnceAndFreedAgain) {
  auto first = Open(loop_, {.local = *SocketAddress::Parse("127.0.0.1:5004")});
  EXPECT_EQ(first->local_address(), *SocketAddress::Parse("127.0.0.1:5004"));
  EXPECT_THAT(other_.OpenDatagramSocket({.local = first->local_address()}),
              HasReason(ErrorReason::INVALID_ARGUMENT));
  first.reset();
  EXPECT_THAT(other_.OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:5004")}),
              IsOk());
}

TEST_F(SimLoopTest, DatagramsToNobodyAreCounted) {
  const auto left = Open(loop_);
  auto right = Open(other_);
  left->Queue(Text("x"), right->local_address());
  network_.RunDue();  // Under way.
  right.reset();
  network_.RunFor(1s);
  EXPECT_EQ(network_.datagrams_without_receiver(), 1u);
}

TEST_F(SimLoopTest, AHandlerMayDestroyItsSocket) {
  Receiver receiver;
  const auto left = Open(loop_);
  auto right = Open(other_);
  right->SetHandler(&receiver);
  receiver.then = [&] { right.reset(); };
  for (int i = 0; i < 70; ++i) left->Queue(Text("x"), right->local_address());
  network_.RunFor(1s);
  EXPECT_THAT(receiver.batches, ElementsAre(32));
}

TEST_F(SimLoopTest, LinksHaveADirectionAndCountTheirPackets) {
  Receiver of_left, of_right;
  const auto left = Open(loop_), right = Open(other_);
  left->SetHandler(&of_left);
  right->SetHandler(&of_right);
  network_.SetLink(loop_.address(), other_.address(), {.loss = 1});
  left->Queue(Text("lost"), right->local_address());
  right->Queue(other_.packets().CopyOf(BytesOf("arrives")), left->local_address());
  network_.RunFor(1s);
  EXPECT_TRUE(of_right.texts.empty());
  EXPECT_THAT(of_left.texts, ElementsAre("arrives"));
  EXPECT_EQ(network_.Link(loop_.address(), other_.address()).counters().lost, 1u);
}

TEST_F(SimLoopTest, TheDefaultLinkHoldsForAllThatAreNotSetThemselves) {
  Receiver receiver;
  const auto left = Open(loop_), right = Open(other_);
  left->SetHandler(&receiver);
  right->SetHandler(&receiver);
  network_.SetLink(loop_.address(), other_.address(), {.delay = 5ms});
  network_.SetDefaultLink({.delay = 40ms});
  left->Queue(Text("fast"), right->local_address());
  right->Queue(other_.packets().CopyOf(BytesOf("slow")), left->local_address());
  network_.RunFor(1s);
  EXPECT_THAT(receiver.arrivals, ElementsAre(SimNetwork::kStart + 5ms, SimNetwork::kStart + 40ms));
}

TEST_F(SimLoopTest, TheFilterSeesAndDropsDatagrams) {
  Receiver receiver;
  const auto left = Open(loop_), right = Open(other_);
  right->SetHandler(&receiver);
  network_.SetFilter([&](const SocketAddress& from, const SocketAddress& to, ByteSpan bytes) {
    return from == left->local_address() && to == right->local_address() && TextOf(bytes) == "b";
  });
  for (const char* text : {"a", "b", "c"}) left->Queue(Text(text), right->local_address());
  network_.RunFor(1s);
  EXPECT_THAT(receiver.texts, ElementsAre("a", "c"));
}

TEST_F(SimLoopTest, RunsRepeatExactlyForASeed) {
  const auto run = [](uint64_t seed) {
    SimNetwork network(seed);
    SimLoop a(network), b(network);
    network.SetLinkBothWays(a.address(), b.address(),
                            {.loss = 0.2, .delay = 5ms, .jitter = 5ms, .reorder = 0.1});
    Receiver receiver;
    const auto left = Open(a), right = Open(b);
    right->SetHandler(&receiver);
    const auto timer = a.CreateTimer([] {});
    for (int i = 0; i < 200; ++i) {
      left->Queue(a.packets().CopyOf(BytesOf(std::to_string(a.random().Uint32()))),
                  right->local_address());
      network.RunFor(1ms);
    }
    network.RunFor(1s);
    return std::pair(receiver.texts, receiver.arrivals);
  };
  EXPECT_EQ(run(11), run(11));
  EXPECT_NE(run(11), run(12));
}

TEST_F(SimLoopTest, StopDestroysTasksAndNothingRunsAnyMore) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  loop_.Post([held = std::move(held)] { FAIL() << "ran after Stop"; });
  const auto timer = loop_.CreateTimer([] { FAIL() << "ran after Stop"; });
  timer->Set(loop_.Now() + 1ms);
  loop_.Stop();
  EXPECT_TRUE(watch.expired());
  loop_.Post([] { FAIL() << "ran after Stop"; });
  network_.RunFor(1s);
}

TEST_F(SimLoopTest, HasNoDescriptors) {
  EXPECT_THAT(loop_.WatchFd(0, nullptr), HasReason(ErrorReason::NOT_IMPLEMENTED));
}

TEST_F(SimLoopTest, IsCurrentOnTheTestsThreadOnly) {
  EXPECT_TRUE(loop_.IsCurrent());
  bool elsewhere = true;
  std::thread([&] { elsewhere = loop_.IsCurrent(); }).join();
  EXPECT_FALSE(elsewhere);
}

TEST(SimNetworkDeathTest, WorkThatNeverEndsIsReported) {
  SimNetwork network;
  SimLoop loop(network);
  std::function<void()> again = [&] { loop.Post(again); };
  loop.Post(again);
  EXPECT_DEATH(loop.RunDue(), "simulated time does not advance");
}

}  // namespace
}  // namespace pcd::testing
