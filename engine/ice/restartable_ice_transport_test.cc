#include "engine/ice/restartable_ice_transport.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/fake_ice_network.h"
#include "engine/ice/fake_ice_transport.h"
#include "engine/testing/sim_loop.h"

namespace pcd::ice {
namespace {

using State = IceConnectionState;
using std::chrono::seconds;

class RestartableIceTransportTest : public ::testing::Test {
 protected:
  struct End {
    End(net::Loop& loop, FakeIceNetwork& network)
        : ice(
              loop, *network.Create(loop, Config{}),
              [&loop, &network] { return network.Create(loop, Config{}); },
              [&loop, &network](IceParameters credentials) {
                Config config;
                config.credentials = std::move(credentials);
                return network.Create(loop, config);
              }),
          record(ice) {
      ice.SetPacketHandler(&record);
    }
    RestartableIceTransport ice;
    EventRecorder record;
  };

  void Introduce() {
    a_.ice.SetRole(IceRole::kControlling);
    a_.ice.StartGathering();
    b_.ice.StartGathering();
    ASSERT_TRUE(a_.ice.SetRemoteParameters(b_.ice.local_parameters()).ok());
    ASSERT_TRUE(b_.ice.SetRemoteParameters(a_.ice.local_parameters()).ok());
  }

  void Connect() {
    a_.record.trickle_to = &b_.ice;
    b_.record.trickle_to = &a_.ice;
    Introduce();
    loop_.RunDue();
    ASSERT_TRUE(a_.ice.writable());
    ASSERT_TRUE(b_.ice.writable());
  }

  void Exchange() {
    const size_t before_a = a_.record.packets.size(), before_b = b_.record.packets.size();
    EXPECT_TRUE(a_.ice.Send(std::vector<uint8_t>{1}));
    EXPECT_TRUE(b_.ice.Send(std::vector<uint8_t>{2}));
    loop_.RunDue();
    EXPECT_EQ(a_.record.packets.size(), before_a + 1);
    EXPECT_EQ(b_.record.packets.size(), before_b + 1);
  }

  pcd::testing::SimNetwork sim_;
  pcd::testing::SimLoop loop_{sim_};
  FakeIceNetwork network_;
  End a_{loop_, network_};
  End b_{loop_, network_};
};

TEST_F(RestartableIceTransportTest, WithoutARestartItIsItsFirstGeneration) {
  Connect();
  EXPECT_EQ(a_.record.states,
            (std::vector<State>{State::kChecking, State::kConnected, State::kCompleted}));
  EXPECT_EQ(a_.record.gathering_states,
            (std::vector<IceGatheringState>{IceGatheringState::kGathering,
                                            IceGatheringState::kComplete}));
  Exchange();
}

TEST_F(RestartableIceTransportTest, DataStaysOnTheOldPairUntilTheNewOneIsConnected) {
  Connect();
  const std::string old_ufrag = a_.ice.local_parameters().ufrag;
  const auto prepared = a_.ice.PrepareRestart();
  ASSERT_TRUE(prepared.ok());
  EXPECT_NE(prepared->ufrag, old_ufrag);
  EXPECT_EQ(a_.ice.local_parameters().ufrag, old_ufrag);
  ASSERT_TRUE(a_.ice.Restart().ok());
  EXPECT_EQ(a_.ice.local_parameters(), *prepared);
  a_.ice.StartGathering();
  loop_.RunDue();
  Exchange();
  EXPECT_EQ(a_.record.candidates.back().Ufrag(), prepared->ufrag);

  ASSERT_TRUE(b_.ice.Restart().ok());
  b_.ice.StartGathering();
  ASSERT_TRUE(b_.ice.SetRemoteParameters(a_.ice.local_parameters()).ok());
  Exchange();
  EXPECT_EQ(b_.record.states.back(), State::kConnected);
  ASSERT_TRUE(a_.ice.SetRemoteParameters(b_.ice.local_parameters()).ok());
  loop_.RunDue();
  EXPECT_EQ(a_.record.pairs.size(), 2u);
  EXPECT_EQ(a_.record.states.back(), State::kCompleted);
  Exchange();
  loop_.RunFor(RestartableIceTransport::kGrace + seconds(1));
  Exchange();
}

// Its generations' backends, in order.
struct Opened {
  RestartableIceTransport::Make Maker(net::Loop& loop, FakeIceNetwork& network) {
    return [this, &loop, &network] {
      auto one = network.Create(loop, Config{});
      made.push_back(static_cast<FakeIceTransport*>(one->get()));
      return one;
    };
  }
  std::vector<FakeIceTransport*> made;
};

// A transport whose peer has restarted: each generation of it meets a transport of its own.
class RestartedIceTransportTest : public RestartableIceTransportTest {
 protected:
  struct Peer {
    explicit Peer(std::unique_ptr<IceTransport> made) : ice(std::move(made)), record(*ice) {}
    std::unique_ptr<IceTransport> ice;
    EventRecorder record;
  };

  void SetUp() override {
    ice_.SetPacketHandler(&record_);
    Meet(old_);
    ASSERT_TRUE(ice_.Restart().ok());
    Meet(new_);
    ASSERT_EQ(opened_.made.size(), 2u);
  }

  void Meet(Peer& peer) {
    peer.record.trickle_to = &ice_;
    record_.trickle_to = peer.ice.get();
    ice_.StartGathering();
    peer.ice->StartGathering();
    ASSERT_TRUE(peer.ice->SetRemoteParameters(ice_.local_parameters()).ok());
    ASSERT_TRUE(ice_.SetRemoteParameters(peer.ice->local_parameters()).ok());
    loop_.RunDue();
    ASSERT_TRUE(peer.ice->writable());
  }

  bool HearsTheOld() {
    const size_t before = record_.packets.size();
    old_.ice->Send(std::vector<uint8_t>{1});
    loop_.RunDue();
    return record_.packets.size() > before;
  }

  Opened opened_;
  const RestartableIceTransport::Make make_ = opened_.Maker(loop_, network_);
  RestartableIceTransport ice_{loop_, *make_(), make_};
  EventRecorder record_{ice_};
  Peer old_{*network_.Create(loop_, Config{})};
  Peer new_{*network_.Create(loop_, Config{})};
};

TEST_F(RestartedIceTransportTest, AnOldPairIsHeardUntilThePeerHasLeftIt) {
  EXPECT_TRUE(HearsTheOld());
  loop_.RunFor(RestartableIceTransport::kGrace - std::chrono::milliseconds(1));
  EXPECT_EQ(opened_.made[0]->answering(), Answering::kAnyRole);
  loop_.RunFor(std::chrono::milliseconds(1));
  EXPECT_EQ(opened_.made[0]->answering(), Answering::kRefused);
  EXPECT_EQ(opened_.made[1]->answering(), Answering::kFully);
  for (int i = 0; i < 7; ++i) {
    EXPECT_TRUE(HearsTheOld()) << i;
    loop_.RunFor(seconds(1));
  }
  EXPECT_TRUE(HearsTheOld());
  loop_.RunFor(2 * RestartableIceTransport::kGrace);
  EXPECT_FALSE(HearsTheOld());
}

TEST_F(RestartedIceTransportTest, AnOldPairThatIsSilentIsThereForAsLongAsAPeerMayReturnToIt) {
  loop_.RunFor(RestartableIceTransport::kGrace + RestartableIceTransport::kFarewell -
               std::chrono::milliseconds(1));
  EXPECT_TRUE(HearsTheOld());
}

TEST_F(RestartedIceTransportTest, APeerThatNeverLeavesAnOldPairIsEndedThere) {
  seconds passed{0};
  while (passed < seconds(60) && HearsTheOld()) {
    loop_.RunFor(seconds(1));
    passed += seconds(1);
  }
  EXPECT_GE(passed, RestartableIceTransport::kLongestFarewell);
  EXPECT_LE(passed,
            RestartableIceTransport::kLongestFarewell + 2 * RestartableIceTransport::kGrace);
}

TEST_F(RestartableIceTransportTest, APeerThatStaysWithTheOldPairIsRefusedItsChecksThere) {
  Opened opened;
  const std::vector<FakeIceTransport*>& made = opened.made;
  const auto make = opened.Maker(loop_, network_);
  RestartableIceTransport ice(loop_, *make(), make);
  ice.StartGathering();
  ASSERT_TRUE(ice.SetRemoteParameters(b_.ice.local_parameters()).ok());
  ASSERT_TRUE(b_.ice.SetRemoteParameters(ice.local_parameters()).ok());
  b_.record.trickle_to = &ice;
  b_.ice.StartGathering();
  loop_.RunDue();
  ASSERT_TRUE(ice.writable());

  ASSERT_TRUE(ice.Restart().ok());
  ice.StartGathering();
  loop_.RunFor(2 * RestartableIceTransport::kPatience);
  EXPECT_EQ(made[0]->answering(), Answering::kFully);  // Nobody was asked to move yet.
  ASSERT_TRUE(b_.ice.PrepareRestart().ok());
  ASSERT_TRUE(ice.SetRemoteParameters(*b_.ice.PrepareRestart()).ok());
  loop_.RunFor(RestartableIceTransport::kPatience / 2);
  EXPECT_EQ(made[0]->answering(), Answering::kAnyRole);
  loop_.RunFor(RestartableIceTransport::kPatience);
  EXPECT_EQ(made[0]->answering(), Answering::kRefused);
  EXPECT_EQ(made[1]->answering(), Answering::kFully);
  EXPECT_TRUE(ice.Send(std::vector<uint8_t>{1}));

  ice.CancelRestart();
  EXPECT_EQ(made[0]->answering(), Answering::kFully);
}

TEST_F(RestartableIceTransportTest, ACancelledRestartLeavesEverythingAsItWas) {
  Connect();
  const IceParameters before = a_.ice.local_parameters();
  ASSERT_TRUE(a_.ice.Restart().ok());
  a_.ice.StartGathering();
  loop_.RunDue();
  a_.ice.CancelRestart();
  EXPECT_EQ(a_.ice.local_parameters(), before);
  Exchange();
  EXPECT_EQ(a_.record.states.back(), State::kCompleted);
  a_.ice.CancelRestart();
  EXPECT_EQ(a_.ice.local_parameters(), before);
}

TEST_F(RestartableIceTransportTest, ARenewalFindsAPeerThatHasReplacedItsEnd) {
  Connect();
  const IceParameters before = a_.ice.local_parameters();
  ASSERT_TRUE(a_.ice.Renew().ok());
  Exchange();
  EXPECT_EQ(a_.ice.local_parameters(), before);
  EXPECT_EQ(a_.record.candidates.size(), 2u);
  ASSERT_TRUE(b_.ice.Renew().ok());
  loop_.RunDue();
  EXPECT_EQ(a_.record.pairs.size(), 2u);
  Exchange();
  loop_.RunFor(seconds(60));
  Exchange();
  EXPECT_EQ(a_.record.states.back(), State::kCompleted);
}

TEST_F(RestartableIceTransportTest, ARenewalThatFindsNobodyLeavesEverythingAsItWas) {
  Connect();
  const size_t states = a_.record.states.size();
  ASSERT_TRUE(a_.ice.Renew().ok());
  ASSERT_TRUE(a_.ice.AddRemoteCandidate(b_.record.candidates.at(0)).ok());
  for (int i = 0; i < 40; ++i) {
    loop_.RunFor(seconds(1));
    Exchange();
  }
  EXPECT_EQ(a_.ice.GetStats().candidates.size(), 2u);
  for (size_t i = states; i < a_.record.states.size(); ++i) {
    EXPECT_NE(a_.record.states[i], State::kFailed);
  }
  // One after the other does not pile up.
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(a_.ice.Renew().ok());
  EXPECT_LE(a_.ice.GetStats().candidates.size(), 4u);
  Exchange();
}

TEST_F(RestartableIceTransportTest, NothingIsRenewedBeforeThereIsAPeer) {
  a_.ice.StartGathering();
  loop_.RunDue();
  ASSERT_TRUE(a_.ice.Renew().ok());
  EXPECT_EQ(a_.record.candidates.size(), 1u);
}

TEST_F(RestartableIceTransportTest, ARestartLeadsOutOfFailed) {
  Connect();
  network_.SetReachable(false);
  loop_.RunFor(seconds(60));
  ASSERT_EQ(a_.record.states.back(), State::kFailed);
  network_.SetReachable(true);
  for (End* end : {&a_, &b_}) {
    ASSERT_TRUE(end->ice.Restart().ok());
    end->ice.StartGathering();
  }
  ASSERT_TRUE(a_.ice.SetRemoteParameters(b_.ice.local_parameters()).ok());
  EXPECT_EQ(a_.ice.GetStats().state, State::kChecking);
  ASSERT_TRUE(b_.ice.SetRemoteParameters(a_.ice.local_parameters()).ok());
  loop_.RunDue();
  EXPECT_TRUE(a_.ice.writable());
  Exchange();
}

TEST_F(RestartableIceTransportTest, CountersGoOnAndIdsStayUniqueOverRestarts) {
  Connect();
  Exchange();
  for (End* end : {&a_, &b_}) {
    ASSERT_TRUE(end->ice.Restart().ok());
    end->ice.StartGathering();
  }
  ASSERT_TRUE(a_.ice.SetRemoteParameters(b_.ice.local_parameters()).ok());
  ASSERT_TRUE(b_.ice.SetRemoteParameters(a_.ice.local_parameters()).ok());
  loop_.RunDue();
  Exchange();
  loop_.RunFor(seconds(5));
  const Stats stats = a_.ice.GetStats();
  EXPECT_EQ(stats.packets_sent, 2u);
  EXPECT_EQ(stats.packets_received, 2u);
  EXPECT_EQ(stats.selected_pair_changes, 2u);
  EXPECT_EQ(stats.selected_pair_id.substr(0, 3), "G1-");
}

TEST_F(RestartableIceTransportTest, RestartsWithoutEndDoNotPileUp) {
  Connect();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(a_.ice.Restart().ok());
    a_.ice.StartGathering();
  }
  EXPECT_LE(a_.ice.GetStats().candidates.size(), 2 * (RestartableIceTransport::kMaxRestarts + 1));
  Exchange();
}

TEST_F(RestartableIceTransportTest, ClosedIsTheLastEventAndNothingRestartsAfterIt) {
  Connect();
  ASSERT_TRUE(a_.ice.Restart().ok());
  a_.ice.Close();
  a_.ice.Close();
  loop_.RunDue();
  EXPECT_EQ(a_.record.states.back(), State::kClosed);
  EXPECT_FALSE(a_.ice.writable());
  EXPECT_EQ(GetErrorReason(a_.ice.Restart()), ErrorReason::INVALID_STATE);
  EXPECT_EQ(GetErrorReason(a_.ice.PrepareRestart().status()), ErrorReason::INVALID_STATE);
}

}  // namespace
}  // namespace pcd::ice
