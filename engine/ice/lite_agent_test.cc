#include "engine/ice/lite_agent.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "engine/ice/check_testing.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;
using S = IceConnectionState;

const IceParameters kOurs{.ufrag = "ours", .pwd = "our-password-of-22-char", .lite = true};
const IceParameters kNext{.ufrag = "next", .pwd = "next-password-of-22-chr", .lite = true};
const IceParameters kPeers{.ufrag = "peer", .pwd = "peers-password-22-chars"};
const IceParameters kPeersNext{.ufrag = "pnxt", .pwd = "peers-next-password-22c"};
constexpr uint32_t kLocalPriority = 2130706431;

SocketAddress Address(uint16_t port) { return {IpAddress::V4({192, 0, 2, 1}), port}; }

// An agent under simulated time, with what it said.
class LiteAgentTest : public ::testing::Test {
 protected:
  LiteAgentTest() : agent_(kOurs, {}) {}

  struct Answer {
    int error = 0;
    uint32_t path_id = 0;
    stun::Class message_class = stun::Class::kRequest;
    bool signed_with_our_password = false;
    std::optional<SocketAddress> mapped{};
  };

  // What the shared port does with a check.
  Answer Check(const CheckToMake& check, uint16_t port) {
    const auto bytes = MakeCheck(check);
    const auto request = stun::Parse(bytes);
    EXPECT_TRUE(request.has_value());
    const PathAddress from{0, Address(port)};
    const auto verdict = agent_.Judge(*request, from);
    Answer answer{.error = verdict.error};
    if (verdict.accepted()) {
      answer.path_id = agent_.HandleCheck(*request, verdict, from, kLocalPriority, now_);
    }
    std::array<uint8_t, 256> out;
    const size_t size = agent_.WriteReply(*request, verdict, from, out);
    const auto reply = stun::Parse(ByteSpan(out).first(size));
    EXPECT_TRUE(reply.has_value());
    EXPECT_EQ(reply->error_code, answer.error);
    EXPECT_TRUE(reply->has_fingerprint);
    answer.message_class = reply->message_class;
    answer.mapped = reply->mapped_address;
    answer.signed_with_our_password = reply->VerifyIntegrity(check.password);
    Drain();
    return answer;
  }
  Answer Check(uint16_t port, bool use_candidate = false) {
    return Check(CheckFor(agent_.local(), kPeers, use_candidate), port);
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
      if (const auto* state = std::get_if<LiteStateChanged>(&*event)) {
        states_.push_back(state->state);
      } else if (const auto* selected = std::get_if<LiteSelected>(&*event)) {
        selections_.push_back(selected->path.address.remote.port);
      } else if (const auto* removed = std::get_if<LitePathRemoved>(&*event)) {
        removed_.push_back(removed->address.remote.port);
      } else if (const auto* retired = std::get_if<LiteUfragRetired>(&*event)) {
        retired_.push_back(retired->ufrag);
      }
    }
  }

  void Connect() {
    agent_.SetRemoteParameters(kPeers, now_);
    Check(1000, true);
    Drain();
  }

  LiteAgent agent_;
  Timestamp now_{1000s};
  std::vector<S> states_;
  std::vector<int> selections_, removed_;
  std::vector<std::string> retired_;
};

TEST_F(LiteAgentTest, AValidCheckIsAnsweredWithItsSourceAndConnects) {
  agent_.SetRemoteParameters(kPeers, now_);
  const Answer answer = Check(1000);
  EXPECT_EQ(answer.message_class, stun::Class::kSuccess);
  EXPECT_TRUE(answer.signed_with_our_password);
  EXPECT_EQ(answer.mapped, Address(1000));
  EXPECT_EQ(states_, (std::vector{S::kChecking, S::kConnected}));
  EXPECT_EQ(selections_, (std::vector<int>{1000}));
}

TEST_F(LiteAgentTest, ACheckBeforeTheDescriptionIsAnsweredAndCountsLater) {
  EXPECT_EQ(Check(1000, true).error, 0);
  EXPECT_TRUE(states_.empty());
  agent_.SetRemoteParameters(kPeers, now_);
  Drain();
  EXPECT_EQ(states_, (std::vector{S::kChecking, S::kConnected}));
}

TEST_F(LiteAgentTest, IsCompletedWhenNominatedAndThePeerHasNoMoreCandidates) {
  Connect();
  EXPECT_EQ(states_.back(), S::kConnected);
  agent_.SetRemoteEndOfCandidates();
  Drain();
  EXPECT_EQ(states_.back(), S::kCompleted);
}

// What a request deserves, one row for each way to be wrong.
TEST_F(LiteAgentTest, RequestsAreJudgedAsTheTableSays) {
  agent_.SetRemoteParameters(kPeers, now_);
  const CheckToMake good = CheckFor(kOurs, kPeers);
  struct Row {
    const char* name;
    void (*change)(CheckToMake&);
    int error;
    bool signed_reply;
  };
  const std::vector<Row> rows = {
      {"as it should be", [](CheckToMake&) {}, 0, true},
      {"no fingerprint", [](CheckToMake& c) { c.fingerprint = false; }, 0, true},
      {"no priority", [](CheckToMake& c) { c.priority.reset(); }, 0, true},
      {"no role", [](CheckToMake& c) { c.controlling.reset(); }, 0, true},
      {"no user name", [](CheckToMake& c) { c.username.clear(); }, 400, false},
      {"no integrity", [](CheckToMake& c) { c.password.clear(); }, 400, false},
      {"user name without colon", [](CheckToMake& c) { c.username = "ours"; }, 401, false},
      {"another ufrag", [](CheckToMake& c) { c.username = "else:peer"; }, 401, false},
      {"another peer's ufrag", [](CheckToMake& c) { c.username = "ours:else"; }, 401, false},
      {"a wrong password", [](CheckToMake& c) { c.password += "x"; }, 401, false},
      {"an unknown attribute", [](CheckToMake& c) { c.unknown = {0x0042}; }, 420, true},
      {"both roles", [](CheckToMake& c) { c.controlled = 1; }, 400, true},
      {"controlled, low tie-breaker",
       [](CheckToMake& c) {
         c.controlling.reset();
         c.controlled = 0;
       },
       487, true},
      {"controlled, high tie-breaker",
       [](CheckToMake& c) {
         c.controlling.reset();
         c.controlled = ~uint64_t{0};
       },
       487, true},
  };
  for (const Row& row : rows) {
    CheckToMake check = good;
    row.change(check);
    const size_t before = agent_.paths().size();
    const Answer answer = Check(check, 2000);
    EXPECT_EQ(answer.error, row.error) << row.name;
    EXPECT_EQ(answer.signed_with_our_password, row.signed_reply) << row.name;
    if (row.error != 0) {
      EXPECT_EQ(agent_.paths().size(), before) << row.name;
    }
  }
}

TEST_F(LiteAgentTest, FollowsTheNominationOfAHigherPriority) {
  agent_.SetRemoteParameters(kPeers, now_);
  Check(1000, true);
  CheckToMake better = CheckFor(kOurs, kPeers, true);
  better.priority = *better.priority + 1;
  Check(better, 2000);
  EXPECT_EQ(selections_, (std::vector<int>{1000, 2000}));
  // Aggressive nomination: all checks nominate, the higher pair priority decides.
  Check(1000, true);
  EXPECT_EQ(selections_, (std::vector<int>{1000, 2000}));
}

TEST_F(LiteAgentTest, BeforeNominationTheFirstPathIsUsed) {
  agent_.SetRemoteParameters(kPeers, now_);
  Check(1000);
  Check(2000);
  EXPECT_EQ(selections_, (std::vector<int>{1000}));
  Check(2000, true);
  EXPECT_EQ(selections_, (std::vector<int>{1000, 2000}));
}

TEST_F(LiteAgentTest, FollowsDataOfAPeerThatMoved) {
  Connect();
  CheckToMake lower = CheckFor(kOurs, kPeers, true);
  lower.priority = 1;
  const uint32_t there = Check(lower, 2000).path_id;
  EXPECT_EQ(selections_.back(), 1000);
  agent_.HandleData(there, now_);
  Drain();
  EXPECT_EQ(selections_.back(), 2000);
  // What was late on the old path does not turn it back.
  agent_.HandleData(1, now_);
  Drain();
  EXPECT_EQ(selections_.back(), 2000);
}

TEST_F(LiteAgentTest, FollowsAPeerThatMovedWithoutData) {
  Connect();
  CheckToMake lower = CheckFor(kOurs, kPeers, true);
  lower.priority = 1;
  Wait(LiteAgent::kQuietSelected);
  Check(lower, 2000);
  EXPECT_EQ(selections_.back(), 2000);
}

TEST_F(LiteAgentTest, DataOnAPathThatWasNotNominatedMovesNothing) {
  Connect();
  const uint32_t other = Check(2000).path_id;
  agent_.HandleData(other, now_);
  Drain();
  EXPECT_EQ(selections_, (std::vector<int>{1000}));
}

TEST_F(LiteAgentTest, ThePathSilentLongestMakesRoomButNeverTheSelectedOne) {
  Connect();
  for (uint16_t port = 2000; port < 2100; ++port) {
    now_ += 1ms;
    Check(port);
  }
  EXPECT_EQ(agent_.paths().size(), LiteAgent::kMaxPaths);
  EXPECT_EQ(agent_.selected()->address.remote.port, 1000);
  EXPECT_EQ(removed_.size(), 101 - LiteAgent::kMaxPaths);
  EXPECT_EQ(removed_.front(), 2000);
}

TEST_F(LiteAgentTest, NobodyChecksForThirtySecondsAndItHasFailed) {
  agent_.SetRemoteParameters(kPeers, now_);
  Wait(30s - 1ms);
  EXPECT_EQ(agent_.state(), S::kChecking);
  Wait(1ms);
  EXPECT_EQ(agent_.state(), S::kFailed);
}

TEST_F(LiteAgentTest, SilenceDisconnectsAndThenFails) {
  Connect();
  Wait(8s - 1ms);
  EXPECT_EQ(agent_.state(), S::kConnected);
  Wait(1ms);
  EXPECT_EQ(agent_.state(), S::kDisconnected);
  EXPECT_NE(agent_.selected(), nullptr);  // Consent lasts.
  Wait(22s - 1ms);
  EXPECT_EQ(agent_.state(), S::kDisconnected);
  Wait(1ms);
  EXPECT_EQ(agent_.state(), S::kFailed);
  EXPECT_EQ(agent_.selected(), nullptr);
  EXPECT_EQ(removed_, (std::vector<int>{1000}));
  // Only new credentials lead out.
  EXPECT_EQ(Check(1000, true).error, 401);
}

TEST_F(LiteAgentTest, ACheckOrDataEndsTheSilence) {
  Connect();
  Wait(10s);
  EXPECT_EQ(agent_.state(), S::kDisconnected);
  Check(1000);
  EXPECT_EQ(agent_.state(), S::kConnected);
  Wait(10s);
  agent_.HandleData(agent_.selected()->id, now_);
  EXPECT_EQ(agent_.state(), S::kConnected);
}

TEST_F(LiteAgentTest, DataAloneIsNoConsent) {
  Connect();
  for (int second = 0; second < 29; ++second) {
    Wait(1s);
    agent_.HandleData(agent_.selected()->id, now_);
    EXPECT_EQ(agent_.state(), S::kConnected);
  }
  Wait(1s);
  EXPECT_EQ(agent_.state(), S::kFailed);
}

TEST_F(LiteAgentTest, AnUnusedPathExpires) {
  Connect();
  Check(2000);
  for (int i = 0; i < 16; ++i) {
    Wait(2s);
    Check(1000);
  }
  EXPECT_EQ(removed_, (std::vector<int>{2000}));
}

TEST_F(LiteAgentTest, ARestartKeepsTheOldCredentialsUntilTheNewAreNominated) {
  Connect();
  agent_.Restart(kNext, now_);
  EXPECT_EQ(agent_.local().ufrag, "next");
  EXPECT_EQ(Check(CheckFor(kOurs, kPeers), 1000).error, 0);
  EXPECT_EQ(agent_.selected()->address.remote.port, 1000);
  // The peer checks anew, also before its answer is here.
  EXPECT_EQ(Check(CheckFor(kNext, kPeersNext), 3000).error, 0);
  agent_.SetRemoteParameters(kPeersNext, now_);
  Drain();
  EXPECT_EQ(agent_.selected()->address.remote.port, 1000);
  EXPECT_TRUE(retired_.empty());
  Check(CheckFor(kNext, kPeersNext, true), 3000);
  EXPECT_EQ(agent_.selected()->address.remote.port, 3000);
  EXPECT_EQ(retired_, (std::vector<std::string>{"ours"}));
  EXPECT_EQ(Check(CheckFor(kOurs, kPeers), 1000).error, 401);
  // Media was never without a path, and its state shows it.
  EXPECT_EQ(states_, (std::vector{S::kChecking, S::kConnected}));
}

TEST_F(LiteAgentTest, WhenItDoesNotAnswerNoCheckIsValidButDataGoesOn) {
  agent_.SetRemoteParameters(kPeers, now_);
  const uint32_t path = Check(1, true).path_id;
  agent_.SetAnswering(Answering::kRefused);
  const Answer refused = Check(1, true);
  EXPECT_EQ(refused.error, 401);
  EXPECT_EQ(refused.path_id, 0u);
  agent_.HandleData(path, now_);
  ASSERT_NE(agent_.selected(), nullptr);
  EXPECT_EQ(agent_.selected()->id, path);
  agent_.SetAnswering(Answering::kFully);
  EXPECT_EQ(Check(1).error, 0);
}

TEST_F(LiteAgentTest, OnceALaterTransportHasTheSessionEachRoleWillDo) {
  agent_.SetRemoteParameters(kPeers, now_);
  CheckToMake controlled = CheckFor(kOurs, kPeers);
  controlled.controlling.reset();
  controlled.controlled = 1;
  EXPECT_EQ(Check(controlled, 1).error, 487);
  agent_.SetAnswering(Answering::kAnyRole);
  EXPECT_EQ(Check(controlled, 1).error, 0);
}

TEST_F(LiteAgentTest, ARestartOnTheSameAddressesWorksToo) {
  Connect();
  agent_.Restart(kNext, now_);
  agent_.SetRemoteParameters(kPeersNext, now_);
  Check(CheckFor(kNext, kPeersNext, true), 1000);
  EXPECT_EQ(retired_, (std::vector<std::string>{"ours"}));
  EXPECT_EQ(agent_.selected()->address.remote.port, 1000);
}

TEST_F(LiteAgentTest, OfManyRestartsTheGenerationInUseStays) {
  Connect();
  agent_.Restart({.ufrag = "aaaa", .pwd = "a-password-of-22-chars-"}, now_);
  agent_.Restart(kNext, now_);
  Drain();
  EXPECT_EQ(retired_, (std::vector<std::string>{"aaaa"}));
  EXPECT_EQ(Check(CheckFor(kOurs, kPeers), 1000).error, 0);
  EXPECT_EQ(Check(CheckFor(kNext, kPeersNext), 1000).error, 0);
}

TEST_F(LiteAgentTest, ARestartLeadsOutOfFailed) {
  Connect();
  Wait(31s);
  ASSERT_EQ(agent_.state(), S::kFailed);
  agent_.Restart(kNext, now_);
  Drain();
  EXPECT_EQ(agent_.state(), S::kChecking);
  EXPECT_EQ(Check(CheckFor(kOurs, kPeers), 1000).error, 401);
  agent_.SetRemoteParameters(kPeersNext, now_);
  Check(CheckFor(kNext, kPeersNext, true), 1000);
  EXPECT_EQ(agent_.state(), S::kConnected);
}

TEST_F(LiteAgentTest, ARestartOfACompletedOneIsConnectedUntilItCompletesAgain) {
  Connect();
  agent_.SetRemoteEndOfCandidates();
  agent_.Restart(kNext, now_);
  agent_.SetRemoteParameters(kPeersNext, now_);
  Check(CheckFor(kNext, kPeersNext, true), 1000);
  agent_.SetRemoteEndOfCandidates();
  Drain();
  EXPECT_EQ(states_, (std::vector{S::kChecking, S::kConnected, S::kCompleted, S::kConnected,
                                  S::kCompleted}));
}

TEST_F(LiteAgentTest, CloseGivesEverythingBack) {
  Connect();
  agent_.Restart(kNext, now_);
  agent_.Close();
  Drain();
  EXPECT_EQ(removed_, (std::vector<int>{1000}));
  EXPECT_EQ(retired_, (std::vector<std::string>{"ours", "next"}));
  EXPECT_EQ(states_.back(), S::kClosed);
  EXPECT_EQ(agent_.NextDeadline(), kNever);
}

}  // namespace
}  // namespace pcd::ice
