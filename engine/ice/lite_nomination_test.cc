// Which path the agent sends on: by the patterns of nomination that peers have, and against whoever
// sends again what he has recorded.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/ice/check_testing.h"
#include "engine/ice/lite_agent.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<uint8_t>;

const IceParameters kOurs{.ufrag = "ours", .pwd = "our-password-of-22-char", .lite = true};
const IceParameters kNext{.ufrag = "next", .pwd = "next-password-of-22-chr", .lite = true};
const IceParameters kPeers{.ufrag = "peer", .pwd = "peers-password-22-chars"};
constexpr uint32_t kLocalPriority = 2130706431;
constexpr uint32_t kPriority = 1845501695;
constexpr uint16_t kPeer = 1000, kOther = 2000, kAttacker = 6666;
constexpr Duration kInterval = 2500ms;  // Between the checks of a browser.
constexpr bool kNominates = true;

class LiteNominationTest : public ::testing::Test {
 protected:
  LiteNominationTest() : agent_(kOurs, {}) { agent_.SetRemoteParameters(kPeers, now_); }

  static Bytes Make(bool use_candidate, uint32_t priority = kPriority) {
    CheckToMake check = CheckFor(kOurs, kPeers, use_candidate);
    check.priority = priority;
    return MakeCheck(check);
  }
  static PathAddress From(uint16_t port, uint32_t connection = 0) {
    return {0, {IpAddress::V4({192, 0, 2, 1}), port}, connection};
  }

  // What the shared port does with a check. Whether it was one.
  bool Take(const Bytes& bytes, const PathAddress& from) {
    const auto request = stun::Parse(bytes);
    const auto verdict = agent_.Judge(*request, from);
    if (verdict.accepted()) agent_.HandleCheck(*request, verdict, from, kLocalPriority, now_);
    Drain();
    return verdict.accepted();
  }
  bool Check(uint16_t port, bool use_candidate = false, uint32_t priority = kPriority) {
    return Take(Make(use_candidate, priority), From(port));
  }
  // What was recorded at the start, after so many other checks that it is forgotten.
  void Forget() {
    for (size_t i = 0; i < SeenTransactions::kCapacity; ++i) {
      Wait(10ms);
      Check(kPeer);
    }
  }
  void Data(uint16_t port) {
    for (const LitePath& path : agent_.paths()) {
      if (path.address.remote.port != port) continue;
      agent_.HandleData(path.id, now_);
      break;
    }
    Drain();
  }
  void Wait(Duration duration) {
    const Timestamp end = now_ + duration;
    while (agent_.NextDeadline() <= end) {
      now_ = std::max(now_, agent_.NextDeadline());
      agent_.HandleTimeout(now_);
      Drain();
    }
    now_ = end;
    agent_.HandleTimeout(now_);
    Drain();
  }
  void Drain() {
    while (const auto event = agent_.PollEvent()) {
      if (std::holds_alternative<LiteSelected>(*event)) ++selections_;
    }
  }
  uint16_t Selected() const {
    return agent_.selected() == nullptr ? 0 : agent_.selected()->address.remote.port;
  }

  LiteAgent agent_;
  Timestamp now_{1000s};
  int selections_ = 0;
};

// ---- The patterns of peers.

// Chromium towards a lite end: USE-CANDIDATE in every check of the pair that it uses, and now and
// then a check without it on the others.
TEST_F(LiteNominationTest, APeerThatNominatesWithEveryCheckOfItsPairIsFollowed) {
  Check(kPeer);
  Check(kOther);
  Check(kPeer, kNominates);
  for (int i = 0; i < 20; ++i) {
    Wait(kInterval);
    Check(kPeer, kNominates);
    if (i % 10 == 9) Check(kOther);
    EXPECT_EQ(Selected(), kPeer);
  }
  // It moves to the other pair and keeps the first one as a reserve.
  Check(kOther, kNominates);
  EXPECT_EQ(Selected(), kOther);
  selections_ = 0;
  for (int i = 0; i < 20; ++i) {
    Wait(1500ms);
    if (i % 10 == 9) Check(kPeer);
    Wait(kInterval - 1500ms);
    Check(kOther, kNominates);
    EXPECT_EQ(Selected(), kOther);
  }
  EXPECT_EQ(selections_, 0);
}

// Firefox: regular nomination. Once, and then checks for consent on that pair.
TEST_F(LiteNominationTest, APeerThatNominatesOnceIsFollowedForAsLongAsItChecks) {
  for (const uint16_t port : {kPeer, kOther}) Check(port);
  Check(kOther, kNominates);
  for (int i = 0; i < 20; ++i) {
    Wait(5s);
    Check(kOther);
    EXPECT_EQ(Selected(), kOther);
  }
  EXPECT_EQ(agent_.paths().size(), 1u) << "the other has expired";
}

// Aggressive nomination (RFC 5245): every check of every pair. The highest priority wins, in
// whatever order they come and as often as they come.
TEST_F(LiteNominationTest, OfAPeerThatNominatesThemAllTheHighestPriorityIsUsed) {
  for (int i = 0; i < 40; ++i) {
    Check(kPeer, kNominates, kPriority - 1);
    Check(kOther, kNominates, kPriority);
    Check(3000, kNominates, kPriority - 2);
    EXPECT_EQ(Selected(), kOther);
    Wait(20ms);
  }
  EXPECT_EQ(selections_, 2);
  // What it uses then it goes on with.
  for (int i = 0; i < 10; ++i) {
    Wait(6s);
    Check(kOther, kNominates, kPriority);
    EXPECT_EQ(Selected(), kOther);
  }
}

// It saw no answer on the best pair, though its checks arrived.
TEST_F(LiteNominationTest, WhatIsCheckedNoMoreGivesWayToWhatIs) {
  Check(kPeer, kNominates, kPriority - 1);
  Check(kOther, kNominates, kPriority);
  EXPECT_EQ(Selected(), kOther);
  Wait(kInterval);
  Check(kPeer, false, kPriority - 1);
  EXPECT_EQ(Selected(), kPeer);
}

TEST_F(LiteNominationTest, APeerWithANewAddressIsFollowedAtOnce) {
  Check(kPeer, kNominates);
  for (uint16_t port = 3000; port < 3020; ++port) {
    Wait(1ms);
    Check(port, kNominates);
    EXPECT_EQ(Selected(), port);
  }
}

// A NAT gave the peer another port. It has nominated long ago and does not know of it.
TEST_F(LiteNominationTest, APeerThatMovedAndDoesNotNominateAgainIsFollowedWhenTheOldPathIsQuiet) {
  Check(kPeer, kNominates);
  Wait(5s);
  Check(kOther);
  EXPECT_EQ(Selected(), kPeer);
  Wait(5s);
  Check(kOther);
  EXPECT_EQ(Selected(), kOther);
}

TEST_F(LiteNominationTest, ConsentIsThePathsOwn) {
  Check(kPeer, kNominates);
  Wait(1s);
  Check(kOther);
  Wait(6s);
  Check(kOther);
  Wait(23s - 1ms);
  EXPECT_EQ(Selected(), kPeer);
  Wait(1ms);
  EXPECT_EQ(Selected(), kOther) << "30 s after the last check of the selected path";
  EXPECT_EQ(agent_.state(), IceConnectionState::kDisconnected);
  Wait(7s);
  EXPECT_EQ(agent_.state(), IceConnectionState::kFailed);
  EXPECT_EQ(Selected(), 0);
}

TEST_F(LiteNominationTest, ARetransmissionIsAnsweredAgainAndChangesNothing) {
  const Bytes check = Make(kNominates);
  EXPECT_TRUE(Take(check, From(kPeer)));
  Wait(5s);
  EXPECT_TRUE(Take(check, From(kPeer)));
  EXPECT_EQ(agent_.paths().size(), 1u);
  EXPECT_EQ(agent_.paths()[0].requests, 2u);
  EXPECT_EQ(agent_.paths()[0].last_check, now_ - 5s) << "no consent";
  Check(kOther, kNominates);
  EXPECT_TRUE(Take(check, From(kPeer)));
  EXPECT_EQ(Selected(), kOther) << "no nomination";
}

// ---- Replay.

TEST_F(LiteNominationTest, WhatWasRecordedIsNoCheckFromAnotherAddress) {
  const Bytes check = Make(kNominates);
  EXPECT_TRUE(Take(check, From(kPeer)));
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(Take(check, From(kAttacker)));
    EXPECT_FALSE(Take(check, From(kPeer, 1))) << "the same address over TCP";
    Wait(1s);
    EXPECT_EQ(Selected(), i < 29 ? kPeer : 0) << i;
  }
  EXPECT_TRUE(agent_.paths().empty());
  EXPECT_EQ(agent_.state(), IceConnectionState::kFailed) << "no consent";
}

TEST_F(LiteNominationTest, WhatWasRecordedBeforeARestartIsKnownAfterIt) {
  const Bytes check = Make(kNominates);
  Take(check, From(kPeer));
  agent_.Restart(kNext, now_);
  EXPECT_FALSE(Take(check, From(kAttacker)));
}

// The peer nominated once: without the path's own right to come back its media would be gone.
TEST_F(LiteNominationTest, WhatIsForgottenMovesMediaForOneIntervalAtMost) {
  const Bytes recorded = Make(kNominates);
  Take(recorded, From(kPeer));
  Forget();
  EXPECT_TRUE(Take(recorded, From(kAttacker)));
  EXPECT_EQ(Selected(), kAttacker);
  Wait(kInterval);
  Check(kPeer);
  EXPECT_EQ(Selected(), kPeer);
  // Neither the same bytes nor data from there turn it again.
  EXPECT_TRUE(Take(recorded, From(kAttacker)));
  Data(kAttacker);
  EXPECT_EQ(Selected(), kPeer);
  for (int i = 0; i < 20; ++i) {
    Wait(kInterval);
    Check(kPeer);
  }
  EXPECT_EQ(agent_.paths().size(), 1u) << "the attacker's has expired";
}

TEST_F(LiteNominationTest, AForgottenNominationOfAHigherPriorityLastsNoLonger) {
  const Bytes recorded = Make(kNominates, kPriority + 1);
  Take(recorded, From(kOther));
  Check(kPeer, kNominates);
  Wait(1s);
  Check(kPeer, kNominates);
  ASSERT_EQ(Selected(), kPeer);
  Forget();
  EXPECT_TRUE(Take(recorded, From(kAttacker)));
  EXPECT_EQ(Selected(), kAttacker);
  Wait(kInterval);
  Check(kPeer);
  EXPECT_EQ(Selected(), kPeer);
}

TEST_F(LiteNominationTest, SeveralForgottenChecksMoveMediaForTwoIntervalsAtMost) {
  std::vector<Bytes> recorded;
  for (int i = 0; i < 5; ++i) {
    recorded.push_back(Make(kNominates));
    Take(recorded.back(), From(kPeer));
  }
  Forget();
  for (const Bytes& check : recorded) EXPECT_TRUE(Take(check, From(kAttacker)));
  EXPECT_EQ(Selected(), kAttacker);
  Wait(kInterval);
  Check(kPeer);
  Data(kAttacker);
  Wait(kInterval);
  Check(kPeer);
  Data(kAttacker);
  EXPECT_EQ(Selected(), kPeer);
}

// It is nominated, by a lower priority, and waits for data or for silence.
TEST_F(LiteNominationTest, AForgottenNominationAndForgedDataLastNoLonger) {
  const Bytes recorded = Make(kNominates, kPriority - 1);
  Take(recorded, From(kPeer));
  Check(kPeer, kNominates);
  Forget();
  EXPECT_TRUE(Take(recorded, From(kAttacker)));
  EXPECT_EQ(Selected(), kPeer);
  Data(kAttacker);
  EXPECT_EQ(Selected(), kAttacker);
  Check(kPeer);
  Data(kAttacker);
  EXPECT_EQ(Selected(), kPeer);
}

// The peer itself comes from elsewhere, and its old path is silent from then on.
TEST_F(LiteNominationTest, AReplayDoesNotKeepAPeerFromMoving) {
  const Bytes recorded = Make(kNominates);
  Take(recorded, From(kPeer));
  Check(kOther, kNominates);
  EXPECT_TRUE(Take(recorded, From(kPeer))) << "a retransmission, as far as one can see";
  EXPECT_EQ(Selected(), kOther);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(Take(recorded, From(kAttacker)));
    Wait(kInterval);
    Check(kOther);
    EXPECT_EQ(Selected(), kOther);
  }
}

}  // namespace
}  // namespace pcd::ice
