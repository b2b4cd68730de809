// Candidates of both ends where sections have transports of their own.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/jsep/bundle_testing.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

constexpr char kFirst[] = "candidate:1 1 udp 2122260223 192.0.2.7 46243 typ host";
constexpr char kSecond[] = "candidate:2 1 udp 2122260223 192.0.2.8 46243 typ host";

IceCandidateInit Init(const std::string& candidate, const std::string& mid,
                      const std::string& ufrag = {}) {
  return {.candidate = candidate, .sdp_mid = mid, .username_fragment = ufrag};
}

// An offer of audio, video and data by `a`, each with a transport.
struct Offered {
  Offered() {
    AddMedia(a, "avd");
    a.SetLocal(SdpType::kOffer);
    for (size_t t : {0, 1, 2}) Gather(t);
  }
  IceCandidateInit Gather(size_t transport) {
    const std::string address = "192.0.2.1" + std::to_string(transport);
    const uint16_t port = static_cast<uint16_t>(5000 + transport);
    const auto init = a.session->AddLocalCandidate(transport, HostCandidate(address, port));
    EXPECT_TRUE(init.ok()) << init.status();
    return init.ok() ? *init : IceCandidateInit{};
  }
  Peer a{'a', {}, BundlePolicy::kBalanced};
  Peer b{'b', {}, BundlePolicy::kMaxCompat};
};

TEST(BundleCandidatesTest, EachTransportHasItsOwnInTheSectionThatLeadsIt) {
  Offered o;
  for (size_t t : {0, 1, 2}) {
    const auto end = o.a.session->SetLocalGatheringComplete(t);
    ASSERT_TRUE(end.ok());
    EXPECT_EQ(end->sdp_mid, std::to_string(t));
    EXPECT_EQ(end->sdp_mline_index, t);
    EXPECT_EQ(end->username_fragment, "aaa" + std::to_string(t));
    const sdp::MediaSection section = MustParse(o.a.LocalSdp()).media[t];
    ASSERT_EQ(section.candidates.size(), 1u);
    EXPECT_EQ(section.candidates[0].port, 5000 + t);
    EXPECT_EQ(section.port, 5000 + t);
    EXPECT_EQ(section.connection, "IN IP4 192.0.2.1" + std::to_string(t));
    EXPECT_TRUE(section.end_of_candidates);
  }
}

TEST(BundleCandidatesTest, ThePeerTakesThemApart) {
  Offered o;
  const ApplyResult unbundled = o.b.Answer(Unbundled(o.a.LocalSdp()));
  ASSERT_EQ(unbundled.transports.size(), 3u);
  for (size_t t : {0, 1, 2}) {
    ASSERT_EQ(unbundled.transports[t].remote->candidates.size(), 1u);
    EXPECT_EQ(unbundled.transports[t].remote->candidates[0].port, 5000 + t);
  }
  // Bundled, those of the other sections are of transports that have ended.
  Peer c('c');
  const ApplyResult bundled = c.Answer(o.a.LocalSdp());
  ASSERT_EQ(bundled.transports.size(), 1u);
  ASSERT_EQ(bundled.transports[0].remote->candidates.size(), 1u);
  EXPECT_EQ(bundled.transports[0].remote->candidates[0].port, 5000);
}

TEST(BundleCandidatesTest, AfterTheAnswerOnlyTheTransportThatIsLeftHasMore) {
  Offered o;
  o.b.Answer(o.a.LocalSdp());
  o.a.SetRemote(SdpType::kAnswer, o.b.LocalSdp());
  EXPECT_FALSE(o.a.session->AddLocalCandidate(1, HostCandidate("192.0.2.9", 9)).ok());
  const auto late = o.a.session->AddLocalCandidate(0, HostCandidate("192.0.2.9", 9));
  ASSERT_TRUE(late.ok());
  EXPECT_EQ(late->sdp_mid, "0");
  EXPECT_EQ(MustParse(o.a.LocalSdp()).media[0].candidates.size(), 2u);
  // A later offer has the address of what leads everywhere, its candidates there alone.
  const sdp::Description offer = MustParse(o.a.CreateOffer());
  for (size_t i : {0, 1, 2}) {
    EXPECT_EQ(offer.media[i].port, 5000);
    EXPECT_EQ(offer.media[i].ice_ufrag, "aaa0");
    EXPECT_EQ(offer.media[i].candidates.size(), i == 0 ? 2u : 0u);
  }
}

TEST(BundleCandidatesTest, WhenAnotherSectionLeadsItsTransportHasTheCandidates) {
  Offered o;
  o.b.Answer(WithGroups(o.a.LocalSdp(), {"1 0 2"}));
  o.a.SetRemote(SdpType::kAnswer, o.b.LocalSdp());
  const IceCandidateInit late = o.Gather(1);
  EXPECT_EQ(late.sdp_mid, "1");
  EXPECT_EQ(late.username_fragment, "aaa1");
  EXPECT_FALSE(o.a.session->AddLocalCandidate(0, HostCandidate("192.0.2.9", 9)).ok());
}

TEST(BundleCandidatesTest, TheRemotesFindTheTransportOfTheirSection) {
  Offered o;
  o.b.Answer(Unbundled(o.a.LocalSdp()));
  o.a.SetRemote(SdpType::kAnswer, o.b.LocalSdp());
  for (size_t t : {0, 1, 2}) {
    const std::string mid = std::to_string(t);
    const auto added = o.a.session->AddRemoteCandidate(Init(kFirst, mid, "bbb" + mid));
    ASSERT_TRUE(added.ok()) << added.status();
    EXPECT_TRUE(added->deliver);
    EXPECT_EQ(added->transport_index, t);
    EXPECT_TRUE(added->more_transports.empty());
    const auto end = o.a.session->AddRemoteCandidate(Init("", mid));
    EXPECT_TRUE(end->deliver);
    EXPECT_EQ(end->transport_index, t);
  }
  EXPECT_FALSE(o.a.session->AddRemoteCandidate(Init(kFirst, "0", "bbb1")).ok());
}

TEST(BundleCandidatesTest, AnEndWithoutASectionIsForEveryTransport) {
  Offered o;
  o.b.Answer(Unbundled(o.a.LocalSdp()));
  o.a.SetRemote(SdpType::kAnswer, o.b.LocalSdp());
  const auto end = o.a.session->AddRemoteCandidate({});
  ASSERT_TRUE(end.ok());
  EXPECT_TRUE(end->deliver);
  EXPECT_EQ(end->transport_index, 0u);
  EXPECT_EQ(end->more_transports, (std::vector<size_t>{1, 2}));
}

TEST(BundleCandidatesTest, ThoseOfASectionThatHasMovedAreKeptButNotDelivered) {
  Offered o;
  o.b.Answer(o.a.LocalSdp());
  // Its own credentials: gathered before the answer said that it is bundled.
  const auto moved = o.b.session->AddRemoteCandidate(Init(kFirst, "1", "aaa1"));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_FALSE(moved->deliver);
  const auto stays = o.b.session->AddRemoteCandidate(Init(kFirst, "0", "aaa0"));
  EXPECT_TRUE(stays->deliver);
  EXPECT_EQ(stays->transport_index, 0u);
}

TEST(BundleCandidatesTest, BeforeTheAnswerTheyWaitForTheirTransport) {
  Offered o;
  o.b.SetRemote(SdpType::kOffer, Unbundled(o.a.LocalSdp()));
  EXPECT_FALSE(o.b.session->AddRemoteCandidate(Init(kFirst, "0", "aaa0"))->deliver);
  EXPECT_FALSE(o.b.session->AddRemoteCandidate(Init(kSecond, "1", "aaa1"))->deliver);
  const ApplyResult answered = o.b.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(answered.transports.at(0).remote->candidates.back().address, "192.0.2.7");
  EXPECT_EQ(answered.transports.at(1).remote->candidates.back().address, "192.0.2.8");
  EXPECT_EQ(answered.transports.at(2).remote->candidates.size(), 1u);
}

TEST(BundleCandidatesTest, TheLimitIsForTheWholeConnection) {
  Options options;
  options.limits.max_candidates = 2;
  Peer peer('a', options, BundlePolicy::kMaxCompat);
  AddMedia(peer, "avd");
  peer.SetLocal(SdpType::kOffer);
  for (size_t t : {0, 1}) {
    EXPECT_TRUE(peer.session->AddLocalCandidate(t, HostCandidate("192.0.2.1", 1)).ok());
  }
  ExpectError(peer.session->AddLocalCandidate(2, HostCandidate("192.0.2.1", 1)).status(),
              ErrorReason::LIMIT_EXCEEDED, "OperationError");
}

}  // namespace
}  // namespace pcd::jsep
