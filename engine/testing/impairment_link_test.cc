#include "engine/testing/impairment_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/testing/hex.h"
#include "engine/testing/impaired_pipe.h"
#include "engine/testing/sim_loop.h"

namespace pcd::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr Timestamp kStart{Duration(1'000'000)};

using Bytes = std::vector<uint8_t>;

std::vector<Bytes> Drain(ImpairmentLink& link) {
  std::vector<Bytes> packets;
  while (auto packet = link.PollOutput()) packets.push_back(std::move(*packet));
  return packets;
}

TEST(ImpairmentLinkTest, APacketComesOutAtItsDeadlineAndNotBefore) {
  ImpairmentLink link({.delay = 10ms});
  EXPECT_EQ(link.NextDeadline(), kNever);
  link.HandlePacket(Bytes{1, 2, 3}, kStart);
  EXPECT_EQ(link.NextDeadline(), kStart + 10ms);
  link.HandleTimeout(kStart + 10ms - 1us);
  EXPECT_EQ(link.PollOutput(), std::nullopt);
  link.HandleTimeout(kStart + 10ms);
  EXPECT_EQ(link.PollOutput(), (Bytes{1, 2, 3}));
  EXPECT_EQ(link.PollOutput(), std::nullopt);
  EXPECT_EQ(link.NextDeadline(), kNever);
}

TEST(ImpairmentLinkTest, WithoutDelayAPacketIsThereAtOnce) {
  ImpairmentLink link({});
  link.HandlePacket(Bytes{1}, kStart);
  EXPECT_THAT(Drain(link), ElementsAre(Bytes{1}));
}

TEST(ImpairmentLinkTest, PacketsOfOneInstantKeepTheirOrder) {
  ImpairmentLink link({.delay = 1ms});
  std::vector<Bytes> sent;
  for (uint8_t i = 0; i < 100; ++i) {
    sent.push_back({i});
    link.HandlePacket(sent.back(), kStart);
  }
  link.HandleTimeout(kStart + 1ms);
  EXPECT_EQ(Drain(link), sent);
}

TEST(ImpairmentLinkTest, AReorderedPacketComesOutAfterItsSuccessors) {
  ImpairmentLink link({.reorder = 1, .reorder_delay = 5ms});
  link.HandlePacket(Bytes{1}, kStart);
  link.model().set_options({});
  link.HandlePacket(Bytes{2}, kStart + 1ms);
  EXPECT_THAT(Drain(link), ElementsAre(Bytes{2}));
  link.HandleTimeout(kStart + 5ms);
  EXPECT_THAT(Drain(link), ElementsAre(Bytes{1}));
}

TEST(ImpairmentLinkTest, ADuplicateIsTheSamePacketTwice) {
  ImpairmentLink link({.duplicate = 1});
  link.HandlePacket(Bytes{7}, kStart);
  EXPECT_THAT(Drain(link), ElementsAre(Bytes{7}, Bytes{7}));
}

TEST(ImpairmentLinkTest, TheFilterDropsWhatItChoosesWithoutDice) {
  ImpairmentLink link({});
  link.SetFilter([](ByteSpan packet) { return packet[0] == 2; });
  for (uint8_t i = 1; i <= 3; ++i) link.HandlePacket(Bytes{i}, kStart);
  EXPECT_THAT(Drain(link), ElementsAre(Bytes{1}, Bytes{3}));
  EXPECT_EQ(link.model().counters().offered, 2u);
}

TEST(ImpairedPipeTest, DeliversOnTheLoopAndNeverWithinSend) {
  SimNetwork network;
  SimLoop loop(network);
  std::vector<Bytes> delivered;
  std::vector<Timestamp> times;
  ImpairedPipe pipe(loop, {.delay = 10ms}, 1, [&](ByteSpan packet) {
    delivered.emplace_back(packet.begin(), packet.end());
    times.push_back(loop.Now());
  });
  ImpairedPipe at_once(
      loop, {}, 1, [&](ByteSpan packet) { delivered.emplace_back(packet.begin(), packet.end()); });
  const Timestamp start = loop.Now();
  pipe.Send(Bytes{1});
  at_once.Send(Bytes{2});
  EXPECT_TRUE(delivered.empty());
  loop.RunDue();
  EXPECT_THAT(delivered, ElementsAre(Bytes{2}));
  loop.RunFor(5ms);
  pipe.Send(Bytes{3});
  loop.RunFor(1s);
  EXPECT_THAT(delivered, ElementsAre(Bytes{2}, Bytes{1}, Bytes{3}));
  EXPECT_THAT(times, ElementsAre(start + 10ms, start + 15ms));
}

TEST(ImpairedPipeTest, TwoPipesPlayPingPongInSimulatedTime) {
  SimNetwork network;
  SimLoop loop(network);
  int count = 0;
  std::unique_ptr<ImpairedPipe> there, back;
  there = std::make_unique<ImpairedPipe>(loop, ImpairmentOptions{.delay = 10ms}, 1,
                                         [&](ByteSpan packet) { back->Send(packet); });
  back = std::make_unique<ImpairedPipe>(loop, ImpairmentOptions{.delay = 10ms}, 2,
                                        [&](ByteSpan packet) {
                                          ++count;
                                          there->Send(packet);
                                        });
  there->Send(Bytes{1});
  loop.RunFor(1s);
  EXPECT_EQ(count, 50);
}

}  // namespace
}  // namespace pcd::testing
