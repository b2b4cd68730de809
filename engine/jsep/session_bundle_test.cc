// Bundle policies (RFC 9429 sections 4.1.1, 5.2.1 and 5.3.1; RFC 9143 section 7): which sections of
// an offer and of an answer share a transport. A rule a row.
#include <gtest/gtest.h>

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

// RFC 9429 section 5.2.1.
TEST(SessionBundleTest, AFirstOfferHasTheTransportsThatThePolicySays) {
  struct Row {
    BundlePolicy policy;
    const char* media;     // a: audio, v: video, d: data, in the order of the sections.
    const char* expected;  // By section: the transport it has, or - for bundle-only.
  };
  for (const Row& row : {
           Row{kMaxBundle, "a", "0"},
           Row{kMaxBundle, "avad", "0 - - -"},
           Row{kMaxBundle, "vd", "0 -"},
           Row{kBalanced, "a", "0"},
           Row{kBalanced, "avd", "0 1 2"},
           Row{kBalanced, "avad", "0 1 - 2"},
           Row{kBalanced, "aavv", "0 - 1 -"},
           Row{kBalanced, "vvvd", "0 - - 1"},
           Row{kBalanced, "d", "0"},
           Row{kMaxCompat, "a", "0"},
           Row{kMaxCompat, "avad", "0 1 2 3"},
           Row{kMaxCompat, "aa", "0 1"},
       }) {
    SCOPED_TRACE(std::string(row.media) + " by policy " +
                 std::to_string(static_cast<int>(row.policy)));
    Peer peer('a', {}, row.policy);
    AddMedia(peer, row.media);
    const ApplyResult result = peer.SetLocal(SdpType::kOffer);
    const sdp::Description offer = MustParse(peer.LocalSdp());
    EXPECT_EQ(OfferedLayout(offer), row.expected);
    // All in one group, which a section with a transport leads.
    ASSERT_EQ(offer.groups.size(), 1u);
    EXPECT_EQ(offer.groups[0].mids.size(), offer.media.size());
    EXPECT_EQ(offer.groups[0].mids[0], "0");
    EXPECT_FALSE(offer.media[0].bundle_only);
    EXPECT_EQ(result.transports.size(), peer.transports.size());
    for (const TransportAction& action : result.transports) {
      EXPECT_TRUE(action.start_gathering);
      EXPECT_EQ(action.ice_role, IceRole::kControlling);
      EXPECT_FALSE(action.remote.has_value());
    }
  }
}

// How the other end takes our offer: what it is made of before it is answered.
struct Path {
  const char* name;
  std::string (*change)(std::string);
};

std::string AsItIs(std::string offer) { return offer; }
// A peer that knows no BUNDLE knows no bundle-only either: port zero is a refusal.
std::string WithoutBundle(std::string offer) { return Unbundled(std::move(offer)); }
std::string WithoutVideo(std::string offer) { return WithGroups(std::move(offer), {"0 2 3"}); }
std::string WithoutData(std::string offer) { return WithGroups(std::move(offer), {"0 1 2"}); }
std::string VideoLeads(std::string offer) { return WithGroups(std::move(offer), {"1 0 2 3"}); }

// RFC 9143 section 7.4 and RFC 9429 section 5.11. The offer has audio, video, audio and data.
TEST(SessionBundleTest, TheAnswerDecidesWhichTransportsRemain) {
  struct Row {
    BundlePolicy policy;
    Path path;
    const char* expected;  // By section: its transport, x for one that is rejected.
    std::vector<size_t> closed;
  };
  const Path bundled{"bundled", AsItIs}, legacy{"no BUNDLE", WithoutBundle};
  const Path no_video{"video left out", WithoutVideo}, no_data{"data left out", WithoutData};
  const Path video{"video leads", VideoLeads};
  for (const Row& row : std::vector<Row>{
           {kMaxBundle, bundled, "0 0 0 0", {}},
           {kMaxBundle, legacy, "0 x x x", {}},
           {kMaxBundle, no_video, "0 x 0 0", {}},
           {kBalanced, bundled, "0 0 0 0", {1, 2}},
           {kBalanced, legacy, "0 1 x 2", {}},
           {kBalanced, no_video, "0 1 0 0", {2}},
           {kBalanced, no_data, "0 0 0 2", {1}},
           {kBalanced, video, "1 1 1 1", {0, 2}},
           {kMaxCompat, bundled, "0 0 0 0", {1, 2, 3}},
           {kMaxCompat, legacy, "0 1 2 3", {}},
           {kMaxCompat, no_video, "0 1 0 0", {2, 3}},
           {kMaxCompat, no_data, "0 0 0 3", {1, 2}},
           {kMaxCompat, video, "1 1 1 1", {0, 2, 3}},
       }) {
    SCOPED_TRACE(std::string(row.path.name) + " by policy " +
                 std::to_string(static_cast<int>(row.policy)));
    Peer a('a', {}, row.policy), b('b', {}, kMaxCompat);
    AddMedia(a, "avad");
    a.SetLocal(SdpType::kOffer);
    b.Answer(row.path.change(a.LocalSdp()));
    const ApplyResult result = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
    EXPECT_EQ(Layout(result, 4), row.expected);
    EXPECT_EQ(result.closed_transports, row.closed);
    for (const TransportAction& action : result.transports) {
      EXPECT_FALSE(action.start_gathering);
      EXPECT_EQ(action.remote->ice.ufrag, UfragOf(b.LocalSdp(), action.mids.front()));
      EXPECT_EQ(action.local_ice.ufrag, UfragOf(a.LocalSdp(), action.mids.front()));
      EXPECT_EQ(action.remote->dtls_role, DtlsRole::kClient);
    }
  }
}

// RFC 9143 sections 7.3 and 7.3.2.
TEST(SessionBundleTest, AnAnswerMayNotTakeApartWhatHasOneTransport) {
  struct Row {
    BundlePolicy policy;
    std::vector<std::string> groups;
    ErrorReason reason;
  };
  for (const Row& row : std::vector<Row>{
           {kMaxBundle, {}, ErrorReason::UNSUPPORTED_SDP},
           {kMaxBundle, {"0 1 2"}, ErrorReason::UNSUPPORTED_SDP},
           {kMaxBundle, {"0 1", "2 3"}, ErrorReason::UNSUPPORTED_SDP},
           {kBalanced, {}, ErrorReason::UNSUPPORTED_SDP},         // Section 2 is bundle-only.
           {kBalanced, {"0 1 3"}, ErrorReason::UNSUPPORTED_SDP},  // The same.
           {kBalanced, {"0 1", "2 3"}, ErrorReason::UNSUPPORTED_SDP},
           {kMaxCompat, {"0 1", "2 3"}, ErrorReason::SDP_SEMANTICS},
       }) {
    Peer a('a', {}, row.policy), b('b');
    AddMedia(a, "avad");
    a.SetLocal(SdpType::kOffer);
    b.Answer(a.LocalSdp());
    const auto status = a.session
                            ->SetRemoteDescription({.type = SdpType::kAnswer,
                                                    .sdp = WithGroups(b.LocalSdp(), row.groups)})
                            .status();
    EXPECT_EQ(ErrorReasonName(GetErrorReason(status)), ErrorReasonName(row.reason)) << status;
    EXPECT_EQ(GetErrorDetail(status).rule,
              row.reason == ErrorReason::SDP_SEMANTICS ? "RFC 9143, 7.3" : "RFC 9143, 7.3.2")
        << status;
    EXPECT_EQ(a.session->signaling_state(), SignalingState::kHaveLocalOffer);
    a.SetRemote(SdpType::kAnswer, b.LocalSdp());  // The right one still works.
  }
}

TEST(SessionBundleTest, AnAnswerMayNotBundleAcrossGroups) {
  Peer a('a', {}, kMaxCompat), b('b', {}, kMaxCompat);
  AddMedia(a, "av");
  a.SetLocal(SdpType::kOffer);
  b.Answer(Unbundled(a.LocalSdp()));
  a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  a.SetLocal(SdpType::kOffer);  // Without a group now.
  EXPECT_TRUE(MustParse(a.LocalSdp()).groups.empty());
  b.Answer(a.LocalSdp());
  ExpectError(a.session
                  ->SetRemoteDescription(
                      {.type = SdpType::kAnswer, .sdp = WithGroups(b.LocalSdp(), {"0 1"})})
                  .status(),
              ErrorReason::SDP_SEMANTICS, "InvalidAccessError", 5);
}

// RFC 9429 section 5.3.1. The offers have a transport for each section.
TEST(SessionBundleTest, AnAnswerBundlesAsOfferedAndRefusesByPolicy) {
  struct Row {
    BundlePolicy policy;
    const char* media;
    std::vector<std::string> groups;
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{
           {kMaxBundle, "avad", {"0 1 2 3"}, "0 0 0 0"},
           {kMaxBundle, "avad", {}, "0 x x x"},
           {kMaxBundle, "avad", {"1 2 3"}, "0 x x x"},
           {kMaxBundle, "avad", {"0 2", "1 3"}, "0 x 0 x"},
           {kBalanced, "avad", {"0 1 2 3"}, "0 0 0 0"},
           {kBalanced, "avad", {}, "0 1 x 2"},
           {kBalanced, "aavv", {}, "0 x 1 x"},
           {kBalanced, "avad", {"0 2", "1 3"}, "0 1 0 1"},
           {kBalanced, "avad", {"1 2 3"}, "0 1 x 1"},
           {kBalanced, "aavv", {"0 1", "2 3"}, "0 0 1 1"},
           {kBalanced, "aavv", {"0 2", "1 3"}, "0 x 0 x"},
           {kMaxCompat, "avad", {"0 1 2 3"}, "0 0 0 0"},
           {kMaxCompat, "avad", {}, "0 1 2 3"},
           {kMaxCompat, "avad", {"1 2 3"}, "0 1 1 1"},
           {kMaxCompat, "aavv", {"0 3", "1 2"}, "0 1 1 0"},
           {kMaxCompat, "aavv", {"3 0"}, "0 1 2 0"},
       }) {
    SCOPED_TRACE(std::string(row.media) + " by policy " +
                 std::to_string(static_cast<int>(row.policy)) + ", expected " + row.expected);
    Peer a('a', {}, kMaxCompat), b('b', {}, row.policy);
    AddMedia(a, row.media);
    const std::string offer = WithGroups(a.CreateOffer(), row.groups);
    const ApplyResult result = b.Answer(offer);
    EXPECT_EQ(Layout(result, 4), row.expected);
    // The answer's groups are those of the offer, without what is rejected.
    const sdp::Description answer = MustParse(b.LocalSdp());
    EXPECT_EQ(answer.groups.size(), GroupsLeft(offer, answer));
    for (const TransportAction& action : result.transports) {
      EXPECT_TRUE(action.start_gathering);
      const sdp::Group* group = FindGroup(answer, action.mids.front());
      if (group != nullptr) {
        EXPECT_EQ(group->mids, action.mids);
      } else {
        EXPECT_EQ(action.mids.size(), 1u);
      }
      EXPECT_EQ(action.remote->ice.ufrag, UfragOf(offer, action.mids.front()));
      for (const std::string& mid : action.mids) {
        EXPECT_EQ(UfragOf(b.LocalSdp(), mid), action.local_ice.ufrag);
      }
    }
  }
}

// What is in use comes first: a new use of a place in front ends nothing.
TEST(SessionBundleTest, TheFirstOfAKindIsTheOneInUse) {
  Peer a('a', {}, kMaxCompat), b('b', {}, kBalanced);
  AddMedia(a, "va");
  const std::string video = a.session->transceivers()[0].id;
  a.SetLocal(SdpType::kOffer);
  EXPECT_EQ(Layout(b.Answer(Unbundled(a.LocalSdp())), 2), "0 1");
  a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  ASSERT_TRUE(a.session->StopTransceiver(video).ok());
  const Negotiated stopped = Negotiate(a, b);
  EXPECT_EQ(stopped.offerer.closed_transports, std::vector<size_t>{0});
  EXPECT_EQ(stopped.answerer.closed_transports, std::vector<size_t>{0});
  AddMedia(a, "a");
  a.SetLocal(SdpType::kOffer);
  const ApplyResult result = b.Answer(Unbundled(a.LocalSdp()));
  ASSERT_EQ(MustParse(b.LocalSdp()).media.size(), 2u);
  EXPECT_TRUE(MustParse(b.LocalSdp()).media[0].IsRejected());
  ASSERT_EQ(result.transports.size(), 1u);
  EXPECT_EQ(result.transports[0].transport_index, 1u);
  EXPECT_EQ(result.transports[0].mids, std::vector<std::string>{"1"});
}

TEST(SessionBundleTest, BundleOnlyWithoutAGroupIsRefused) {
  Peer a('a', {}, kBalanced), b('b', {}, kMaxCompat);
  AddMedia(a, "aav");
  const std::string offer = WithGroups(a.CreateOffer(), {"0 2"});
  EXPECT_EQ(Layout(b.Answer(offer), 3), "0 x 0");
  EXPECT_STREQ((*b.session->record())[1].section.rule, "bundle-only-without-group");
}

// Generated mids, no group: the first sections of the answer have their own transports.
TEST(SessionBundleTest, OffersOfLegacyEndpointsAreAnswered) {
  const std::string offer = ReadSample("unbundled_sip_offer.sdp");
  for (const BundlePolicy policy : {kBalanced, kMaxCompat}) {
    Peer peer('z', {}, policy);
    const ApplyResult result = peer.Answer(offer);
    EXPECT_EQ(Layout(result, 3), "0 1 x");
    ASSERT_EQ(result.transports.size(), 2u);
    EXPECT_EQ(result.transports[0].remote->ice.ufrag, "sip1");
    EXPECT_EQ(result.transports[1].remote->ice.ufrag, "sip2");
    const sdp::Description answer = MustParse(peer.LocalSdp());
    EXPECT_TRUE(answer.groups.empty());
    for (const sdp::MediaSection& section : answer.media) EXPECT_TRUE(section.mid.empty());
    EXPECT_NE(answer.media[0].ice_ufrag, answer.media[1].ice_ufrag);
    const auto init = peer.session->AddLocalCandidate(1, HostCandidate("192.0.2.1", 5000));
    ASSERT_TRUE(init.ok());
    EXPECT_EQ(init->sdp_mid, std::nullopt);
    EXPECT_EQ(init->sdp_mline_index, 1);
  }
}

TEST(SessionBundleTest, TheLimitOfTransportsHolds) {
  Options options;
  options.limits.max_transports = 2;
  Peer a('a', {}, kMaxCompat), b('b', options, kMaxCompat);
  AddMedia(a, "avad");
  EXPECT_EQ(Layout(b.Answer(Unbundled(a.CreateOffer())), 4), "0 1 x x");
  EXPECT_STREQ((*b.session->record())[3].section.rule, "too-many-transports");
  EXPECT_TRUE((*b.session->record())[2].codecs.empty());
  Peer c('c', options, kMaxCompat);
  AddMedia(c, "av");
  c.CreateOffer();
  AddMedia(c, "d");
  ExpectError(c.session->CreateOffer({}, c.transport_info).status(), ErrorReason::LIMIT_EXCEEDED,
              "OperationError");
}

TEST(SessionBundleTest, WhatIsMadeOfSectionsNamesTheirTransport) {
  Peer a('a', {}, kBalanced), b('b', {}, kBalanced);
  AddMedia(a, "avd");
  a.SetLocal(SdpType::kOffer);
  const ApplyResult answered = b.Answer(Unbundled(a.LocalSdp()));
  const ApplyResult applied = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  for (const ApplyResult* result : {&answered, &applied}) {
    for (size_t i : {0, 1}) {
      EXPECT_EQ(result->receivers->at(i).transport_index, i);
      EXPECT_EQ(result->senders->at(i).transport_index, i);
    }
    EXPECT_EQ(result->data->transport_index, 2u);
  }
  EXPECT_STREQ((*a.session->record())[1].section.rule, "accepted-unbundled");
  EXPECT_STREQ((*b.session->record())[1].section.rule, "accepted-unbundled");
  // The peer bundles after all: the data section is on another transport.
  Peer c('c', {}, kBalanced);
  AddMedia(c, "avd");
  c.SetLocal(SdpType::kOffer);
  const ApplyResult merged = b.Answer(c.LocalSdp());
  EXPECT_EQ(merged.closed_transports, (std::vector<size_t>{1, 2}));
  EXPECT_TRUE(merged.data_changed);
  EXPECT_EQ(merged.data->transport_index, 0u);
}

}  // namespace
}  // namespace pcd::jsep
