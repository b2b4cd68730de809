#include "engine/ice/fake_ice_network.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/ice/event_recorder.h"
#include "engine/testing/sim_loop.h"

namespace pcd::ice {
namespace {

using State = IceConnectionState;
using std::chrono::seconds;

std::vector<uint8_t> Bytes(std::initializer_list<uint8_t> bytes) { return bytes; }

class FakeIceNetworkTest : public ::testing::Test {
 protected:
  struct End {
    explicit End(std::unique_ptr<IceTransport> transport)
        : ice(std::move(transport)), record(*ice) {}
    std::unique_ptr<IceTransport> ice;
    EventRecorder record;
  };

  std::unique_ptr<End> Make() {
    auto transport = network_.Create(loop_, Config{});
    EXPECT_TRUE(transport.ok());
    return std::make_unique<End>(std::move(transport).value());
  }

  // Everything but the candidates.
  void Introduce() {
    a_->ice->SetRole(IceRole::kControlling);
    for (End* end : {a_.get(), b_.get()}) end->ice->StartGathering();
    ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
    ASSERT_TRUE(b_->ice->SetRemoteParameters(a_->ice->local_parameters()).ok());
  }

  void Connect() {
    a_->record.trickle_to = b_->ice.get();
    b_->record.trickle_to = a_->ice.get();
    Introduce();
    loop_.RunDue();
    ASSERT_TRUE(a_->ice->writable());
    ASSERT_TRUE(b_->ice->writable());
  }

  pcd::testing::SimNetwork sim_;
  pcd::testing::SimLoop loop_{sim_};
  FakeIceNetwork network_;
  std::unique_ptr<End> a_ = Make();
  std::unique_ptr<End> b_ = Make();
};

TEST_F(FakeIceNetworkTest, ConnectsWhenParametersAndCandidatesAreExchanged) {
  Connect();
  const std::vector<State> expected = {State::kChecking, State::kConnected, State::kCompleted};
  EXPECT_EQ(a_->record.states, expected);
  EXPECT_EQ(b_->record.states, expected);
  ASSERT_EQ(a_->record.pairs.size(), 1u);
  EXPECT_EQ(a_->record.pairs[0].local, a_->record.candidates[0]);
  EXPECT_EQ(a_->record.candidates[0].Ufrag(), a_->ice->local_parameters().ufrag);
}

TEST_F(FakeIceNetworkTest, StaysNewUntilOneEndKnowsACandidate) {
  Introduce();
  loop_.RunFor(seconds(60));
  EXPECT_TRUE(a_->record.states.empty());
  EXPECT_FALSE(a_->ice->writable());

  ASSERT_TRUE(a_->ice->AddRemoteCandidate(b_->record.candidates.at(0)).ok());
  loop_.RunDue();
  EXPECT_EQ(a_->record.states, (std::vector<State>{State::kChecking, State::kConnected}));
  EXPECT_EQ(b_->record.states, (std::vector<State>{State::kChecking, State::kConnected}));
  EXPECT_EQ(a_->record.pairs.at(0).remote.type, CandidateType::kHost);
  EXPECT_EQ(b_->record.pairs.at(0).remote.type, CandidateType::kPeerReflexive);
}

TEST_F(FakeIceNetworkTest, CandidatesMayPrecedeParameters) {
  a_->ice->StartGathering();
  b_->ice->StartGathering();
  loop_.RunDue();
  ASSERT_TRUE(a_->ice->AddRemoteCandidate(b_->record.candidates.at(0)).ok());
  loop_.RunDue();
  EXPECT_TRUE(a_->record.states.empty());
  Introduce();
  loop_.RunDue();
  EXPECT_TRUE(a_->ice->writable());
  EXPECT_TRUE(b_->ice->writable());
}

TEST_F(FakeIceNetworkTest, AWrongPasswordFailsAfterThirtySeconds) {
  IceParameters wrong = b_->ice->local_parameters();
  wrong.pwd.back() = wrong.pwd.back() == 'x' ? 'y' : 'x';
  a_->record.trickle_to = b_->ice.get();
  b_->record.trickle_to = a_->ice.get();
  a_->ice->StartGathering();
  b_->ice->StartGathering();
  ASSERT_TRUE(a_->ice->SetRemoteParameters(wrong).ok());
  ASSERT_TRUE(b_->ice->SetRemoteParameters(a_->ice->local_parameters()).ok());
  loop_.RunFor(seconds(29));
  EXPECT_EQ(a_->record.states, (std::vector<State>{State::kChecking}));
  loop_.RunFor(seconds(2));
  EXPECT_EQ(a_->record.states, (std::vector<State>{State::kChecking, State::kFailed}));
  EXPECT_FALSE(a_->ice->Send(Bytes({128, 1})));
}

TEST_F(FakeIceNetworkTest, PacketsArriveOnceInOrderInALaterTurn) {
  Connect();
  for (uint8_t i = 0; i < 50; ++i) ASSERT_TRUE(a_->ice->Send(Bytes({128, i})));
  EXPECT_TRUE(b_->record.packets.empty());
  loop_.RunDue();
  ASSERT_EQ(b_->record.packets.size(), 50u);
  for (uint8_t i = 0; i < 50; ++i) EXPECT_EQ(b_->record.packets[i], Bytes({128, i}));
  EXPECT_TRUE(a_->record.packets.empty());
  EXPECT_EQ(a_->ice->GetStats().packets_sent, 50u);
  EXPECT_EQ(b_->ice->GetStats().packets_received, 50u);
  EXPECT_EQ(b_->ice->GetStats().bytes_received, 100u);
}

TEST_F(FakeIceNetworkTest, TheLinkDecidesWhatArrives) {
  Connect();
  int seen = 0;
  network_.SetLink([&](int from, PacketPtr packet, const FakeIceNetwork::Deliver& deliver) {
    EXPECT_EQ(from, 0);
    if (++seen == 2) return;  // Lost.
    PacketPtr copy = loop_.packets().CopyOf(packet->bytes());
    deliver(std::move(packet));
    if (seen == 3) deliver(std::move(copy));  // Duplicated.
  });
  for (uint8_t i = 1; i <= 3; ++i) ASSERT_TRUE(a_->ice->Send(Bytes({128, i})));
  loop_.RunDue();
  EXPECT_EQ(b_->record.packets, (std::vector<std::vector<uint8_t>>{{128, 1}, {128, 3}, {128, 3}}));
}

TEST_F(FakeIceNetworkTest, AnUnreachablePeerIsDisconnectedThenFailed) {
  Connect();
  network_.SetReachable(false);
  EXPECT_TRUE(a_->ice->Send(Bytes({128})));  // UDP does not know.
  loop_.RunFor(seconds(9));
  EXPECT_EQ(a_->record.states.back(), State::kDisconnected);
  network_.SetReachable(true);
  loop_.RunDue();
  EXPECT_EQ(a_->record.states.back(), State::kCompleted);
  EXPECT_TRUE(b_->record.packets.empty());

  network_.SetReachable(false);
  loop_.RunFor(seconds(31));
  EXPECT_EQ(a_->record.states.back(), State::kFailed);
  EXPECT_FALSE(a_->ice->writable());
}

TEST_F(FakeIceNetworkTest, ClosingOneEndIsSilentForTheOther) {
  Connect();
  ASSERT_TRUE(a_->ice->Send(Bytes({128})));
  a_->ice->Close();
  a_->ice->Close();
  loop_.RunDue();
  EXPECT_EQ(a_->record.states.back(), State::kClosed);
  EXPECT_EQ(b_->record.packets.size(), 1u);
  EXPECT_FALSE(a_->ice->Send(Bytes({128})));
  EXPECT_EQ(GetErrorReason(a_->ice->AddRemoteCandidate({}).status()), ErrorReason::INVALID_STATE);
  loop_.RunFor(seconds(31));
  EXPECT_EQ(b_->record.states.back(), State::kFailed);
}

TEST_F(FakeIceNetworkTest, AnEndMayBeDestroyedWithPacketsOnTheWay) {
  Connect();
  ASSERT_TRUE(a_->ice->Send(Bytes({128})));
  ASSERT_TRUE(b_->ice->Send(Bytes({128})));
  b_.reset();
  loop_.RunDue();
  EXPECT_EQ(a_->record.packets.size(), 1u);
  EXPECT_TRUE(a_->ice->Send(Bytes({128})));
  network_.SetReachable(false);
  loop_.RunFor(seconds(31));
  EXPECT_EQ(a_->record.states.back(), State::kFailed);
}

TEST_F(FakeIceNetworkTest, OtherParametersAreARestartAndNotAvailable) {
  Connect();
  EXPECT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
  IceParameters other = b_->ice->local_parameters();
  other.ufrag += "x";
  EXPECT_EQ(GetErrorReason(a_->ice->SetRemoteParameters(other)), ErrorReason::NOT_IMPLEMENTED);
  EXPECT_EQ(GetErrorReason(a_->ice->Restart()), ErrorReason::NOT_IMPLEMENTED);
}

TEST_F(FakeIceNetworkTest, StatisticsNameTheSelectedPair) {
  Connect();
  const Stats stats = a_->ice->GetStats();
  EXPECT_EQ(stats.selected_pair_id, "P1");
  ASSERT_EQ(stats.pairs.size(), 1u);
  EXPECT_EQ(stats.pairs[0].local_candidate_id, "L1");
  EXPECT_EQ(stats.pairs[0].remote_candidate_id, "R1");
  EXPECT_EQ(stats.candidates.size(), 2u);
  EXPECT_EQ(stats.selected_pair_changes, 1u);
}

TEST_F(FakeIceNetworkTest, ServersAreRefused) {
  Config config;
  config.servers.push_back({.urls = {"stun:192.0.2.1"}});
  EXPECT_EQ(GetErrorReason(network_.Create(loop_, config).status()), ErrorReason::NOT_IMPLEMENTED);
}

}  // namespace
}  // namespace pcd::ice
