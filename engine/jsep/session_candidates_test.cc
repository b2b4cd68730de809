// Candidates of both ends.
#include <gtest/gtest.h>

#include "engine/jsep/session_testing.h"
#include "engine/sdp/candidate.h"

namespace pcd::jsep {
namespace {

constexpr char kHost[] = "candidate:1 1 udp 2122260223 192.0.2.7 46243 typ host generation 0";

IceCandidateInit Init(const std::string& candidate, const std::string& mid,
                      const std::string& ufrag = {}) {
  return {.candidate = candidate, .sdp_mid = mid, .username_fragment = ufrag};
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(LocalCandidatesTest, GoIntoTheDescriptionAndComeBackToBeSignalled) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  const auto init = peer.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 5000));
  ASSERT_TRUE(init.ok());
  EXPECT_EQ(*init,
            (IceCandidateInit{.candidate = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host "
                                           "ufrag aaa0",
                              .sdp_mid = "0",
                              .sdp_mline_index = 0,
                              .username_fragment = "aaa0"}));
  EXPECT_EQ(Count(peer.LocalSdp(), "a=" + init->candidate + "\r\n"), 1u);
  const auto end = peer.session->SetLocalGatheringComplete(0);
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->candidate, "");
  EXPECT_EQ(end->sdp_mid, "0");
  EXPECT_EQ(end->username_fragment, "aaa0");
  EXPECT_EQ(Count(peer.LocalSdp(), "a=end-of-candidates\r\n"), 1u);
}

TEST(LocalCandidatesTest, TheDefaultAddressIsTheOneMostLikelyToWork) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  const auto add = [&](Candidate candidate) {
    ASSERT_TRUE(peer.session->AddLocalCandidate(0, candidate).ok());
  };
  const auto line = [&] {
    const auto section = MustParse(peer.LocalSdp()).media[2];
    return section.connection + " " + std::to_string(section.port);
  };
  EXPECT_EQ(line(), "IN IP4 0.0.0.0 9");
  add(HostCandidate("0d1e2f.local", 4000));
  EXPECT_EQ(line(), "IN IP4 0.0.0.0 9");
  add(HostCandidate("2001:db8::1", 4001));
  EXPECT_EQ(line(), "IN IP6 2001:db8::1 4001");
  add(HostCandidate("192.0.2.1", 4002));
  EXPECT_EQ(line(), "IN IP4 192.0.2.1 4002");
  Candidate tcp = HostCandidate("192.0.2.2", 9);
  tcp.transport = "tcp";
  add(tcp);
  EXPECT_EQ(line(), "IN IP4 192.0.2.1 4002");
  Candidate relay = HostCandidate("198.51.100.1", 4003);
  relay.type = CandidateType::kRelay;
  add(relay);
  EXPECT_EQ(line(), "IN IP4 198.51.100.1 4003");
}

TEST(LocalCandidatesTest, ALaterOfferListsThoseOfTheRunningGeneration) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  Negotiate(a, b);
  ASSERT_TRUE(a.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 5000)).ok());
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kVideo, {}).ok());
  const auto offer = MustParse(a.CreateOffer());
  EXPECT_EQ(offer.media[0].candidates.size(), 1u);
  EXPECT_EQ(offer.media[0].port, 5000);
  EXPECT_EQ(offer.media[1].port, 0);  // bundle-only keeps its zero.
  EXPECT_TRUE(offer.media[1].candidates.empty());
}

TEST(LocalCandidatesTest, NoMidIsSignalledWhereTheOfferHadNone) {
  Peer peer;
  peer.Answer(ReadSample("unbundled_sip_offer.sdp"));
  const auto init = peer.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 5000));
  EXPECT_EQ(init->sdp_mid, std::nullopt);
  EXPECT_EQ(init->sdp_mline_index, 0);
  EXPECT_FALSE(Contains(peer.LocalSdp(), "a=mid"));
}

TEST(LocalCandidatesTest, AreRefusedTooEarlyTooManyAndForOtherTransports) {
  Options options;
  options.limits.max_candidates = 1;
  Peer peer('a', options);
  ExpectError(peer.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 1)).status(),
              ErrorReason::INVALID_STATE, "InvalidStateError");
  peer.Answer(ReadSample("chromium_offer.sdp"));
  EXPECT_TRUE(peer.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 1)).ok());
  ExpectError(peer.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 2)).status(),
              ErrorReason::LIMIT_EXCEEDED, "OperationError");
  ExpectError(peer.session->AddLocalCandidate(1, HostCandidate("192.0.2.1", 1)).status(),
              ErrorReason::INVALID_ARGUMENT, "TypeError");
}

TEST(RemoteCandidatesTest, EarlyOnesWaitForTheAnswerThenAreDelivered) {
  Peer peer;
  const std::string offer = ReadSample("chromium_offer.sdp");
  peer.SetRemote(SdpType::kOffer, offer);
  const auto early = peer.session->AddRemoteCandidate(Init(kHost, "0", "Zt4a"));
  ASSERT_TRUE(early.ok()) << early.status();
  EXPECT_FALSE(early->deliver);
  EXPECT_EQ(early->ufrag, "Zt4a");
  const auto result = peer.SetLocal(SdpType::kAnswer);
  ASSERT_EQ(result.transports.at(0).remote->candidates.size(), 1u);
  EXPECT_EQ(result.transports[0].remote->candidates[0].port, 46243);
  auto late = Init(kHost, "0");
  late.candidate = "candidate:2 1 udp 5 192.0.2.8 1 typ host";
  const auto added = peer.session->AddRemoteCandidate(late);
  ASSERT_TRUE(added.ok());
  EXPECT_TRUE(added->deliver);
  EXPECT_EQ(added->mid, "0");
  EXPECT_EQ(added->candidate->port, 1);
  // Both stand in the description, in their section, and the rest is as it was given.
  const std::string remote = peer.session->remote_description()->sdp;
  EXPECT_LT(remote.find(kHost), remote.find("m=video"));
  EXPECT_EQ(remote.size(), offer.size() + std::string(kHost).size() + late.candidate.size() + 8);
}

TEST(RemoteCandidatesTest, AreFoundByMidOrIndexAndInAnyBundledSection) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  IceCandidateInit by_index{.candidate = kHost, .sdp_mline_index = 1};
  EXPECT_EQ(peer.session->AddRemoteCandidate(by_index)->mid, "1");
  by_index.sdp_mid = "";
  by_index.sdp_mline_index = 2;
  const auto data = peer.session->AddRemoteCandidate(by_index);
  EXPECT_EQ(data->mid, "2");
  EXPECT_TRUE(data->deliver);
}

TEST(RemoteCandidatesTest, EveryFormOfTheEndIsUnderstood) {
  for (const char* text : {"", "end-of-candidates", "a=end-of-candidates", "candidate:"}) {
    Peer peer;
    peer.Answer(ReadSample("chromium_offer.sdp"));
    const auto end = peer.session->AddRemoteCandidate(Init(text, "0", "Zt4a"));
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_TRUE(end->end_of_candidates);
    EXPECT_TRUE(end->deliver);
    EXPECT_FALSE(end->candidate.has_value());
    EXPECT_EQ(Count(peer.session->remote_description()->sdp, "a=end-of-candidates"), 1u);
  }
}

TEST(RemoteCandidatesTest, TheEndOfASectionThatDoesNotLeadIsNotTheEnd) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  EXPECT_FALSE(peer.session->AddRemoteCandidate(Init("", "1"))->deliver);
  EXPECT_TRUE(peer.session->AddRemoteCandidate(Init("", "0"))->deliver);
}

TEST(RemoteCandidatesTest, AnEndWithoutASectionCountsForAll) {
  Peer peer;
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  const auto end = peer.session->AddRemoteCandidate({});
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->mid, "");
  EXPECT_FALSE(end->deliver);
  EXPECT_EQ(Count(peer.session->remote_description()->sdp, "a=end-of-candidates"), 3u);
  EXPECT_TRUE(peer.SetLocal(SdpType::kAnswer).transports.at(0).remote->end_of_candidates);
}

TEST(RemoteCandidatesTest, RepetitionsAndSecondComponentsAreSwallowed) {
  Peer peer;
  peer.Answer(ReadSample("chromium_offer.sdp"));
  EXPECT_TRUE(peer.session->AddRemoteCandidate(Init(kHost, "0"))->deliver);
  const auto again = peer.session->AddRemoteCandidate(Init(std::string(kHost) + " x y", "0"));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->deliver);
  EXPECT_FALSE(again->candidate.has_value());
  const auto rtcp = peer.session->AddRemoteCandidate(
      Init("candidate:1 2 udp 2122260222 192.0.2.7 46244 typ host", "0"));
  ASSERT_TRUE(rtcp.ok());
  EXPECT_FALSE(rtcp->deliver);
  EXPECT_EQ(Count(peer.session->remote_description()->sdp, "a=candidate"), 1u);
}

TEST(RemoteCandidatesTest, MdnsAndTcpCandidatesAreNoError) {
  Peer peer;
  peer.Answer(ReadSample("firefox_offer.sdp"));
  EXPECT_TRUE(
      peer.session
          ->AddRemoteCandidate(Init(
              "candidate:0 1 UDP 2122187007 5d3b2c2f-8d54.local 58000 typ host", "0", "7d3f1a2b"))
          ->deliver);
  EXPECT_TRUE(peer.session
                  ->AddRemoteCandidate(Init(
                      "candidate:2 1 TCP 2105524479 172.17.0.3 9 typ host tcptype active", "0"))
                  ->deliver);
}

TEST(RemoteCandidatesTest, TheNextGenerationWaitsAndTheOldOneIsRefusedAfterwards) {
  Peer peer;
  const std::string offer = ReadSample("chromium_offer.sdp");
  peer.Answer(offer);
  std::string restart = offer;
  for (int i = 0; i < 3; ++i) restart = Replace(restart, "a=ice-ufrag:Zt4a", "a=ice-ufrag:NEW1");
  peer.SetRemote(SdpType::kOffer, restart);
  EXPECT_TRUE(peer.session->AddRemoteCandidate(Init(kHost, "0", "Zt4a"))->deliver);
  const auto next = peer.session->AddRemoteCandidate(Init(kHost, "0", "NEW1"));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_FALSE(next->deliver);
  const auto result = peer.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(result.transports.at(0).remote->candidates.size(), 1u);
  ExpectError(peer.session->AddRemoteCandidate(Init(kHost, "0", "Zt4a")).status(),
              ErrorReason::UNKNOWN_UFRAG, "OperationError");
}

TEST(RemoteCandidatesTest, ARenegotiationThatIsNoRestartDeliversAtOnce) {
  Peer peer;
  const std::string offer = ReadSample("chromium_offer.sdp");
  peer.Answer(offer);
  peer.SetRemote(SdpType::kOffer, offer);
  EXPECT_TRUE(peer.session->AddRemoteCandidate(Init(kHost, "0", "Zt4a"))->deliver);
  EXPECT_TRUE(
      peer.session->AddRemoteCandidate(Init("candidate:2 1 udp 5 192.0.2.8 1 typ host", "0"))
          ->deliver);
}

TEST(RemoteCandidatesTest, EachRefusalHasItsError) {
  Options options;
  options.limits.max_candidates = 1;
  Peer peer('a', options);
  const auto add = [&](const IceCandidateInit& init) {
    return peer.session->AddRemoteCandidate(init).status();
  };
  peer.Answer(ReadSample("chromium_offer.sdp"));
  ExpectError(add({.candidate = kHost}), ErrorReason::INVALID_ARGUMENT, "TypeError");
  ExpectError(add(Init(kHost, "9")), ErrorReason::INVALID_CANDIDATE, "OperationError");
  ExpectError(add({.candidate = kHost, .sdp_mline_index = 3}), ErrorReason::INVALID_CANDIDATE,
              "OperationError");
  ExpectError(add(Init(kHost, "0", "nope")), ErrorReason::UNKNOWN_UFRAG, "OperationError");
  ExpectError(add(Init("candidate:bad", "0")), ErrorReason::INVALID_CANDIDATE, "OperationError");
  EXPECT_TRUE(add(Init(kHost, "0")).ok());
  ExpectError(add(Init("candidate:2 1 udp 5 192.0.2.8 1 typ host", "0")),
              ErrorReason::LIMIT_EXCEEDED, "OperationError");
}

constexpr char kOther[] = "candidate:2 1 udp 5 192.0.2.8 1 typ host";

TEST(EarlyCandidatesTest, ComeWithTheFirstOfferTheyBelongTo) {
  Peer peer;
  const auto kept = peer.session->AddRemoteCandidate(Init(kHost, "0", "Zt4a"));
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_FALSE(kept->deliver);
  EXPECT_EQ(kept->mid, "0");
  EXPECT_EQ(kept->ufrag, "Zt4a");
  EXPECT_EQ(kept->candidate->port, 46243);
  ASSERT_TRUE(peer.session->AddRemoteCandidate({.candidate = kOther, .sdp_mline_index = 1}).ok());
  ASSERT_TRUE(peer.session->AddRemoteCandidate({}).ok());
  EXPECT_EQ(peer.session->remote_description(), std::nullopt);
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  const std::string remote = peer.session->remote_description()->sdp;
  EXPECT_LT(remote.find(kHost), remote.find("m=video"));
  EXPECT_GT(remote.find(kOther), remote.find("m=video"));
  EXPECT_LT(remote.find(kOther), remote.find("m=application"));
  EXPECT_EQ(Count(remote, "a=end-of-candidates"), 3u);
  const auto transport = peer.SetLocal(SdpType::kAnswer).transports.at(0);
  EXPECT_EQ(transport.remote->candidates.size(), 2u);
  EXPECT_TRUE(transport.remote->end_of_candidates);
}

TEST(EarlyCandidatesTest, ComeWithTheFirstAnswerAsWell) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  a.SetLocal(SdpType::kOffer);
  ASSERT_TRUE(a.session->AddRemoteCandidate(Init(kHost, "0", "bbb0")).ok());
  b.Answer(a.LocalSdp());
  const auto transport = a.SetRemote(SdpType::kAnswer, b.LocalSdp()).transports.at(0);
  ASSERT_EQ(transport.remote->candidates.size(), 1u);
  EXPECT_EQ(transport.remote->candidates[0].port, 46243);
}

TEST(EarlyCandidatesTest, ThatDoNotBelongToTheDescriptionAreDropped) {
  Peer peer;
  const auto add = [&](const IceCandidateInit& init) {
    const auto kept = peer.session->AddRemoteCandidate(init);
    ASSERT_TRUE(kept.ok()) << kept.status();
    EXPECT_FALSE(kept->deliver);
  };
  add(Init(kHost, "0", "gone"));
  add(Init(kHost, "7"));
  add({.candidate = kHost, .sdp_mline_index = 9});
  add(Init(std::string(kHost) + " ufrag gone", "0"));
  add(Init("", "0", "gone"));
  add(Init(kOther, "0"));
  const std::string offer = ReadSample("chromium_offer.sdp");
  peer.SetRemote(SdpType::kOffer, offer);
  EXPECT_EQ(peer.session->remote_description()->sdp.size(),
            offer.size() + std::string(kOther).size() + 4);
  EXPECT_EQ(peer.SetLocal(SdpType::kAnswer).transports.at(0).remote->candidates.size(), 1u);
  ExpectError(peer.session->AddRemoteCandidate(Init(kHost, "0", "gone")).status(),
              ErrorReason::UNKNOWN_UFRAG, "OperationError");
}

TEST(EarlyCandidatesTest, SurviveADescriptionThatIsRefused) {
  Peer peer;
  ASSERT_TRUE(peer.session->AddRemoteCandidate(Init(kHost, "0", "Zt4a")).ok());
  EXPECT_FALSE(
      peer.session->SetRemoteDescription({.type = SdpType::kOffer, .sdp = "nonsense"}).ok());
  EXPECT_EQ(
      peer.Answer(ReadSample("chromium_offer.sdp")).transports.at(0).remote->candidates.size(), 1u);
}

TEST(EarlyCandidatesTest, AreCheckedAndBounded) {
  Options options;
  options.limits.max_candidates = 2;
  Peer peer('a', options);
  const auto add = [&](const IceCandidateInit& init) {
    return peer.session->AddRemoteCandidate(init).status();
  };
  ExpectError(add({.candidate = kHost}), ErrorReason::INVALID_ARGUMENT, "TypeError");
  ExpectError(add(Init("candidate:bad", "0")), ErrorReason::INVALID_CANDIDATE, "OperationError");
  ExpectError(add(Init(kHost, std::string(257, 'm'))), ErrorReason::INVALID_CANDIDATE,
              "OperationError");
  ExpectError(add(Init(kHost, "0", std::string(257, 'u'))), ErrorReason::INVALID_CANDIDATE,
              "OperationError");
  EXPECT_TRUE(add(Init(kHost, "0")).ok());
  EXPECT_TRUE(add(Init(kHost, "0")).ok());  // A repetition takes no room,
  EXPECT_TRUE(add(Init("candidate:1 2 udp 5 192.0.2.7 2 typ host", "0")).ok());  // nor this.
  EXPECT_TRUE(add(Init(kOther, "0")).ok());
  ExpectError(add(Init("candidate:3 1 udp 5 192.0.2.9 1 typ host", "0")),
              ErrorReason::LIMIT_EXCEEDED, "OperationError");
  // The ends of candidates have their own room.
  EXPECT_TRUE(add(Init("", "0")).ok());
  EXPECT_TRUE(add(Init(std::string(100'000, ' '), "0")).ok());
  EXPECT_TRUE(add(Init("", "1")).ok());
  ExpectError(add(Init("", "2")), ErrorReason::LIMIT_EXCEEDED, "OperationError");
  EXPECT_EQ(
      peer.Answer(ReadSample("chromium_offer.sdp")).transports.at(0).remote->candidates.size(), 2u);
  peer.session->Close();
  ExpectError(add(Init(kHost, "0")), ErrorReason::INVALID_STATE, "InvalidStateError");
}

TEST(RemoteCandidatesTest, ThoseInADescriptionAreCappedAndListedOnce) {
  Options options;
  options.limits.max_candidates = 2;
  Peer peer('a', options);
  EXPECT_EQ(peer.Answer(ReadSample("chromium_gathered_offer.sdp"))
                .transports[0]
                .remote->candidates.size(),
            2u);
  Peer other;
  // The same two in each of three sections.
  EXPECT_EQ(other.Answer(ReadSample("aiortc_offer.sdp")).transports[0].remote->candidates.size(),
            2u);
}

}  // namespace
}  // namespace pcd::jsep
