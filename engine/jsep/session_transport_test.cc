// The transport beneath the sections: whose it is when sections end, and when another DTLS
// association takes its place.
#include <gtest/gtest.h>

#include <string>

#include "engine/jsep/session_testing.h"
#include "engine/sdp/candidate.h"

namespace pcd::jsep {
namespace {

std::string ReplaceAll(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// An audio and a video section, the candidates of both ends known. `a` offered.
struct Connected {
  explicit Connected(bool lite = false) {
    for (Peer* peer : {&a, &b}) {
      peer->transport_info = [info = peer->transport_info, lite](const TransportRequest& request) {
        IceParameters ice = info(request);
        ice.lite = lite;
        return ice;
      };
    }
    audio = a.session->AddTransceiver(MediaKind::kAudio, {}).value();
    video = a.session->AddTransceiver(MediaKind::kVideo, {}).value();
    a.SetLocal(SdpType::kOffer);
    EXPECT_TRUE(a.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 1)).ok());
    EXPECT_TRUE(a.session->SetLocalGatheringComplete(0).ok());
    b.Answer(a.LocalSdp());
    EXPECT_TRUE(b.session->AddLocalCandidate(0, HostCandidate("192.0.2.2", 2)).ok());
    a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  }
  Peer a{'a'}, b{'b'};
  std::string audio, video;
};

// libwebrtc could not answer if it did.
TEST(SessionTransportTest, AnOfferUsesNoPlaceBeforeTheSectionThatLeads) {
  Connected c(true);
  ASSERT_TRUE(c.a.session->StopTransceiver(c.audio).ok());
  Negotiate(c.a, c.b);
  ASSERT_TRUE(c.a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  const sdp::Description offer = MustParse(c.a.CreateOffer());
  ASSERT_EQ(offer.media.size(), 3u);
  EXPECT_TRUE(offer.media[0].IsRejected());
  EXPECT_EQ(offer.media[2].mid, "2");
  EXPECT_TRUE(offer.media[2].bundle_only);
  EXPECT_EQ(offer.groups.at(0).mids, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(offer.media[1].candidates.size(), 1u);
}

TEST(SessionTransportTest, AFullAgentsOfferThatEndsTheFirstSectionRestartsIce) {
  Connected c;
  ASSERT_TRUE(c.a.session->StopTransceiver(c.audio).ok());
  const ApplyResult offered = c.a.SetLocal(SdpType::kOffer);
  EXPECT_EQ(offered.transports.at(0).local_ice.ufrag, "aaa1");
  const ApplyResult answered = c.b.Answer(c.a.LocalSdp());
  EXPECT_FALSE(answered.transports.at(0).renew);
  EXPECT_EQ(answered.transports[0].mids, std::vector<std::string>{"1"});
  const ApplyResult applied = c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
  EXPECT_FALSE(applied.transports.at(0).renew);
  EXPECT_TRUE(applied.transports[0].remote->restart);
}

TEST(SessionTransportTest, NoRestartWhenAnotherSectionEndsOrAllDo) {
  Connected c;
  ASSERT_TRUE(c.a.session->StopTransceiver(c.video).ok());
  EXPECT_NE(c.a.CreateOffer().find("a=ice-ufrag:aaa0"), std::string::npos);
  ASSERT_TRUE(c.a.session->StopTransceiver(c.audio).ok());
  EXPECT_EQ(c.a.CreateOffer().find("a=ice-ufrag:aaa1"), std::string::npos);
}

// As Chromium offers: nothing but the group has changed.
TEST(SessionTransportTest, AFullAgentThatIsOfferedTheEndOfTheFirstSectionGathersAnew) {
  Connected c;
  const std::string offer =
      Replace(ReplaceAll(c.a.CreateOffer(), "m=audio 1 ", "m=audio 0 "), "BUNDLE 0 1", "BUNDLE 1");
  c.b.SetRemote(SdpType::kOffer, offer);
  EXPECT_EQ(c.b.CreateAnswer().find("192.0.2.2"), std::string::npos);
  const ApplyResult answered = c.b.SetLocal(SdpType::kAnswer);
  EXPECT_TRUE(answered.transports.at(0).renew);
  EXPECT_TRUE(answered.transports[0].lead_changed);
  EXPECT_EQ(answered.transports[0].local_ice.ufrag, "bbb0");
  EXPECT_TRUE(answered.transports[0].signal_again.empty());
  const auto candidate = c.b.session->AddLocalCandidate(0, HostCandidate("192.0.2.3", 3));
  ASSERT_TRUE(candidate.ok());
  EXPECT_EQ(candidate->sdp_mid, "1");
  EXPECT_NE(c.b.LocalSdp().find("192.0.2.3"), std::string::npos);
  EXPECT_EQ(c.b.LocalSdp().find("192.0.2.2"), std::string::npos);
  // Once: the next exchange has the same leading section.
  c.b.SetRemote(SdpType::kOffer, offer);
  const ApplyResult next = c.b.SetLocal(SdpType::kAnswer);
  EXPECT_FALSE(next.transports.at(0).renew);
  EXPECT_FALSE(next.transports[0].lead_changed);
}

// Chromium makes another transport then, too.
TEST(SessionTransportTest, APlaceInFrontThatIsUsedAgainMayTakeTheLead) {
  Connected c(true);
  const std::string first = c.a.CreateOffer();
  ASSERT_TRUE(c.a.session->StopTransceiver(c.audio).ok());
  Negotiate(c.a, c.b);
  const std::string offer =
      Replace(Replace(first, "BUNDLE 0 1", "BUNDLE 2 1"), "a=mid:0\r\n", "a=mid:2\r\n");
  c.b.SetRemote(SdpType::kOffer, offer);
  const ApplyResult answered = c.b.SetLocal(SdpType::kAnswer);
  EXPECT_TRUE(answered.transports.at(0).lead_changed);
  EXPECT_FALSE(answered.transports[0].renew);
  EXPECT_EQ(answered.transports[0].mids, (std::vector<std::string>{"2", "1"}));
}

TEST(SessionTransportTest, AFullAgentWhoseFirstSectionIsRefusedGathersAnewForTheNext) {
  Connected c;
  c.a.SetLocal(SdpType::kOffer);
  ASSERT_TRUE(c.b.session->StopTransceiver(c.b.session->transceivers()[0].id).ok());
  c.b.SetRemote(SdpType::kOffer, c.a.LocalSdp());
  c.b.SetLocal(SdpType::kAnswer);
  const ApplyResult applied = c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
  EXPECT_TRUE(applied.transports.at(0).renew);
  const auto candidate = c.a.session->AddLocalCandidate(0, HostCandidate("192.0.2.4", 4));
  ASSERT_TRUE(candidate.ok());
  EXPECT_EQ(candidate->sdp_mid, "1");
  EXPECT_EQ(candidate->sdp_mline_index, 1);
  EXPECT_EQ(MustParse(c.a.LocalSdp()).media[1].candidates.size(), 1u);
}

TEST(SessionTransportTest, ALiteAgentWhoseFirstSectionIsRefusedSignalsItsCandidatesForTheNext) {
  Connected c(true);
  c.a.SetLocal(SdpType::kOffer);
  ASSERT_TRUE(c.b.session->StopTransceiver(c.b.session->transceivers()[0].id).ok());
  c.b.SetRemote(SdpType::kOffer, c.a.LocalSdp());
  const ApplyResult answered = c.b.SetLocal(SdpType::kAnswer);
  ASSERT_EQ(answered.transports.at(0).signal_again.size(), 1u);
  EXPECT_EQ(answered.transports[0].signal_again[0].sdp_mid, "1");
  EXPECT_NE(c.b.LocalSdp().find("192.0.2.2"), std::string::npos);
  const ApplyResult applied = c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
  EXPECT_FALSE(applied.transports.at(0).renew);
  const auto& again = applied.transports[0].signal_again;
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].sdp_mid, "1");
  EXPECT_EQ(again[0].sdp_mline_index, 1);
  EXPECT_EQ(again[0].username_fragment, "aaa0");
  EXPECT_NE(again[0].candidate.find("192.0.2.1"), std::string::npos);
  EXPECT_TRUE(again[1].candidate.empty());
  EXPECT_EQ(MustParse(c.a.LocalSdp()).media[1].candidates.size(), 1u);
}

// W3C 4.4.1.5, and what libwebrtc does: it answers for a new section with new credentials, which an
// offer with the old ones would not allow.
TEST(SessionTransportTest, ATransportWithoutSectionsEndsAndTheNextBeginsFromNothing) {
  for (const bool lite : {true, false}) {
    for (const bool turned : {true, false}) {
      Connected c(lite);
      for (const std::string& id : {c.audio, c.video}) {
        ASSERT_TRUE(c.a.session->StopTransceiver(id).ok());
      }
      const Negotiated ended = Negotiate(c.a, c.b);
      EXPECT_EQ(ended.offerer.closed_transports, std::vector<size_t>{0});
      EXPECT_EQ(ended.answerer.closed_transports, std::vector<size_t>{0});
      EXPECT_TRUE(ended.offerer.transports.empty());
      EXPECT_FALSE(c.a.session->negotiation_needed());
      // What was still on its way.
      EXPECT_FALSE(c.a.session->AddLocalCandidate(0, HostCandidate("192.0.2.9", 9)).ok());

      Peer& offerer = turned ? c.b : c.a;
      Peer& answerer = turned ? c.a : c.b;
      ASSERT_TRUE(offerer.session->AddTransceiver(MediaKind::kAudio, {}).ok());
      const ApplyResult offered = offerer.SetLocal(SdpType::kOffer);
      EXPECT_TRUE(offered.transports.at(0).start_gathering);
      EXPECT_TRUE(offered.closed_transports.empty());
      const ApplyResult answered = answerer.Answer(offerer.LocalSdp());
      EXPECT_TRUE(answered.transports.at(0).start_gathering);
      const ApplyResult applied = offerer.SetRemote(SdpType::kAnswer, answerer.LocalSdp());
      EXPECT_EQ(offerer.LocalSdp().find("192.0.2."), std::string::npos);
      for (const ApplyResult* result : {&answered, &applied}) {
        const TransportAction& action = result->transports.at(0);
        EXPECT_FALSE(action.lead_changed);
        EXPECT_FALSE(action.renew);
        EXPECT_FALSE(action.remote->restart);
        EXPECT_FALSE(action.remote->new_association);
        EXPECT_EQ(action.local_ice.ufrag.back(), '1');
        EXPECT_TRUE(result->closed_transports.empty());
      }
      // Whoever controls is decided anew.
      EXPECT_EQ(applied.transports[0].ice_role, IceRole::kControlling);
    }
  }
}

TEST(SessionTransportTest, ATransportThatTheFirstAnswerRefusesEnds) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  a.SetLocal(SdpType::kOffer);
  b.SetRemote(SdpType::kOffer, a.LocalSdp());
  ASSERT_TRUE(b.session->StopTransceiver(b.session->transceivers()[0].id).ok());
  EXPECT_EQ(b.SetLocal(SdpType::kPranswer).closed_transports.size(), 0u);
  EXPECT_EQ(b.SetLocal(SdpType::kAnswer).closed_transports, std::vector<size_t>{0});
  const ApplyResult refused = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_EQ(refused.closed_transports, std::vector<size_t>{0});
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  // Not negotiated yet, so there is nothing to restart.
  a.SetLocal(SdpType::kOffer);
  EXPECT_NE(a.LocalSdp().find("a=ice-ufrag:aaa1"), std::string::npos);
  EXPECT_NE(a.CreateOffer(true).find("a=ice-ufrag:aaa1"), std::string::npos);
  a.SetLocal(SdpType::kRollback);
  EXPECT_TRUE(Negotiate(a, b).offerer.closed_transports.empty());
}

// RFC 8842 section 4.
TEST(SessionTransportTest, AnotherCertificateIsANewAssociationWithAFreeRole) {
  Connected c;
  EXPECT_EQ(c.b.SetRemote(SdpType::kOffer, c.a.CreateOffer()).transports.size(), 0u);
  const ApplyResult same = c.b.SetLocal(SdpType::kAnswer);
  EXPECT_FALSE(same.transports.at(0).remote->new_association);
  EXPECT_EQ(same.transports[0].remote->dtls_role, DtlsRole::kServer);
  const std::string other = ReplaceAll(ReplaceAll(c.a.CreateOffer(), "sha-256 A7", "sha-256 B8"),
                                       "a=setup:actpass", "a=setup:passive");
  c.b.SetRemote(SdpType::kOffer, other);
  const ApplyResult answered = c.b.SetLocal(SdpType::kAnswer);
  EXPECT_TRUE(answered.transports.at(0).remote->new_association);
  EXPECT_EQ(answered.transports[0].remote->dtls_role, DtlsRole::kClient);
  EXPECT_NE(c.b.LocalSdp().find("a=setup:active"), std::string::npos);
  // Now that is the present one.
  c.b.SetRemote(SdpType::kOffer, other);
  EXPECT_FALSE(c.b.SetLocal(SdpType::kAnswer).transports.at(0).remote->new_association);
}

TEST(SessionTransportTest, AnotherCertificateInAnAnswerIsANewAssociation) {
  Connected c;
  c.a.SetLocal(SdpType::kOffer);
  c.b.Answer(c.a.LocalSdp());
  const std::string answer = ReplaceAll(ReplaceAll(c.b.LocalSdp(), "sha-256 A8", "sha-256 B8"),
                                        "a=setup:passive", "a=setup:active");
  const ApplyResult applied = c.a.SetRemote(SdpType::kAnswer, answer);
  EXPECT_TRUE(applied.transports.at(0).remote->new_association);
  EXPECT_EQ(applied.transports[0].remote->dtls_role, DtlsRole::kServer);
}

TEST(SessionTransportTest, AnotherTlsIdIsANewAssociation) {
  Connected c;
  const auto offer_with = [&](const std::string& id) {
    c.b.SetRemote(SdpType::kOffer, ReplaceAll(c.a.CreateOffer(), "a=setup:actpass\r\n",
                                              "a=setup:actpass\r\na=tls-id:" + id + "\r\n"));
    return c.b.SetLocal(SdpType::kAnswer).transports.at(0).remote->new_association;
  };
  EXPECT_FALSE(offer_with("abc3de65cddef001be82"));
  EXPECT_FALSE(offer_with("abc3de65cddef001be82"));
  EXPECT_TRUE(offer_with("bcd3de65cddef001be82"));
}

TEST(SessionTransportTest, AnOfferOfTheOtherRoleIsANewAssociation) {
  Connected c;
  // `b` answered passive, so an offer that wants it active contradicts that.
  c.b.SetRemote(SdpType::kOffer,
                ReplaceAll(c.a.CreateOffer(), "a=setup:actpass", "a=setup:passive"));
  const ApplyResult answered = c.b.SetLocal(SdpType::kAnswer);
  EXPECT_TRUE(answered.transports.at(0).remote->new_association);
  EXPECT_EQ(answered.transports[0].remote->dtls_role, DtlsRole::kClient);
}

}  // namespace
}  // namespace pcd::jsep
