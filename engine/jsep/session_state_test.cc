// Signaling state, local descriptions as texts, rollback, glare, close.
#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

constexpr SdpType kTypes[] = {SdpType::kOffer, SdpType::kPranswer, SdpType::kAnswer,
                              SdpType::kRollback};

// Brings a peer into a state. `other` is the remote end, with one audio section.
void Reach(SignalingState state, Peer& peer, Peer& other) {
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  ASSERT_TRUE(other.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  if (state == SignalingState::kHaveLocalOffer || state == SignalingState::kHaveRemotePranswer) {
    peer.SetLocal(SdpType::kOffer);
    other.SetRemote(SdpType::kOffer, peer.LocalSdp());
    other.SetLocal(SdpType::kPranswer);
    if (state == SignalingState::kHaveRemotePranswer) {
      peer.SetRemote(SdpType::kPranswer, other.LocalSdp());
    }
  } else if (state != SignalingState::kStable) {
    other.SetLocal(SdpType::kOffer);
    peer.SetRemote(SdpType::kOffer, other.LocalSdp());
    if (state == SignalingState::kHaveLocalPranswer) peer.SetLocal(SdpType::kPranswer);
    if (state == SignalingState::kClosed) peer.session->Close();
  }
  ASSERT_EQ(peer.session->signaling_state(), state);
}

bool LocalAllowed(SignalingState state, SdpType type) {
  switch (state) {
    case SignalingState::kStable:
      return type == SdpType::kOffer;
    case SignalingState::kHaveLocalOffer:
      return type == SdpType::kOffer || type == SdpType::kRollback;
    case SignalingState::kHaveRemoteOffer:
      return type != SdpType::kOffer;
    case SignalingState::kHaveLocalPranswer:
      return type == SdpType::kPranswer || type == SdpType::kAnswer;
    default:
      return false;
  }
}

// With implicit rollback, and a rollback of either side's offer (W3C 4.4.1.5).
bool RemoteAllowed(SignalingState state, SdpType type) {
  switch (state) {
    case SignalingState::kStable:
      return type == SdpType::kOffer;
    case SignalingState::kHaveLocalOffer:
      return true;
    case SignalingState::kHaveRemoteOffer:
      return type == SdpType::kOffer || type == SdpType::kRollback;
    case SignalingState::kHaveRemotePranswer:
      return type == SdpType::kPranswer || type == SdpType::kAnswer;
    default:
      return false;
  }
}

constexpr SignalingState kStates[] = {SignalingState::kStable,
                                      SignalingState::kHaveLocalOffer,
                                      SignalingState::kHaveRemoteOffer,
                                      SignalingState::kHaveLocalPranswer,
                                      SignalingState::kHaveRemotePranswer,
                                      SignalingState::kClosed};

TEST(SessionStateTest, SetLocalDescriptionObeysTheTableInEveryState) {
  for (SignalingState state : kStates) {
    for (SdpType type : kTypes) {
      SCOPED_TRACE(std::string(ToString(state)) + " " + std::string(ToString(type)));
      Peer peer('a'), other('b');
      Reach(state, peer, other);
      const auto before = peer.session->local_description();
      const auto result =
          peer.session->SetLocalDescription(SessionDescription{.type = type}, peer.transport_info);
      EXPECT_EQ(result.ok(), LocalAllowed(state, type)) << result.status();
      if (result.ok()) continue;
      ExpectError(result.status(), ErrorReason::INVALID_STATE, "InvalidStateError");
      EXPECT_EQ(peer.session->signaling_state(), state);
      EXPECT_EQ(peer.session->local_description(), before);
    }
  }
}

// What the state allows gets as far as the parser, which does not know "x".
TEST(SessionStateTest, SetRemoteDescriptionObeysTheTableInEveryState) {
  for (SignalingState state : kStates) {
    for (SdpType type : kTypes) {
      SCOPED_TRACE(std::string(ToString(state)) + " " + std::string(ToString(type)));
      Peer peer('a'), other('b');
      Reach(state, peer, other);
      const auto before = peer.session->remote_description();
      const auto result = peer.session->SetRemoteDescription({.type = type, .sdp = "x"});
      if (RemoteAllowed(state, type) && type == SdpType::kRollback) {
        EXPECT_TRUE(result.ok()) << result.status();
        EXPECT_EQ(peer.session->signaling_state(), SignalingState::kStable);
        continue;
      }
      if (RemoteAllowed(state, type)) {
        EXPECT_EQ(GetErrorReason(result.status()), ErrorReason::INVALID_SDP);
      } else {
        ExpectError(result.status(), ErrorReason::INVALID_STATE, "InvalidStateError");
      }
      EXPECT_EQ(peer.session->signaling_state(), state);
      EXPECT_EQ(peer.session->remote_description(), before);
    }
  }
}

TEST(SessionStateTest, CreatingObeysTheState) {
  for (SignalingState state : kStates) {
    Peer peer('a'), other('b');
    Reach(state, peer, other);
    const auto offer = peer.session->CreateOffer({}, peer.transport_info);
    const auto answer = peer.session->CreateAnswer({}, peer.transport_info);
    EXPECT_EQ(offer.ok(),
              state == SignalingState::kStable || state == SignalingState::kHaveLocalOffer);
    EXPECT_EQ(answer.ok(), state == SignalingState::kHaveRemoteOffer ||
                               state == SignalingState::kHaveLocalPranswer);
    if (!offer.ok()) {
      ExpectError(offer.status(), ErrorReason::INVALID_STATE, "InvalidStateError");
    }
    if (!answer.ok()) {
      ExpectError(answer.status(), ErrorReason::INVALID_STATE, "InvalidStateError");
    }
  }
}

TEST(SessionStateTest, TheParameterlessFormDoesWhatTheStateCallsFor) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  ASSERT_TRUE(a.session->SetLocalDescription(std::nullopt, a.transport_info).ok());
  EXPECT_EQ(a.session->local_description()->type, SdpType::kOffer);
  b.SetRemote(SdpType::kOffer, a.LocalSdp());
  ASSERT_TRUE(b.session->SetLocalDescription(std::nullopt, b.transport_info).ok());
  EXPECT_EQ(b.session->local_description()->type, SdpType::kAnswer);
  EXPECT_EQ(b.session->signaling_state(), SignalingState::kStable);
}

TEST(SessionStateTest, AnEmptyTextMeansTheOneCreatedLastUnlessItIsOutOfDate) {
  Peer peer;
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  const std::string offer = peer.CreateOffer();
  peer.SetLocal(SdpType::kOffer);
  EXPECT_EQ(peer.LocalSdp(), offer);
  const std::string again = peer.CreateOffer();
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kVideo, {}).ok());
  peer.SetLocal(SdpType::kOffer);
  EXPECT_EQ(MustParse(peer.LocalSdp()).media.size(), 2u);
}

TEST(SessionStateTest, AnOutdatedTextIsAppliedAsItIs) {
  Peer peer;
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  const std::string offer = peer.CreateOffer();
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kVideo, {}).ok());
  peer.SetLocal(SdpType::kOffer, offer);
  EXPECT_EQ(MustParse(peer.LocalSdp()).media.size(), 1u);
  EXPECT_EQ(peer.session->transceivers()[1].mid, std::nullopt);
}

TEST(SessionStateTest, MungedTextIsRefusedWithTheLineThatDiffers) {
  Peer peer;
  const auto set = [&](const std::string& sdp) {
    return peer.session
        ->SetLocalDescription(SessionDescription{.type = SdpType::kOffer, .sdp = sdp},
                              peer.transport_info)
        .status();
  };
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  ExpectError(set("v=0\r\n"), ErrorReason::SDP_MODIFIED, "InvalidModificationError", 1);
  const std::string offer = peer.CreateOffer();
  ExpectError(set(Replace(offer, "s=-", "s=x")), ErrorReason::SDP_MODIFIED,
              "InvalidModificationError", 3);
  EXPECT_EQ(peer.session->signaling_state(), SignalingState::kStable);
  EXPECT_FALSE(peer.session->local_description().has_value());
  std::string with_lf;
  for (char c : offer) {
    if (c != '\r') with_lf += c;
  }
  EXPECT_TRUE(set(with_lf).ok());
  Peer other('b');
  other.Answer(peer.LocalSdp());
  peer.SetRemote(SdpType::kAnswer, other.LocalSdp());
  ExpectError(set(offer), ErrorReason::SDP_MODIFIED, "InvalidModificationError", 1);
}

TEST(SessionStateTest, TheSixDescriptionsFollowTheNegotiation) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  EXPECT_FALSE(a.session->local_description().has_value());
  a.SetLocal(SdpType::kOffer);
  EXPECT_EQ(a.session->pending_local_description(), a.session->local_description());
  EXPECT_FALSE(a.session->current_local_description().has_value());
  const std::string offer = a.LocalSdp();
  b.SetRemote(SdpType::kOffer, offer);
  EXPECT_EQ(b.session->pending_remote_description()->sdp, offer);
  b.SetLocal(SdpType::kAnswer);
  EXPECT_FALSE(b.session->pending_remote_description().has_value());
  EXPECT_EQ(b.session->current_remote_description()->sdp, offer);
  EXPECT_EQ(b.session->current_local_description()->type, SdpType::kAnswer);
  a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_EQ(a.session->current_local_description()->sdp, offer);
  EXPECT_EQ(a.session->remote_description()->sdp, b.LocalSdp());
  EXPECT_FALSE(a.session->pending_local_description().has_value());
}

TEST(SessionStateTest, TheVersionCountsAppliedDescriptions) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  EXPECT_EQ(MustParse(a.CreateOffer()).origin.version, "1");
  Negotiate(a, b);
  const auto second = MustParse(a.CreateOffer());
  EXPECT_EQ(second.origin.version, "2");
  EXPECT_EQ(second.origin.session_id, MustParse(a.LocalSdp()).origin.session_id);
}

TEST(SessionStateTest, RollingBackALocalOfferFreesItsTransceivers) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}, "x").ok());
  a.SetLocal(SdpType::kOffer);
  EXPECT_EQ(a.session->FindTransceiver("x")->mid, "0");
  const auto result = a.SetLocal(SdpType::kRollback);
  EXPECT_EQ(result.signaling_state, SignalingState::kStable);
  EXPECT_EQ(a.session->FindTransceiver("x")->mid, std::nullopt);
  EXPECT_FALSE(a.session->local_description().has_value());
  EXPECT_TRUE(a.session->negotiation_needed());
  Negotiate(a, b);
  EXPECT_EQ(a.generations, 1);  // The transport went on.
}

TEST(SessionStateTest, RollingBackARemoteOfferRemovesWhatItMade) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  Negotiate(a, b);
  const std::vector<Transceiver> before = b.session->transceivers();
  const auto local = b.session->local_description();
  ASSERT_TRUE(a.session->SetDirection(a.session->transceivers()[0].id, Direction::kRecvOnly).ok());
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kVideo, {}).ok());
  a.SetLocal(SdpType::kOffer);
  const auto offered = b.SetRemote(SdpType::kOffer, a.LocalSdp());
  ASSERT_EQ(offered.created_transceivers.size(), 1u);
  EXPECT_EQ(offered.tracks.size(), 2u);  // Audio goes, video comes.
  const auto result = b.SetRemote(SdpType::kRollback, "");
  EXPECT_EQ(result.removed_transceivers, offered.created_transceivers);
  EXPECT_EQ(b.session->transceivers(), before);
  EXPECT_EQ(b.session->local_description(), local);
  ASSERT_EQ(result.tracks.size(), 2u);
  EXPECT_TRUE(result.tracks[0].added);
  EXPECT_FALSE(result.tracks[1].added);
  a.SetLocal(SdpType::kRollback);
  Negotiate(a, b);
}

TEST(SessionStateTest, ARemoteOfferRollsALocalOneBackFirst) {
  Peer polite('a'), impolite('b');
  ASSERT_TRUE(polite.session->AddTransceiver(MediaKind::kVideo, {}, "mine").ok());
  ASSERT_TRUE(impolite.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  polite.SetLocal(SdpType::kOffer);
  impolite.SetLocal(SdpType::kOffer);
  // The impolite side cannot give its own offer up by offering again.
  const auto result = polite.Answer(impolite.LocalSdp());
  EXPECT_EQ(result.transports.at(0).ice_role, IceRole::kControlled);
  EXPECT_FALSE(result.transports[0].start_gathering);  // Already under way.
  EXPECT_EQ(polite.session->FindTransceiver("mine")->mid, std::nullopt);
  impolite.SetRemote(SdpType::kAnswer, polite.LocalSdp());
  EXPECT_TRUE(polite.session->TakeNegotiationNeededEvent());
  Negotiate(polite, impolite);
  EXPECT_EQ(polite.session->FindTransceiver("mine")->mid, "1");
}

TEST(SessionStateTest, ABadOfferInGlareChangesNothing) {
  Peer peer;
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kVideo, {}, "mine").ok());
  peer.SetLocal(SdpType::kOffer);
  const auto before = peer.session->local_description();
  ExpectError(
      peer.session->SetRemoteDescription({.type = SdpType::kOffer, .sdp = "nonsense"}).status(),
      ErrorReason::INVALID_SDP, "RTCError", 1);
  EXPECT_EQ(peer.session->signaling_state(), SignalingState::kHaveLocalOffer);
  EXPECT_EQ(peer.session->local_description(), before);
  EXPECT_EQ(peer.session->FindTransceiver("mine")->mid, "0");
}

TEST(SessionStateTest, ASecondRemoteOfferReplacesTheFirst) {
  Peer peer;
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_data_offer.sdp"));
  ExpectError(
      peer.session
          ->SetRemoteDescription({.type = SdpType::kOffer, .sdp = ReadSample("chromium_offer.sdp")})
          .status(),
      ErrorReason::SDP_SEMANTICS, "InvalidAccessError", 8);
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_data_offer.sdp"));
  EXPECT_TRUE(peer.SetLocal(SdpType::kAnswer).data.has_value());
}

TEST(SessionStateTest, NothingWorksAfterClose) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  const std::string id = peer.session->transceivers()[0].id;
  peer.session->Close();
  EXPECT_EQ(peer.session->signaling_state(), SignalingState::kClosed);
  EXPECT_TRUE(peer.session->local_description().has_value());
  Session& session = *peer.session;
  for (const absl::Status& status :
       {session.AddTransceiver(MediaKind::kAudio, {}).status(), session.AddDataSection(),
        session.SetDirection(id, Direction::kInactive), session.StopTransceiver(id),
        session.AddLocalCandidate(0, {}).status(), session.SetLocalGatheringComplete(0).status(),
        session.AddRemoteCandidate({}).status()}) {
    ExpectError(status, ErrorReason::INVALID_STATE, "InvalidStateError");
  }
}

}  // namespace
}  // namespace pcd::jsep
