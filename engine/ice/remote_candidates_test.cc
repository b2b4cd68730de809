#include "engine/ice/remote_candidates.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/ice/event_queue.h"
#include "engine/ice/ice_parameters.h"
#include "engine/testing/sim_loop.h"

namespace pcd::ice {
namespace {

Candidate Host(const std::string& address, uint16_t port = 5000) {
  return {.foundation = "1", .priority = 1, .address = address, .port = port};
}

TEST(RemoteCandidatesTest, KeepsEarlyCandidatesUntilTheGenerationIsKnown) {
  RemoteCandidates candidates(10);
  Candidate other = Host("192.0.2.2");
  other.extensions = {{"ufrag", "old1"}};
  Candidate same = Host("192.0.2.3");
  same.extensions = {{"ufrag", "new1"}};
  EXPECT_FALSE(candidates.Add(Host("192.0.2.1")));
  EXPECT_FALSE(candidates.Add(other));
  EXPECT_FALSE(candidates.Add(same));
  EXPECT_TRUE(candidates.accepted().empty());

  candidates.SetUfrag("new1");
  ASSERT_EQ(candidates.accepted().size(), 2u);
  EXPECT_EQ(candidates.accepted()[1].address, "192.0.2.3");
  EXPECT_EQ(candidates.ignored(), 1u);
  EXPECT_TRUE(candidates.Add(Host("192.0.2.4")));
}

TEST(RemoteCandidatesTest, IgnoresWhatCannotBeChecked) {
  RemoteCandidates candidates(10);
  candidates.SetUfrag("abcd");
  Candidate tcp = Host("192.0.2.1", 9);
  tcp.transport = "tcp";
  tcp.tcp_type = "active";
  Candidate component = Host("192.0.2.1");
  component.component = 2;
  EXPECT_FALSE(candidates.Add(tcp));
  EXPECT_FALSE(candidates.Add(component));
  EXPECT_FALSE(candidates.Add(Host("8b4a7b1e-0000-4000-8000-000000000000.local")));
  EXPECT_FALSE(candidates.Add(Host("192.0.2.1", 0)));
  EXPECT_FALSE(candidates.Add(Host("0.0.0.0")));
  EXPECT_FALSE(candidates.Add(Host("224.0.0.1")));
  EXPECT_FALSE(candidates.Add(Host("255.255.255.255")));
  EXPECT_FALSE(candidates.Add(Host("::ffff:255.255.255.255")));
  EXPECT_EQ(candidates.ignored(), 8u);
  EXPECT_TRUE(candidates.Add(Host("2001:db8::1")));
}

TEST(RemoteCandidatesTest, LoopbackAndLinkLocalNeedACandidateOfOursOfTheSameKind) {
  const std::vector<std::string> addresses = {"127.0.0.1", "::1", "169.254.169.254", "fe80::1"};
  // Ours beside a public one, and which of `addresses` it admits.
  const std::vector<std::pair<std::string, size_t>> table = {
      {"127.0.0.9", 0}, {"::1", 1}, {"169.254.3.4", 2}, {"fe80::abcd", 3}};
  for (const auto& [ours, admitted] : table) {
    RemoteCandidates candidates(10);
    const std::vector<IpAddress> local = {*IpAddress::Parse("192.0.2.9"), *IpAddress::Parse(ours)};
    candidates.SetLocalAddresses(local);
    candidates.SetUfrag("abcd");
    for (size_t i = 0; i < addresses.size(); ++i) {
      EXPECT_EQ(candidates.Add(Host(addresses[i])), i == admitted) << ours << addresses[i];
    }
    EXPECT_EQ(candidates.ignored(), 3u);
  }
}

TEST(RemoteCandidatesTest, EarlyCandidatesAreJudgedByTheAddressesThatWeHaveThen) {
  for (const bool loopback : {false, true}) {
    RemoteCandidates candidates(10);
    candidates.Add(Host("127.0.0.1"));
    candidates.Add(Host("::ffff:169.254.169.254"));
    candidates.Add(Host("192.0.2.1"));
    const std::vector<IpAddress> local = {
        *IpAddress::Parse(loopback ? "127.0.0.1" : "198.51.100.1")};
    candidates.SetLocalAddresses(local);
    candidates.SetUfrag("abcd");
    EXPECT_EQ(candidates.accepted().size(), loopback ? 2u : 1u);
    EXPECT_EQ(candidates.ignored(), loopback ? 1u : 2u);
  }
}

TEST(RemoteCandidatesTest, TakesEachAddressOnce) {
  RemoteCandidates candidates(10);
  candidates.SetUfrag("abcd");
  EXPECT_TRUE(candidates.Add(Host("192.0.2.1")));
  EXPECT_FALSE(candidates.Add(Host("192.0.2.1")));
  EXPECT_TRUE(candidates.Add(Host("192.0.2.1", 5001)));
  EXPECT_EQ(candidates.ignored() + candidates.over_cap(), 0u);
}

TEST(RemoteCandidatesTest, CapsBeforeAndAfterTheParameters) {
  RemoteCandidates candidates(3);
  for (uint16_t port = 1; port <= 5; ++port) candidates.Add(Host("192.0.2.1", port));
  EXPECT_EQ(candidates.over_cap(), 2u);
  candidates.SetUfrag("abcd");
  EXPECT_EQ(candidates.accepted().size(), 3u);
  EXPECT_FALSE(candidates.Add(Host("192.0.2.9")));
  EXPECT_EQ(candidates.over_cap(), 3u);
}

TEST(IceParametersTest, GeneratedParametersAreValidAndDiffer) {
  SeededRandom random(7);
  const IceParameters first = GenerateIceParameters(random, false);
  const IceParameters second = GenerateIceParameters(random, true);
  EXPECT_TRUE(CheckIceParameters(first).ok());
  EXPECT_NE(first.ufrag, second.ufrag);
  EXPECT_NE(first.pwd, second.pwd);
  EXPECT_TRUE(second.lite);
  EXPECT_EQ(first.options, std::vector<std::string>{"trickle"});
}

TEST(IceParametersTest, RefusesLengthsAndCharactersOutsideTheGrammar) {
  const IceParameters good{.ufrag = "abcd", .pwd = std::string(22, 'p')};
  EXPECT_TRUE(CheckIceParameters(good).ok());
  for (const std::string& ufrag : {std::string("abc"), std::string(257, 'a'), std::string("ab:d"),
                                   std::string("ab d"), std::string("abc\n")}) {
    IceParameters bad = good;
    bad.ufrag = ufrag;
    EXPECT_EQ(GetErrorReason(CheckIceParameters(bad)), ErrorReason::INVALID_ARGUMENT) << ufrag;
  }
  for (const std::string& pwd : {std::string(21, 'p'), std::string(257, 'p')}) {
    IceParameters bad = good;
    bad.pwd = pwd;
    EXPECT_EQ(GetErrorDetail(CheckIceParameters(bad)).field, "pwd");
  }
}

TEST(EventQueueTest, CallsBackOncePerBatchFromALaterTurn) {
  pcd::testing::SimNetwork network;
  pcd::testing::SimLoop loop(network);
  EventQueue queue(loop);
  int calls = 0;
  queue.SetCallback([&] { ++calls; });
  queue.Push(StateChanged{IceConnectionState::kChecking});
  queue.Push(StateChanged{IceConnectionState::kConnected});
  EXPECT_EQ(calls, 0);
  loop.RunDue();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(queue.Poll().has_value());
  EXPECT_TRUE(queue.Poll().has_value());
  EXPECT_FALSE(queue.Poll().has_value());
  loop.RunDue();
  EXPECT_EQ(calls, 1);
}

TEST(EventQueueTest, TellsOfEventsThatPrecededTheCallback) {
  pcd::testing::SimNetwork network;
  pcd::testing::SimLoop loop(network);
  EventQueue queue(loop);
  queue.Push(StateChanged{});
  loop.RunDue();
  int calls = 0;
  queue.SetCallback([&] { ++calls; });
  loop.RunDue();
  EXPECT_EQ(calls, 1);
}

TEST(EventQueueTest, StaysQuietWhenDestroyedOrAlreadyPolled) {
  pcd::testing::SimNetwork network;
  pcd::testing::SimLoop loop(network);
  int calls = 0;
  {
    EventQueue queue(loop);
    queue.SetCallback([&] { ++calls; });
    queue.Push(StateChanged{});
    queue.Poll();
    loop.RunDue();
    queue.Push(StateChanged{});
  }
  loop.RunDue();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace pcd::ice
