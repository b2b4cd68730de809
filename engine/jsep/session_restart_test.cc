// ICE restarts: asked for, offered, taken back, refused.
#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

struct Connected {
  Connected() {
    EXPECT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
    Negotiate(a, b);
    EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
  }
  Peer a{'a'}, b{'b'};
};

TEST(SessionRestartTest, RestartIceNeedsNegotiationUntilItsCredentialsAreReplaced) {
  Connected c;
  ASSERT_TRUE(c.a.session->RestartIce().ok());
  EXPECT_TRUE(c.a.session->TakeNegotiationNeededEvent());
  c.a.SetLocal(SdpType::kOffer);
  EXPECT_NE(c.a.LocalSdp().find("a=ice-ufrag:aaa1"), std::string::npos);
  c.b.Answer(c.a.LocalSdp());
  EXPECT_NE(c.b.LocalSdp().find("a=ice-ufrag:bbb1"), std::string::npos);
  EXPECT_TRUE(c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp()).transports.at(0).remote->restart);
  EXPECT_FALSE(c.a.session->negotiation_needed());
}

TEST(SessionRestartTest, RestartIceBeforeTheFirstDescriptionHasNoEffect) {
  Peer a;
  ASSERT_TRUE(a.session->RestartIce().ok());
  EXPECT_FALSE(a.session->negotiation_needed());
}

TEST(SessionRestartTest, TheOtherSidesRestartServesOursToo) {
  Connected c;
  ASSERT_TRUE(c.a.session->RestartIce().ok());
  ASSERT_TRUE(c.b.session->RestartIce().ok());
  Negotiate(c.b, c.a);
  EXPECT_FALSE(c.a.session->negotiation_needed());
  EXPECT_FALSE(c.b.session->negotiation_needed());
}

TEST(SessionRestartTest, ARestartThatIsRolledBackNeverHappened) {
  Connected c;
  ASSERT_TRUE(c.a.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 1)).ok());
  const std::string before = c.a.LocalSdp();
  ASSERT_TRUE(c.a.session->RestartIce().ok());
  c.a.SetLocal(SdpType::kOffer);
  const ApplyResult result = c.a.SetLocal(SdpType::kRollback);
  ASSERT_EQ(result.transports.size(), 1u);
  EXPECT_TRUE(result.transports[0].cancel_restart);
  EXPECT_EQ(result.transports[0].local_ice.ufrag, "aaa0");
  EXPECT_EQ(result.transports[0].mids, std::vector<std::string>{"0"});
  EXPECT_EQ(c.a.LocalSdp(), before);
  // It is still wanted, and gets credentials of its own.
  EXPECT_TRUE(c.a.session->negotiation_needed());
  EXPECT_NE(c.a.CreateOffer().find("a=ice-ufrag:aaa2"), std::string::npos);
}

TEST(SessionRestartTest, GlareTakesTheRestartBackAndAnswersWithTheOldCredentials) {
  Connected c;
  ASSERT_TRUE(c.a.session->RestartIce().ok());
  c.a.SetLocal(SdpType::kOffer);
  c.b.SetLocal(SdpType::kOffer);
  const ApplyResult rolled = c.a.SetRemote(SdpType::kOffer, c.b.LocalSdp());
  ASSERT_EQ(rolled.transports.size(), 1u);
  EXPECT_TRUE(rolled.transports[0].cancel_restart);
  c.a.SetLocal(SdpType::kAnswer);
  EXPECT_NE(c.a.LocalSdp().find("a=ice-ufrag:aaa0"), std::string::npos);
  EXPECT_TRUE(c.a.session->negotiation_needed());
}

TEST(SessionRestartTest, APendingRestartIsNotRestartedAgain) {
  Connected c;
  const std::string offer = c.a.CreateOffer(true);
  c.a.SetLocal(SdpType::kOffer, offer);
  EXPECT_NE(c.a.CreateOffer(true).find("a=ice-ufrag:aaa1"), std::string::npos);
}

// RFC 9429 section 5.2.2.
TEST(SessionRestartTest, AnotherIceConfigurationMakesTheNextOfferARestart) {
  Connected c;
  c.a.session->IceConfigurationChanged();
  EXPECT_FALSE(c.a.session->TakeNegotiationNeededEvent());
  EXPECT_FALSE(c.a.session->negotiation_needed());
  Negotiate(c.b, c.a);  // Only an offer of ours may restart.
  EXPECT_NE(c.a.LocalSdp().find("a=ice-ufrag:aaa0"), std::string::npos);
  c.a.SetLocal(SdpType::kOffer);
  EXPECT_NE(c.a.LocalSdp().find("a=ice-ufrag:aaa1"), std::string::npos);
  // Taken back, it is still to come.
  c.a.SetLocal(SdpType::kRollback);
  EXPECT_TRUE(Negotiate(c.a, c.b).answerer.transports.at(0).remote->restart);
  EXPECT_NE(c.a.LocalSdp().find("a=ice-ufrag:aaa2"), std::string::npos);
  EXPECT_NE(c.a.CreateOffer().find("a=ice-ufrag:aaa2"), std::string::npos);
}

TEST(SessionRestartTest, AnOfferMadeBeforeTheIceConfigurationChangedIsMadeAnew) {
  Connected c;
  c.a.CreateOffer();
  c.a.session->IceConfigurationChanged();
  c.a.SetLocal(SdpType::kOffer);
  EXPECT_NE(c.a.LocalSdp().find("a=ice-ufrag:aaa1"), std::string::npos);
}

TEST(SessionRestartTest, TheIceConfigurationMayChangeBeforeTheFirstDescription) {
  Peer a('a'), b('b'), c('c');
  for (Peer* peer : {&a, &c}) {
    ASSERT_TRUE(peer->session->AddTransceiver(MediaKind::kAudio, {}).ok());
  }
  a.session->IceConfigurationChanged();
  Negotiate(a, b);
  EXPECT_NE(a.CreateOffer().find("a=ice-ufrag:aaa0"), std::string::npos);
  // A transport of the configuration before has been made, if not used.
  c.CreateOffer();
  c.session->IceConfigurationChanged();
  Peer d('d');
  Negotiate(c, d);
  EXPECT_NE(c.LocalSdp().find("a=ice-ufrag:ccc0"), std::string::npos);
  EXPECT_NE(c.CreateOffer().find("a=ice-ufrag:ccc1"), std::string::npos);
}

TEST(SessionRestartTest, ARestartThatWasOnlyCreatedChangesNothing) {
  Connected c;
  c.a.CreateOffer(true);
  c.b.SetLocal(SdpType::kOffer);
  c.a.SetRemote(SdpType::kOffer, c.b.LocalSdp());
  const ApplyResult result = c.a.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(result.transports.at(0).local_ice.ufrag, "aaa0");
  EXPECT_FALSE(result.transports[0].start_gathering);
  // Its credentials are still those of the next restart.
  EXPECT_NE(c.a.CreateOffer(true).find("a=ice-ufrag:aaa1"), std::string::npos);
}

TEST(SessionRestartTest, AnAnswerMayNotRestartByItself) {
  Connected c;
  c.a.SetLocal(SdpType::kOffer);
  c.b.Answer(c.a.LocalSdp());
  const std::string answer = Replace(c.b.LocalSdp(), "a=ice-ufrag:bbb0", "a=ice-ufrag:bbb9");
  const std::string before = c.a.LocalSdp();
  const absl::Status status =
      c.a.session->SetRemoteDescription({.type = SdpType::kAnswer, .sdp = answer}).status();
  EXPECT_EQ(GetErrorReason(status), ErrorReason::SDP_SEMANTICS) << status;
  EXPECT_EQ(GetErrorDetail(status).rule, "RFC 8839, 4.4.3");
  EXPECT_EQ(c.a.session->signaling_state(), SignalingState::kHaveLocalOffer);
  EXPECT_EQ(c.a.LocalSdp(), before);
  c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
}

TEST(SessionRestartTest, CandidatesGatheredWhileNothingIsAppliedComeWithTheNextDescription) {
  Peer a;
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  a.SetLocal(SdpType::kOffer);
  a.SetLocal(SdpType::kRollback);
  EXPECT_FALSE(a.session->AddLocalCandidate(0, HostCandidate("192.0.2.7", 7)).ok());
  a.SetLocal(SdpType::kOffer);
  EXPECT_NE(a.LocalSdp().find("192.0.2.7"), std::string::npos);
}

}  // namespace
}  // namespace pcd::jsep
