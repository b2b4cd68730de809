// Which ICE a connection gets, and that two lite ends never meet. Simulated time, fake ICE whose
// shared-port ends say that they are lite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/ice/fake_ice_network.h"
#include "engine/net/address_policy.h"
#include "engine/net/destination_claims.h"
#include "engine/peerconnection/peer_connection.h"
#include "engine/sctp/fake_sctp_association_factory.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using testing::HasReason;
using testing::IsOk;
using namespace std::chrono_literals;

class IceBackendTest : public ::testing::Test {
 protected:
  IceBackendTest() : loop_(network_) {
    dependencies_.ice_factory = &ice_;
    dependencies_.shared_port_factory = &ice_;
    dependencies_.sctp_factory = &sctp_;
    dependencies_.sink_policy = &policy_;
    dependencies_.sink_claims = &claims_;
  }

  absl::StatusOr<std::unique_ptr<PeerConnection>> TryMake(IceBackend backend) {
    return PeerConnection::Create(loop_, dependencies_, Limits{},
                                  {.id = "x", .configuration = {.ice_backend = backend}});
  }
  std::unique_ptr<PeerConnection> Make(IceBackend backend = IceBackend::kAuto) {
    auto pc = std::move(TryMake(backend)).value();
    EXPECT_THAT(pc->CreateDataChannel({}, ""), IsOk());
    return pc;
  }

  // With all candidates.
  SessionDescription Describe(PeerConnection& pc) {
    EXPECT_THAT(pc.SetLocalDescription(std::nullopt), IsOk());
    network_.RunFor(10ms);
    return *pc.Info().local_description;
  }
  void Negotiate(PeerConnection& offerer, PeerConnection& answerer) {
    ASSERT_THAT(answerer.SetRemoteDescription(Describe(offerer)), IsOk());
    ASSERT_THAT(offerer.SetRemoteDescription(Describe(answerer)), IsOk());
  }
  static bool Connected(PeerConnection& pc) {
    return pc.Info().connection_state == ConnectionState::kConnected;
  }
  static bool IsLite(const SessionDescription& description) {
    return description.sdp.find("a=ice-lite\r\n") != std::string::npos;
  }
  static IceBackend InStats(PeerConnection& pc) {
    for (const StatsEntry& entry : pc.GetStats().entries) {
      if (const auto* transport = std::get_if<TransportStats>(&entry)) {
        return transport->ice_backend;
      }
    }
    return IceBackend::kAuto;
  }

  testing::SimNetwork network_;
  testing::SimLoop loop_;
  ice::FakeIceNetwork ice_;
  sctp::FakeSctpAssociationFactory sctp_;
  net::AddressPolicy policy_;
  net::DestinationClaims claims_;
  Dependencies dependencies_;
};

TEST_F(IceBackendTest, IsTheSharedPortUnlessSomethingNeedsMore) {
  EXPECT_EQ(Make()->Info().ice_backend, IceBackend::kSharedPort);
  EXPECT_EQ(Make(IceBackend::kSharedPort)->Info().ice_backend, IceBackend::kSharedPort);
  EXPECT_EQ(Make(IceBackend::kFull)->Info().ice_backend, IceBackend::kFull);
  dependencies_.default_ice_backend = IceBackend::kFull;
  EXPECT_EQ(Make()->Info().ice_backend, IceBackend::kFull);
  EXPECT_EQ(Make(IceBackend::kSharedPort)->Info().ice_backend, IceBackend::kSharedPort);
}

TEST_F(IceBackendTest, WithoutASharedPortAllIsFull) {
  dependencies_.shared_port_factory = nullptr;
  EXPECT_EQ(Make()->Info().ice_backend, IceBackend::kFull);
  EXPECT_THAT(TryMake(IceBackend::kSharedPort).status(), HasReason(ErrorReason::INVALID_ARGUMENT));
}

TEST_F(IceBackendTest, TheSharedPortSaysThatItIsLiteAndIsControlled) {
  const auto offerer = Make(), answerer = Make(IceBackend::kFull);
  const SessionDescription offer = Describe(*offerer);
  EXPECT_TRUE(IsLite(offer));
  ASSERT_THAT(answerer->SetRemoteDescription(offer), IsOk());
  const SessionDescription answer = Describe(*answerer);
  EXPECT_FALSE(IsLite(answer));
  ASSERT_THAT(offerer->SetRemoteDescription(answer), IsOk());
  EXPECT_EQ(offerer->Info().ice_transports.at(0).role, IceRole::kControlled);
  EXPECT_EQ(answerer->Info().ice_transports.at(0).role, IceRole::kControlling);
}

TEST_F(IceBackendTest, AnswersAFullOfferFromTheSharedPort) {
  const auto offerer = Make(IceBackend::kFull), answerer = Make();
  Negotiate(*offerer, *answerer);
  EXPECT_TRUE(IsLite(*answerer->Info().local_description));
  EXPECT_EQ(answerer->Info().ice_backend, IceBackend::kSharedPort);
  EXPECT_EQ(offerer->Info().ice_transports.at(0).role, IceRole::kControlling);
  ASSERT_TRUE(network_.RunUntil([&] { return Connected(*offerer) && Connected(*answerer); }, 5s));
}

TEST_F(IceBackendTest, OfTwoConnectionsOfOneServiceTheAnswererBecomesFull) {
  const auto offerer = Make(), answerer = Make();
  Negotiate(*offerer, *answerer);
  EXPECT_EQ(offerer->Info().ice_backend, IceBackend::kSharedPort);
  EXPECT_EQ(answerer->Info().ice_backend, IceBackend::kFull);
  ASSERT_TRUE(network_.RunUntil([&] { return Connected(*offerer) && Connected(*answerer); }, 5s));
  EXPECT_EQ(InStats(*offerer), IceBackend::kSharedPort);
  EXPECT_EQ(InStats(*answerer), IceBackend::kFull);
  // And stays so, whoever offers next.
  Negotiate(*answerer, *offerer);
  EXPECT_EQ(answerer->Info().ice_backend, IceBackend::kFull);
  EXPECT_TRUE(Connected(*answerer));
}

TEST_F(IceBackendTest, WhoHasOfferedLiteBecomesFullForALiteOfferInItsPlace) {
  for (const bool explicit_rollback : {false, true}) {
    const auto polite = Make(), impolite = Make();
    EXPECT_TRUE(IsLite(Describe(*polite)));
    const SessionDescription offer = Describe(*impolite);
    if (explicit_rollback) {
      ASSERT_THAT(polite->SetLocalDescription(SessionDescription{.type = SdpType::kRollback}),
                  IsOk());
    }
    ASSERT_THAT(polite->SetRemoteDescription(offer), IsOk());
    const SessionDescription answer = Describe(*polite);
    EXPECT_FALSE(IsLite(answer));
    EXPECT_EQ(polite->Info().ice_backend, IceBackend::kFull);
    ASSERT_THAT(impolite->SetRemoteDescription(answer), IsOk());
    EXPECT_TRUE(network_.RunUntil([&] { return Connected(*polite) && Connected(*impolite); }, 5s));
  }
}

// Full ICE that takes servers: the fake network has none, and is not told of them.
class WithServers : public ice::IceTransportFactory {
 public:
  explicit WithServers(ice::FakeIceNetwork& network) : network_(network) {}
  absl::StatusOr<std::unique_ptr<ice::IceTransport>> Create(net::Loop& loop,
                                                            const ice::Config& config) override {
    EXPECT_FALSE(config.lite);
    policies.push_back(config.policy);
    ice::Config bare = config;
    bare.servers.clear();
    bare.policy = IceTransportPolicy::kAll;
    return network_.Create(loop, bare);
  }
  std::vector<IceTransportPolicy> policies{};

 private:
  ice::FakeIceNetwork& network_;
};

class LateServersTest : public IceBackendTest {
 protected:
  LateServersTest() {
    theirs_ = Make(IceBackend::kFull);
    dependencies_.ice_factory = &full_;
    ours_ = Make();
  }
  void SetUp() override {
    Negotiate(*ours_, *theirs_);
    ASSERT_TRUE(BothConnected());
    ASSERT_EQ(ours_->Info().ice_backend, IceBackend::kSharedPort);
  }
  bool BothConnected() {
    return network_.RunUntil([&] { return Connected(*ours_) && Connected(*theirs_); }, 5s);
  }
  static Configuration Relay() {
    return {.ice_servers = {{.urls = {"turn:192.0.2.1"}, .username = "u", .credential = "c"}},
            .ice_transport_policy = IceTransportPolicy::kRelay};
  }
  // Longer than the generation before lives on.
  void ExpectFullForGood() {
    network_.RunFor(10s);
    EXPECT_TRUE(Connected(*ours_) && Connected(*theirs_));
    EXPECT_EQ(ours_->Info().ice_backend, IceBackend::kFull);
    EXPECT_EQ(InStats(*ours_), IceBackend::kFull);
    EXPECT_EQ(ours_->Info().ice_transports.at(0).role, IceRole::kControlled);
    EXPECT_EQ(theirs_->Info().ice_transports.at(0).role, IceRole::kControlling);
  }

  WithServers full_{ice_};
  std::unique_ptr<PeerConnection> ours_, theirs_;
};

TEST_F(LateServersTest, LeaveTheSharedPortWithOurNextOffer) {
  ASSERT_THAT(ours_->SetConfiguration(Relay()), IsOk());
  EXPECT_EQ(ours_->Info().ice_backend, IceBackend::kSharedPort) << "until it gathers again";
  EXPECT_TRUE(Connected(*ours_));
  const auto created = ours_->CreateOffer({});
  ASSERT_THAT(created, IsOk());
  EXPECT_FALSE(IsLite(*created));
  EXPECT_EQ(ours_->Info().ice_backend, IceBackend::kSharedPort) << "it was only created";
  const SessionDescription offer = Describe(*ours_);
  EXPECT_FALSE(IsLite(offer));
  EXPECT_EQ(ours_->Info().ice_backend, IceBackend::kFull);
  EXPECT_TRUE(Connected(*ours_)) << "by the generation before";
  EXPECT_THAT(full_.policies, ::testing::ElementsAre(IceTransportPolicy::kRelay));
  ASSERT_THAT(theirs_->SetRemoteDescription(offer), IsOk());
  ASSERT_THAT(ours_->SetRemoteDescription(Describe(*theirs_)), IsOk());
  ExpectFullForGood();
  // Without servers it stays so.
  ASSERT_THAT(ours_->SetConfiguration({}), IsOk());
  Negotiate(*ours_, *theirs_);
  ExpectFullForGood();
  EXPECT_EQ(full_.policies.back(), IceTransportPolicy::kAll);
}

TEST_F(LateServersTest, LeaveTheSharedPortWhenThePeerRestarts) {
  ASSERT_THAT(ours_->SetConfiguration(Relay()), IsOk());
  Negotiate(*theirs_, *ours_);  // No restart.
  EXPECT_TRUE(IsLite(*ours_->Info().local_description));
  EXPECT_EQ(ours_->Info().ice_backend, IceBackend::kSharedPort);
  ASSERT_THAT(theirs_->RestartIce(), IsOk());
  Negotiate(*theirs_, *ours_);
  EXPECT_FALSE(IsLite(*ours_->Info().local_description));
  ExpectFullForGood();
}

TEST_F(LateServersTest, ARollbackLeadsBackToTheSharedPort) {
  ASSERT_THAT(ours_->SetConfiguration(Relay()), IsOk());
  EXPECT_FALSE(IsLite(Describe(*ours_)));
  ASSERT_THAT(ours_->SetLocalDescription(SessionDescription{.type = SdpType::kRollback}), IsOk());
  EXPECT_EQ(ours_->Info().ice_backend, IceBackend::kSharedPort);
  Negotiate(*theirs_, *ours_);
  EXPECT_TRUE(IsLite(*ours_->Info().local_description));
  network_.RunFor(10s);
  EXPECT_TRUE(Connected(*ours_) && Connected(*theirs_));
  EXPECT_EQ(InStats(*ours_), IceBackend::kSharedPort);
  // They are still wanted.
  Negotiate(*ours_, *theirs_);
  ExpectFullForGood();
}

TEST_F(LateServersTest, ARestartWithoutAnyStaysOnTheSharedPort) {
  ASSERT_THAT(ours_->RestartIce(), IsOk());
  Negotiate(*ours_, *theirs_);
  network_.RunFor(10s);
  EXPECT_TRUE(IsLite(*ours_->Info().local_description));
  EXPECT_TRUE(Connected(*ours_) && Connected(*theirs_));
  EXPECT_THAT(full_.policies, ::testing::IsEmpty());
}

TEST_F(IceBackendTest, AnExplicitSharedPortTakesNoServersLater) {
  const auto pc = Make(IceBackend::kSharedPort);
  EXPECT_THAT(pc->SetConfiguration({.ice_servers = {{.urls = {"stun:192.0.2.1"}}},
                                    .ice_backend = IceBackend::kSharedPort}),
              HasReason(ErrorReason::INVALID_ARGUMENT));
}

TEST_F(IceBackendTest, TwoLiteEndsAreRefusedAndNothingChanges) {
  const auto offerer = Make(), answerer = Make(IceBackend::kSharedPort);
  const SessionDescription offer = Describe(*offerer);
  const absl::Status refused = answerer->SetRemoteDescription(offer);
  EXPECT_THAT(refused, HasReason(ErrorReason::UNSUPPORTED_SDP));
  const size_t lite = offer.sdp.find("a=ice-lite\r\n");
  ASSERT_NE(lite, std::string::npos);
  EXPECT_EQ(GetErrorDetail(refused).sdp_line,
            std::count(offer.sdp.begin(), offer.sdp.begin() + lite, '\n') + 1);
  EXPECT_EQ(GetErrorDetail(refused).rule, "RFC 8445, 6.1.1");
  EXPECT_EQ(answerer->Info().signaling_state, SignalingState::kStable);
  // An answer comes too late to become full for it.
  const auto full = Make(IceBackend::kFull);
  ASSERT_THAT(full->SetRemoteDescription(offer), IsOk());
  SessionDescription answer = Describe(*full);
  answer.sdp.insert(answer.sdp.find("t=0 0\r\n") + 7, "a=ice-lite\r\n");
  EXPECT_THAT(offerer->SetRemoteDescription(answer), HasReason(ErrorReason::UNSUPPORTED_SDP));
  EXPECT_EQ(offerer->Info().signaling_state, SignalingState::kHaveLocalOffer);
}

}  // namespace
}  // namespace pcd::peerconnection
