// Transports that are not bundled, over more than one exchange: what joins, ends, moves, restarts
// and is rolled back, and whose candidates are whose.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "engine/jsep/bundle_testing.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

constexpr BundlePolicy kMaxBundle = BundlePolicy::kMaxBundle;
constexpr BundlePolicy kBalanced = BundlePolicy::kBalanced;
constexpr BundlePolicy kMaxCompat = BundlePolicy::kMaxCompat;

// Two ends that have negotiated these sections. `a` offered.
struct Connected {
  Connected(const char* media, bool bundled, BundlePolicy policy = kBalanced)
      : a('a', {}, policy), b('b', {}, kMaxCompat) {
    AddMedia(a, media);
    a.SetLocal(SdpType::kOffer);
    b.Answer(bundled ? a.LocalSdp() : Unbundled(a.LocalSdp()));
    first = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  }
  Peer a, b;
  ApplyResult first{};
};

// RFC 9143 sections 7.5 and 7.5.1: they join the group, and no answer may take them out of it.
TEST(SessionBundleChangeTest, NewSectionsJoinTheGroupThereIs) {
  struct Row {
    BundlePolicy policy;
    bool bundle_only;
  };
  for (const Row& row : {Row{kMaxBundle, true}, Row{kBalanced, true}, Row{kMaxCompat, false}}) {
    Connected c("av", true, row.policy);
    AddMedia(c.a, "ad");  // One of a kind that there is, one of another.
    EXPECT_TRUE(c.a.SetLocal(SdpType::kOffer).transports.empty());
    const sdp::Description offer = MustParse(c.a.LocalSdp());
    ASSERT_EQ(offer.groups.size(), 1u);
    EXPECT_EQ(offer.groups[0].mids, (std::vector<std::string>{"0", "1", "2", "3"}));
    for (size_t i : {2, 3}) {
      EXPECT_EQ(offer.media[i].bundle_only, row.bundle_only);
      EXPECT_EQ(offer.media[i].port, row.bundle_only ? 0 : 9);
      EXPECT_EQ(offer.media[i].ice_ufrag, "aaa0");
    }
    EXPECT_FALSE(offer.media[1].bundle_only);  // RFC 9429 section 5.2.2.
    EXPECT_EQ(offer.media[1].ice_ufrag, "aaa0");
    c.b.Answer(c.a.LocalSdp());
    ExpectError(c.a.session
                    ->SetRemoteDescription(
                        {.type = SdpType::kAnswer, .sdp = WithGroups(c.b.LocalSdp(), {"0 1 2"})})
                    .status(),
                ErrorReason::UNSUPPORTED_SDP, "NotSupportedError",
                MustParse(c.b.LocalSdp()).media[3].line.number);
    EXPECT_EQ(Layout(c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp()), 4), "0 0 0 0");
    EXPECT_EQ(c.a.transports.size(), 1u);
  }
}

// RFC 9429 section 5.2.2: the group of a later offer is that of the answer and what is new.
TEST(SessionBundleChangeTest, WithAPeerThatDoesNotBundleWhatIsNewIsAGroupOfItsOwn) {
  Connected c("av", false);
  EXPECT_EQ(Layout(c.first, 2), "0 1");
  AddMedia(c.a, "vvd");
  const ApplyResult offered = c.a.SetLocal(SdpType::kOffer);
  ASSERT_EQ(offered.transports.size(), 2u);
  EXPECT_EQ(offered.transports[0].mids, (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(offered.transports[1].mids, std::vector<std::string>{"4"});
  const sdp::Description offer = MustParse(c.a.LocalSdp());
  ASSERT_EQ(offer.groups.size(), 1u);
  EXPECT_EQ(offer.groups[0].mids, (std::vector<std::string>{"2", "3", "4"}));
  EXPECT_EQ(OfferedLayout(offer), "0 1 2 - 3");
  c.b.Answer(Unbundled(c.a.LocalSdp()));
  EXPECT_EQ(Layout(c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp()), 5), "0 1 2 x 3");
  // What was negotiated stays as it is.
  const sdp::Description again = MustParse(c.a.CreateOffer());
  EXPECT_TRUE(again.groups.empty());
  EXPECT_EQ(again.media[4].ice_ufrag, "aaa3");
}

TEST(SessionBundleChangeTest, WithMaxBundleThereIsNeverASecondTransport) {
  Connected c("a", false, kMaxBundle);
  AddMedia(c.a, "vd");
  EXPECT_TRUE(c.a.SetLocal(SdpType::kOffer).transports.empty());
  EXPECT_EQ(MustParse(c.a.LocalSdp()).groups.at(0).mids, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(Layout(c.b.Answer(c.a.LocalSdp()), 3), "0 0 0");
  EXPECT_EQ(Layout(c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp()), 3), "0 0 0");
}

TEST(SessionBundleChangeTest, ATransportEndsWithItsSectionAndItsIndexIsUsedAgain) {
  Connected c("avd", false);
  ASSERT_TRUE(c.a.session->StopTransceiver(c.a.session->transceivers()[1].id).ok());
  EXPECT_TRUE(c.a.SetLocal(SdpType::kOffer).transports.empty());
  EXPECT_EQ(c.b.Answer(c.a.LocalSdp()).closed_transports, std::vector<size_t>{1});
  const ApplyResult ended = c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
  EXPECT_EQ(ended.closed_transports, std::vector<size_t>{1});
  EXPECT_EQ(ended.transports.size(), 2u);
  // What was still on its way.
  EXPECT_FALSE(c.a.session->AddLocalCandidate(1, HostCandidate("192.0.2.9", 9)).ok());
  AddMedia(c.a, "v");
  const ApplyResult offered = c.a.SetLocal(SdpType::kOffer);
  ASSERT_EQ(offered.transports.size(), 1u);
  EXPECT_EQ(offered.transports[0].transport_index, 1u);
  EXPECT_EQ(offered.transports[0].mids, std::vector<std::string>{"3"});
  EXPECT_TRUE(offered.transports[0].start_gathering);
  EXPECT_EQ(MustParse(c.a.LocalSdp()).media.size(), 3u);
  const ApplyResult answered = c.b.Answer(c.a.LocalSdp());
  EXPECT_FALSE(ActionOf(answered, 1).remote->restart);
  c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
  EXPECT_EQ(c.a.transports.size(), 3u);
}

// RFC 9143 section 7.5: the offerer changes its groups.
TEST(SessionBundleChangeTest, AnOfferMayJoinAndDivideTransports) {
  struct Row {
    std::vector<std::string> before, after;
    const char* was;
    const char* is;
    std::vector<size_t> closed;
  };
  for (const Row& row : std::vector<Row>{
           {{}, {"0 1 2"}, "0 1 2", "0 0 0", {1, 2}},
           {{}, {"2 1"}, "0 1 2", "0 2 2", {1}},
           {{"0 1 2"}, {}, "0 0 0", "0 1 2", {}},
           {{"0 1 2"}, {"0 2"}, "0 0 0", "0 1 0", {}},
           {{"0 1 2"}, {"1 2"}, "0 0 0", "0 1 1", {}},
           {{"0 1"}, {"1 2"}, "0 0 1", "0 1 1", {}},
           {{"0 1"}, {"0 2"}, "0 0 1", "0 2 0", {1}},
       }) {
    SCOPED_TRACE(std::string(row.was) + " to " + row.is);
    Peer a('a', {}, kMaxCompat), b('b', {}, kMaxCompat);
    AddMedia(a, "avd");
    const std::string offer = a.CreateOffer();
    EXPECT_EQ(Layout(b.Answer(WithGroups(offer, row.before)), 3), row.was);
    b.SetRemote(SdpType::kOffer, WithGroups(offer, row.after));
    // A pranswer ends nothing: the answer may decide otherwise.
    EXPECT_TRUE(b.SetLocal(SdpType::kPranswer).closed_transports.empty());
    const ApplyResult result = b.SetLocal(SdpType::kAnswer);
    EXPECT_EQ(Layout(result, 3), row.is);
    EXPECT_EQ(result.closed_transports, row.closed);
  }
}

TEST(SessionBundleChangeTest, WhoGoesOnWithTheCredentialsKeepsTheTransport) {
  Peer a('a', {}, kMaxCompat), b('b', {}, kMaxCompat);
  AddMedia(a, "av");
  const std::string offer = WithGroups(a.CreateOffer(), {});  // aaa0 and aaa1.
  const std::string bundled = WithGroups(offer, {"0 1"});
  EXPECT_EQ(Layout(b.Answer(bundled), 2), "0 0");
  // The section that led moves out with new credentials; the other goes on with the old ones.
  const std::string password = "\r\na=ice-pwd:" + std::string(23, 'a');
  const std::string moved =
      Replace(Replace(offer, "a=ice-ufrag:aaa0", "a=ice-ufrag:new0"),
              "a=ice-ufrag:aaa1" + password + "1", "a=ice-ufrag:aaa0" + password + "0");
  const ApplyResult result = b.Answer(moved);
  EXPECT_EQ(Layout(result, 2), "1 0");
  for (const TransportAction& action : result.transports) EXPECT_FALSE(action.remote->restart);
}

TEST(SessionBundleChangeTest, APranswerMayBundleWhatTheAnswerDoesNot) {
  Peer a('a', {}, kBalanced), early('b'), late('b', {}, kMaxCompat);
  AddMedia(a, "av");
  a.SetLocal(SdpType::kOffer);
  early.Answer(a.LocalSdp());
  const ApplyResult provisional = a.SetRemote(SdpType::kPranswer, early.LocalSdp());
  EXPECT_EQ(Layout(provisional, 2), "0 0");
  EXPECT_TRUE(provisional.closed_transports.empty());
  late.Answer(Unbundled(a.LocalSdp()));
  const ApplyResult final = a.SetRemote(SdpType::kAnswer, late.LocalSdp());
  EXPECT_EQ(Layout(final, 2), "0 1");
  EXPECT_TRUE(final.closed_transports.empty());
}

TEST(SessionBundleChangeTest, ARestartOfOursIsOneOfEveryTransport) {
  Connected c("av", false);
  ASSERT_TRUE(c.a.session->RestartIce().ok());
  const ApplyResult offered = c.a.SetLocal(SdpType::kOffer);
  ASSERT_EQ(offered.transports.size(), 2u);
  const ApplyResult answered = c.b.Answer(c.a.LocalSdp());
  const ApplyResult applied = c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
  for (size_t t : {0, 1}) {
    EXPECT_EQ(offered.transports[t].local_ice.ufrag, "aaa" + std::to_string(t + 2));
    EXPECT_TRUE(ActionOf(answered, t).remote->restart);
    EXPECT_TRUE(ActionOf(answered, t).start_gathering);
    EXPECT_TRUE(ActionOf(applied, t).remote->restart);
  }
  EXPECT_FALSE(c.a.session->negotiation_needed());
}

TEST(SessionBundleChangeTest, ThePeerMayRestartOneTransport) {
  Connected c("av", false);
  c.a.SetLocal(SdpType::kOffer);
  const ApplyResult answered =
      c.b.Answer(Replace(c.a.LocalSdp(), "a=ice-ufrag:aaa1", "a=ice-ufrag:new1"));
  EXPECT_FALSE(ActionOf(answered, 0).remote->restart);
  EXPECT_EQ(ActionOf(answered, 0).local_ice.ufrag, "bbb0");
  EXPECT_TRUE(ActionOf(answered, 1).remote->restart);
  EXPECT_TRUE(ActionOf(answered, 1).start_gathering);
  EXPECT_EQ(ActionOf(answered, 1).local_ice.ufrag, "bbb2");
  // That is an answer which restarts what the offer did not.
  ExpectError(
      c.a.session->SetRemoteDescription({.type = SdpType::kAnswer, .sdp = c.b.LocalSdp()}).status(),
      ErrorReason::SDP_SEMANTICS, "InvalidAccessError",
      MustParse(c.b.LocalSdp()).media[1].line.number);
}

TEST(SessionBundleChangeTest, AnotherCertificateIsANewAssociationOfItsTransportAlone) {
  Connected c("av", false);
  const std::string offer = c.a.CreateOffer();
  const size_t video = offer.find("m=video");
  const ApplyResult answered =
      c.b.Answer(offer.substr(0, video) + Replace(offer.substr(video), "sha-256 A7", "sha-256 B8"));
  EXPECT_FALSE(ActionOf(answered, 0).remote->new_association);
  EXPECT_TRUE(ActionOf(answered, 1).remote->new_association);
}

TEST(SessionBundleChangeTest, ARollbackEndsWhatTheOfferMadeButTheFirst) {
  Peer a('a', {}, kBalanced);
  AddMedia(a, "avd");
  a.SetLocal(SdpType::kOffer);
  EXPECT_FALSE(a.session->AddLocalCandidate(3, HostCandidate("192.0.2.9", 9)).ok());
  const ApplyResult result = a.SetLocal(SdpType::kRollback);
  EXPECT_EQ(result.closed_transports, (std::vector<size_t>{1, 2}));
  EXPECT_TRUE(result.transports.empty());
  EXPECT_FALSE(a.session->AddLocalCandidate(1, HostCandidate("192.0.2.9", 9)).ok());
  // The first goes on; the others are new.
  const ApplyResult again = a.SetLocal(SdpType::kOffer);
  ASSERT_EQ(again.transports.size(), 2u);
  EXPECT_EQ(again.transports[0].transport_index, 1u);
  EXPECT_EQ(OfferedLayout(MustParse(a.LocalSdp())), "0 3 4");
}

TEST(SessionBundleChangeTest, ARollbackLeavesWhatWasNegotiatedBefore) {
  Connected c("av", false);
  AddMedia(c.a, "ad");
  ASSERT_TRUE(c.a.session->RestartIce().ok());
  EXPECT_EQ(c.a.SetLocal(SdpType::kOffer).transports.size(), 4u);
  const ApplyResult result = c.a.SetLocal(SdpType::kRollback);
  EXPECT_EQ(result.closed_transports, (std::vector<size_t>{2, 3}));
  ASSERT_EQ(result.transports.size(), 2u);
  for (size_t t : {0, 1}) {
    EXPECT_TRUE(result.transports[t].cancel_restart);
    EXPECT_EQ(result.transports[t].transport_index, t);
    EXPECT_EQ(result.transports[t].mids, std::vector<std::string>{std::to_string(t)});
    EXPECT_EQ(result.transports[t].local_ice.ufrag, "aaa" + std::to_string(t));
  }
}

TEST(SessionBundleChangeTest, GlareEndsTheTransportsOfTheOfferThatGivesWay) {
  Peer a('a', {}, kBalanced), b('b', {}, kBalanced);
  AddMedia(a, "av");
  AddMedia(b, "av");
  a.SetLocal(SdpType::kOffer);
  b.SetLocal(SdpType::kOffer);
  const ApplyResult rolled = a.SetRemote(SdpType::kOffer, b.LocalSdp());
  EXPECT_TRUE(rolled.rolled_back);
  EXPECT_EQ(rolled.closed_transports, std::vector<size_t>{1});
  const ApplyResult answered = a.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(Layout(answered, 2), "0 0");
  EXPECT_TRUE(answered.closed_transports.empty());
  EXPECT_EQ(b.SetRemote(SdpType::kAnswer, a.LocalSdp()).closed_transports, std::vector<size_t>{1});
}

TEST(SessionBundleChangeTest, ASecondOfferBeforeTheAnswerKeepsTheTransportsOfTheFirst) {
  Peer a('a', {}, kBalanced);
  AddMedia(a, "av");
  a.SetLocal(SdpType::kOffer);
  AddMedia(a, "vd");
  const ApplyResult again = a.SetLocal(SdpType::kOffer);
  ASSERT_EQ(again.transports.size(), 1u);
  EXPECT_EQ(again.transports[0].transport_index, 2u);
  EXPECT_EQ(OfferedLayout(MustParse(a.LocalSdp())), "0 1 - 2");
}

TEST(SessionBundleChangeTest, WhatLedAnOfferMayEndBeforeItsAnswer) {
  Peer a('a', {}, kBalanced), b('b', {}, kMaxCompat);
  AddMedia(a, "avv");
  a.SetLocal(SdpType::kOffer);
  ASSERT_TRUE(a.session->StopTransceiver(a.session->transceivers()[0].id).ok());
  a.SetLocal(SdpType::kOffer);
  const sdp::Description offer = MustParse(a.LocalSdp());
  EXPECT_EQ(offer.groups.at(0).mids, (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(offer.media[2].bundle_only);
  EXPECT_EQ(offer.media[2].ice_ufrag, "aaa1");
  b.Answer(a.LocalSdp());
  const ApplyResult applied = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_EQ(Layout(applied, 3), "x 1 1");
  EXPECT_EQ(applied.closed_transports, std::vector<size_t>{0});
}

// Many peers have one transport for good, and it is not given up for another.
TEST(SessionBundleChangeTest, WhenAllSectionsEndAtOnceTheFirstNewOneGoesOnWithTheirTransport) {
  for (const bool bundled : {true, false}) {
    Connected c("av", bundled);
    for (const Transceiver& t : std::vector<Transceiver>(c.a.session->transceivers())) {
      ASSERT_TRUE(c.a.session->StopTransceiver(t.id).ok());
    }
    AddMedia(c.a, "av");
    const ApplyResult offered = c.a.SetLocal(SdpType::kOffer);
    EXPECT_EQ(ActionOf(offered, 0).mids, std::vector<std::string>{"2"});
    const ApplyResult answered = c.b.Answer(bundled ? c.a.LocalSdp() : Unbundled(c.a.LocalSdp()));
    const ApplyResult applied = c.a.SetRemote(SdpType::kAnswer, c.b.LocalSdp());
    for (const ApplyResult* result : {&answered, &applied}) {
      EXPECT_EQ(Layout(*result, 4), bundled ? "x x 0 0" : "x x 0 2");
      // Our full agent has restarted (decision 11).
      EXPECT_TRUE(ActionOf(*result, 0).remote->restart);
      EXPECT_FALSE(ActionOf(*result, 0).remote->new_association);
    }
    EXPECT_EQ(c.a.transports, (bundled ? std::set<size_t>{0} : std::set<size_t>{0, 2}));
    EXPECT_EQ(c.b.transports, c.a.transports);
  }
}

// A full agent gathers anew for the section that leads now (decision 11), on that transport alone.
TEST(SessionBundleChangeTest, TheEndOfALeadingSectionConcernsItsTransport) {
  Peer a('a', {}, kMaxCompat), b('b', {}, kMaxCompat);
  AddMedia(a, "avav");
  a.SetLocal(SdpType::kOffer);
  b.Answer(WithGroups(a.LocalSdp(), {"0 1"}));
  EXPECT_EQ(Layout(a.SetRemote(SdpType::kAnswer, b.LocalSdp()), 4), "0 0 2 3");
  ASSERT_TRUE(a.session->StopTransceiver(a.session->transceivers()[0].id).ok());
  const ApplyResult offered = a.SetLocal(SdpType::kOffer);
  ASSERT_EQ(offered.transports.size(), 1u);
  EXPECT_EQ(offered.transports[0].transport_index, 0u);
  EXPECT_EQ(offered.transports[0].mids, std::vector<std::string>{"1"});
  EXPECT_EQ(offered.transports[0].local_ice.ufrag, "aaa4");
}

}  // namespace
}  // namespace pcd::jsep
