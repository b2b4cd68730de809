// Everything after the first negotiation: ICE restarts, rollback, glare, stopping, configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "engine/peerconnection/peer_connection.h"
#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using testing::EventRecorder;
using testing::HasReason;
using testing::IsOk;
using testing::PeerPair;
using namespace std::chrono_literals;

class RenegotiationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(pair_.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
    ASSERT_THAT(pair_.left().AddTransceiver(MediaKind::kAudio, {}, "audio"), IsOk());
    ASSERT_THAT(pair_.Negotiate(), IsOk());
    ASSERT_TRUE(pair_.RunUntil([&] {
      const auto channel = pair_.left().GetDataChannel("d");
      return pair_.connected() && channel->info.state == DataChannelState::kOpen;
    }));
  }

  uint64_t Received() {
    uint64_t received = 0;
    for (const auto& view : pair_.right().ListDataChannels()) received += view.messages_received;
    return received;
  }
  // Data passes, whatever negotiation is doing.
  void ExpectDataPasses() {
    const uint64_t before = Received();
    ASSERT_THAT(pair_.left().Send("d", false, std::vector<uint8_t>{'x'}), IsOk());
    EXPECT_TRUE(pair_.RunUntil([&] { return Received() > before; }, 5s));
  }
  static std::string Ufrag(const SessionDescription& description) {
    const size_t at = description.sdp.find("a=ice-ufrag:");
    return description.sdp.substr(at, description.sdp.find('\r', at) - at);
  }

  PeerPair pair_{{.delay = 5ms}};
};

TEST_F(RenegotiationTest, AnIceRestartMovesDataToANewPairWithoutAGap) {
  const std::string before = Ufrag(*pair_.left().Info().local_description);
  const std::string remote_before = Ufrag(*pair_.right().Info().local_description);
  ASSERT_THAT(pair_.left().RestartIce(), IsOk());
  EXPECT_TRUE(pair_.left().Info().negotiation_needed);
  const auto offer = pair_.left().SetLocalDescription(std::nullopt);
  ASSERT_THAT(offer, IsOk());
  EXPECT_NE(Ufrag(*offer), before);
  ExpectDataPasses();
  ASSERT_THAT(pair_.right().SetRemoteDescription(*offer), IsOk());
  const auto answer = pair_.right().SetLocalDescription(std::nullopt);
  ASSERT_THAT(answer, IsOk());
  EXPECT_NE(Ufrag(*answer), remote_before);
  ExpectDataPasses();
  const size_t pairs = pair_.left_events().All<IceTransportChangeEvent>().size();
  ASSERT_THAT(pair_.left().SetRemoteDescription(*answer), IsOk());
  ASSERT_TRUE(pair_.RunUntil([&] {
    return pair_.left_events().All<IceTransportChangeEvent>().size() > pairs &&
           pair_.left().Info().ice_transports.at(0).state == IceConnectionState::kCompleted;
  }));
  ExpectDataPasses();
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 5s));  // The old generation is gone.
  ExpectDataPasses();
  EXPECT_TRUE(pair_.connected());
  EXPECT_FALSE(pair_.left().Info().negotiation_needed);
}

// Of everything that is told of gathering: its steps, in order, with both states at each.
struct Gathering {
  std::vector<std::string> steps{};

  void Take(const Event& event) {
    if (const auto* candidate = std::get_if<IceCandidateEvent>(&event.payload)) {
      const bool last = !candidate->candidate.has_value();
      const bool end = !last && candidate->candidate->candidate.candidate.empty();
      steps.emplace_back(last ? "null" : end ? "end" : "candidate");
    } else if (const auto* ice = std::get_if<IceTransportChangeEvent>(&event.payload)) {
      if (ice->transport->gathering_state == transport_) return;
      transport_ = ice->transport->gathering_state;
      steps.push_back("transport " + Name(transport_));
    } else if (const auto* all = std::get_if<IceGatheringStateChangeEvent>(&event.payload)) {
      steps.push_back("connection " + Name(all->state));
    }
  }

 private:
  static std::string Name(IceGatheringState state) {
    if (state == IceGatheringState::kNew) return "new";
    return state == IceGatheringState::kComplete ? "complete" : "gathering";
  }
  IceGatheringState transport_ = IceGatheringState::kComplete;
};

// What gathers in one turn has all steps all the same, also twice before anybody looks.
TEST_F(RenegotiationTest, EachRestartTellsOfItsGatheringFromBeginningToEnd) {
  Gathering gathering;
  ASSERT_THAT(pair_.left().AttachWatcher(
                  9, pair_.left().Info().last_event_sequence,
                  [&](const WatchItem& item) {
                    if (const auto* event = std::get_if<std::shared_ptr<const Event>>(&item)) {
                      gathering.Take(**event);
                    }
                  }),
              IsOk());
  const std::vector<std::string> whole = {
      "transport gathering", "connection gathering", "candidate", "end",
      "transport complete",  "connection complete",  "null"};
  for (int i = 0; i < 2; ++i) {
    gathering.steps.clear();
    ASSERT_THAT(pair_.left().RestartIce(), IsOk());
    ASSERT_THAT(pair_.left().SetLocalDescription(std::nullopt), IsOk());
    EXPECT_EQ(gathering.steps, whole);
    EXPECT_EQ(pair_.left().Info().ice_gathering_state, IceGatheringState::kComplete);
    ASSERT_THAT(pair_.right().SetRemoteDescription(*pair_.left().Info().pending_local_description),
                IsOk());
    ASSERT_THAT(pair_.right().SetLocalDescription(std::nullopt), IsOk());
    ASSERT_THAT(pair_.left().SetRemoteDescription(*pair_.right().Info().local_description), IsOk());
  }
  pair_.left().DetachWatcher(9);
}

TEST_F(RenegotiationTest, EitherSideRestartsAsOftenAsItLikes) {
  for (int i = 0; i < 6; ++i) {
    PeerConnection& offerer = i % 2 == 0 ? pair_.left() : pair_.right();
    PeerConnection& answerer = i % 2 == 0 ? pair_.right() : pair_.left();
    ASSERT_THAT(offerer.RestartIce(), IsOk());
    ASSERT_THAT(pair_.Negotiate(offerer, answerer), IsOk());
    ExpectDataPasses();
  }
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 5s));
  ExpectDataPasses();
}

TEST_F(RenegotiationTest, ARestartThatIsRolledBackLeavesThePairAsItWas) {
  const std::string before = pair_.left().Info().local_description->sdp;
  const auto offer = pair_.left().CreateOffer({.ice_restart = true});
  ASSERT_THAT(pair_.left().SetLocalDescription(*offer), IsOk());
  ASSERT_THAT(pair_.left().SetLocalDescription(SessionDescription{.type = SdpType::kRollback}),
              IsOk());
  EXPECT_EQ(pair_.left().Info().local_description->sdp, before);
  const auto candidates = pair_.left().TakeSnapshot().local_candidates;
  ASSERT_FALSE(candidates.empty());
  for (const LocalCandidate& local : candidates) {
    EXPECT_NE(before.find("a=ice-ufrag:" + local.candidate.username_fragment), std::string::npos);
  }
  ExpectDataPasses();
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 40s));
  ExpectDataPasses();
}

TEST_F(RenegotiationTest, ARestartLeadsOutOfFailed) {
  pair_.ice().SetReachable(false);
  ASSERT_TRUE(pair_.RunUntil(
      [&] { return pair_.left().Info().connection_state == ConnectionState::kFailed; }, 60s));
  pair_.ice().SetReachable(true);
  ASSERT_THAT(pair_.left().RestartIce(), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected(); }, 10s));
  ExpectDataPasses();
}

// Perfect negotiation: both offer at once; the polite side gives way and nothing is lost.
TEST_F(RenegotiationTest, GlareIsResolvedByNegotiateInOneCall) {
  PeerConnection& polite = pair_.left();
  PeerConnection& impolite = pair_.right();
  for (int round = 0; round < 20; ++round) {
    ASSERT_THAT(polite.AddTransceiver(MediaKind::kVideo, {}, "l" + std::to_string(round)), IsOk());
    ASSERT_THAT(impolite.AddTransceiver(MediaKind::kAudio, {}, "r" + std::to_string(round)),
                IsOk());
    ASSERT_THAT(polite.Negotiate({}), IsOk());
    ASSERT_THAT(impolite.Negotiate({.polite = false}), IsOk());
    ASSERT_EQ(polite.Info().signaling_state, SignalingState::kHaveLocalOffer);
    ASSERT_EQ(impolite.Info().signaling_state, SignalingState::kHaveLocalOffer);
    const SessionDescription from_polite = *polite.Info().local_description;
    const SessionDescription from_impolite = *impolite.Info().local_description;
    const auto ignored = impolite.Negotiate({.description = from_polite, .polite = false});
    ASSERT_THAT(ignored, IsOk());
    EXPECT_TRUE(ignored->offer_ignored);
    EXPECT_FALSE(ignored->has_description);
    const auto answered = polite.Negotiate({.description = from_impolite});
    ASSERT_THAT(answered, IsOk());
    EXPECT_TRUE(answered->has_description);
    ASSERT_THAT(
        impolite.Negotiate({.description = *polite.Info().local_description, .polite = false}),
        IsOk());
    // What the polite side wanted is still wanted.
    EXPECT_TRUE(polite.Info().negotiation_needed);
    ASSERT_THAT(pair_.Negotiate(polite, impolite), IsOk());
    EXPECT_FALSE(polite.Info().negotiation_needed);
    EXPECT_FALSE(impolite.Info().negotiation_needed);
    const size_t expected = 3 + 2 * static_cast<size_t>(round);
    EXPECT_EQ(polite.ListTransceivers().size(), expected);
    EXPECT_EQ(impolite.ListTransceivers().size(), expected);
  }
  ExpectDataPasses();
}

// W3C webrtc-pc section 10.7: what is wrong with its candidates is of no interest.
TEST_F(RenegotiationTest, CandidatesOfAnIgnoredOfferAreNoErrorUntilADescriptionIsTaken) {
  PeerConnection& impolite = pair_.right();
  ASSERT_THAT(pair_.left().Negotiate({}), IsOk());
  ASSERT_THAT(impolite.Negotiate({.polite = false}), IsOk());
  const IceCandidateInit foreign{
      .candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag other", .sdp_mid = "0"};
  EXPECT_FALSE(impolite.AddIceCandidate(foreign).ok());
  ASSERT_TRUE(
      impolite.Negotiate({.description = *pair_.left().Info().local_description, .polite = false})
          ->offer_ignored);
  EXPECT_THAT(impolite.AddIceCandidate(foreign), IsOk());
  ASSERT_THAT(pair_.left().SetRemoteDescription(*impolite.Info().local_description), IsOk());
  ASSERT_THAT(pair_.left().SetLocalDescription(std::nullopt), IsOk());
  ASSERT_THAT(impolite.SetRemoteDescription(*pair_.left().Info().local_description), IsOk());
  EXPECT_FALSE(impolite.AddIceCandidate(foreign).ok());
}

// W3C 4.4.1.5: the rollback is a step of its own, with an event of its own.
TEST_F(RenegotiationTest, AnOfferThatTakesOursBackLeadsThroughStable) {
  ASSERT_THAT(pair_.left().SetLocalDescription(std::nullopt), IsOk());
  const auto offer = pair_.right().SetLocalDescription(std::nullopt);
  ASSERT_THAT(offer, IsOk());
  const size_t before = pair_.left_events().All<SignalingStateChangeEvent>().size();
  ASSERT_THAT(pair_.left().SetRemoteDescription(*offer), IsOk());
  const auto changes = pair_.left_events().All<SignalingStateChangeEvent>();
  ASSERT_EQ(changes.size(), before + 2);
  EXPECT_EQ(changes[before].state, SignalingState::kStable);
  EXPECT_EQ(changes[before + 1].state, SignalingState::kHaveRemoteOffer);
}

TEST_F(RenegotiationTest, CandidatesOfAnIgnoredOfferAreNoErrors) {
  ASSERT_THAT(pair_.left().Negotiate({.ice_restart = true}), IsOk());
  ASSERT_THAT(pair_.right().Negotiate({.polite = false}), IsOk());
  const SessionDescription offer = *pair_.left().Info().local_description;
  const IceCandidateInit foreign{.candidate = "candidate:1 1 udp 1 192.0.2.1 5 typ host",
                                 .sdp_mid = "0",
                                 .username_fragment = "none"};
  EXPECT_THAT(pair_.right().AddIceCandidate(foreign), HasReason(ErrorReason::UNKNOWN_UFRAG));
  ASSERT_THAT(pair_.right().Negotiate({.description = offer, .polite = false}), IsOk());
  EXPECT_THAT(pair_.right().AddIceCandidate(foreign), IsOk());
}

TEST_F(RenegotiationTest, NegotiateTakesOffersAndAnswersOnly) {
  EXPECT_THAT(
      pair_.left().Negotiate({.description = SessionDescription{.type = SdpType::kRollback}}),
      HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(pair_.left().Negotiate(
                  {.description = SessionDescription{.type = SdpType::kAnswer, .sdp = "x"}}),
              HasReason(ErrorReason::INVALID_STATE));
}

// W3C 4.4.1.5: the transceiver stops while the offer is processed, which ends its track; then
// come the state and what leaves its streams.
TEST_F(RenegotiationTest, AnOfferThatRejectsASectionEndsItsTrackBeforeAnythingElse) {
  ASSERT_THAT(pair_.left().StopTransceiver("audio"), IsOk());
  const auto offer = pair_.left().SetLocalDescription(std::nullopt);
  ASSERT_THAT(offer, IsOk());
  const size_t before = pair_.right_events().items.size();
  ASSERT_THAT(pair_.right().SetRemoteDescription(*offer), IsOk());
  std::string order;
  for (size_t i = before; i < pair_.right_events().items.size(); ++i) {
    const auto* event = std::get_if<std::shared_ptr<const Event>>(&pair_.right_events().items[i]);
    ASSERT_NE(event, nullptr);
    if (std::holds_alternative<TrackEndedEvent>((*event)->payload)) order += " ended";
    if (std::holds_alternative<SignalingStateChangeEvent>((*event)->payload)) order += " state";
    if (std::holds_alternative<TrackRemovedEvent>((*event)->payload)) order += " removed";
    if (std::holds_alternative<DescriptionChangeEvent>((*event)->payload)) order += " description";
  }
  EXPECT_EQ(order, " ended state removed description");
  ASSERT_EQ(pair_.right().ListTransceivers().size(), 1u);
  EXPECT_TRUE(pair_.right().ListTransceivers().at(0).stopped);
  ASSERT_THAT(pair_.right().SetLocalDescription(std::nullopt), IsOk());
  EXPECT_TRUE(pair_.right().ListTransceivers().empty());
}

TEST_F(RenegotiationTest, StoppingEndsTheTrackAtBothEnds) {
  const auto stopping = pair_.left().StopTransceiver("audio");
  ASSERT_THAT(stopping, IsOk());
  EXPECT_TRUE(stopping->stopping);
  EXPECT_FALSE(stopping->stopped);
  const auto ended_here = [&] { return pair_.left_events().All<TrackEndedEvent>(); };
  ASSERT_EQ(ended_here().size(), 1u) << "at once";
  EXPECT_EQ(ended_here()[0].track_id, stopping->track_id);
  const std::string remote_track = pair_.right().ListTransceivers().at(0).track_id;
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  EXPECT_TRUE(pair_.left().ListTransceivers().empty());
  EXPECT_TRUE(pair_.right().ListTransceivers().empty());
  const auto ended = pair_.right_events().All<TrackEndedEvent>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].track_id, remote_track);
  EXPECT_EQ(ended_here().size(), 1u);
  // Never negotiated: gone at once.
  ASSERT_THAT(pair_.left().AddTransceiver(MediaKind::kVideo, {}, "v"), IsOk());
  EXPECT_TRUE(pair_.left().StopTransceiver("v")->stopped);
  EXPECT_TRUE(pair_.left().ListTransceivers().empty());
}

// The section that leads the bundle; the data section goes on.
TEST_F(RenegotiationTest, WhenTheFirstSectionEndsTheOthersGoOn) {
  ASSERT_THAT(pair_.left().StopTransceiver("audio"), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  ExpectDataPasses();
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 40s));
  ExpectDataPasses();
  EXPECT_TRUE(pair_.connected());
  EXPECT_EQ(pair_.left().Info().ice_transports.at(0).mids, std::vector<std::string>{"1"});
}

// As Chromium offers it, without new credentials, by a peer that keeps its transport.
TEST_F(RenegotiationTest, APeerThatKeepsItsTransportWhenTheFirstSectionEndsLosesNothing) {
  const auto offer = pair_.left().CreateOffer({});
  ASSERT_THAT(offer, IsOk());
  SessionDescription ended = *offer;
  const size_t port = ended.sdp.find("m=audio ") + 8;
  ended.sdp.replace(port, ended.sdp.find(' ', port) - port, "0");
  ended.sdp.replace(ended.sdp.find("BUNDLE 0 1"), 10, "BUNDLE 1");
  ASSERT_THAT(pair_.right().SetRemoteDescription(ended), IsOk());
  ASSERT_THAT(pair_.right().SetLocalDescription(std::nullopt), IsOk());
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 1s));
  // It has gathered anew, with what it had.
  const auto candidates = pair_.right().TakeSnapshot().local_candidates;
  ASSERT_FALSE(candidates.empty());
  EXPECT_EQ(candidates[0].candidate.sdp_mid, "1");
  ExpectDataPasses();
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 60s));
  ExpectDataPasses();
  EXPECT_TRUE(pair_.connected());
}

// Another certificate and other credentials: RFC 8842.
TEST_F(RenegotiationTest, AnotherPeerMayTakeTheRemotesPlace) {
  auto made = PeerConnection::Create(pair_.loop(), pair_.dependencies(), Limits{}, {.id = "other"});
  ASSERT_THAT(made, IsOk());
  PeerConnection& other = **made;
  ASSERT_THAT(pair_.left().CreateDataChannel({.label = "e"}, "e"), IsOk());
  const auto offer = pair_.left().CreateOffer({.ice_restart = true});
  ASSERT_THAT(pair_.left().SetLocalDescription(*offer), IsOk());
  ASSERT_THAT(other.SetRemoteDescription(*offer), IsOk());
  const auto answer = other.SetLocalDescription(std::nullopt);
  ASSERT_THAT(answer, IsOk());
  ASSERT_THAT(pair_.left().SetRemoteDescription(*answer), IsOk());
  for (auto [from, to] : {std::pair(&pair_.left(), &other), std::pair(&other, &pair_.left())}) {
    for (const LocalCandidate& local : from->TakeSnapshot().local_candidates) {
      // Those of before the restart are still listed.
      const std::string& ufrag = local.candidate.username_fragment;
      if (Ufrag(*from->Info().local_description) != "a=ice-ufrag:" + ufrag) continue;
      EXPECT_THAT(to->AddIceCandidate(local.candidate), IsOk());
    }
  }
  // Channels of the old association are over; what is made now reaches the new peer.
  EXPECT_FALSE(pair_.left().GetDataChannel("d").ok());
  ASSERT_THAT(pair_.left().CreateDataChannel({.label = "f"}, "f"), IsOk());
  ASSERT_TRUE(pair_.RunUntil([&] {
    return other.Info().connection_state == ConnectionState::kConnected &&
           pair_.left().GetDataChannel("f")->info.state == DataChannelState::kOpen;
  }));
  ASSERT_THAT(pair_.left().Send("f", false, std::vector<uint8_t>{'x'}), IsOk());
  EXPECT_TRUE(pair_.RunUntil([&] {
    const auto channels = other.ListDataChannels();
    return channels.size() == 1 && channels[0].messages_received == 1;
  }));
  other.Close({});
}

TEST_F(RenegotiationTest, DirectionsChangeByNegotiation) {
  const uint64_t revision = pair_.left().revision();
  const auto changed = pair_.left().SetTransceiverDirection("audio", Direction::kSendOnly);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->direction, Direction::kSendOnly);
  EXPECT_EQ(changed->current_direction, Direction::kSendOnly);  // The answerer only receives.
  EXPECT_GT(pair_.left().revision(), revision);
  ASSERT_THAT(pair_.left().SetTransceiverDirection("audio", Direction::kInactive), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  EXPECT_EQ(pair_.right().ListTransceivers().at(0).current_direction, Direction::kInactive);
  EXPECT_EQ(pair_.right_events().All<TrackRemovedEvent>().size(), 1u);
  EXPECT_THAT(pair_.left().SetTransceiverDirection("none", Direction::kInactive),
              HasReason(ErrorReason::TRANSCEIVER_NOT_FOUND));
}

TEST_F(RenegotiationTest, TheConfigurationMayChangeWhereW3cLetsIt) {
  const Configuration configuration = pair_.left().Info().configuration;
  const std::string ufrag = Ufrag(*pair_.left().Info().local_description);
  EXPECT_THAT(pair_.left().SetConfiguration(configuration), IsOk());
  EXPECT_EQ(Ufrag(*pair_.left().CreateOffer({})), ufrag);  // Nothing has changed.
  const uint64_t revision = pair_.left().revision();
  const auto told = pair_.left_events().All<ConfigurationChangeEvent>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].info->revision, revision);
  Configuration other_bundle = configuration;
  other_bundle.bundle_policy = configuration.bundle_policy == BundlePolicy::kMaxBundle
                                   ? BundlePolicy::kBalanced
                                   : BundlePolicy::kMaxBundle;
  EXPECT_THAT(pair_.left().SetConfiguration(other_bundle),
              HasReason(ErrorReason::CONFIGURATION_CHANGE_REFUSED));
  Configuration other_ice = configuration;
  other_ice.ice_backend = IceBackend::kFull;
  EXPECT_THAT(pair_.left().SetConfiguration(other_ice),
              HasReason(ErrorReason::CONFIGURATION_CHANGE_REFUSED));
  Configuration servers = configuration;
  servers.ice_servers = {{.urls = {"turn:"}, .username = "u", .credential = "c"}};
  EXPECT_THAT(pair_.left().SetConfiguration(servers), HasReason(ErrorReason::INVALID_ICE_SERVER));
  EXPECT_EQ(pair_.left().revision(), revision);
  EXPECT_EQ(pair_.left_events().All<ConfigurationChangeEvent>().size(), 1u);
  servers.ice_servers[0].urls = {"turn:192.0.2.1"};
  servers.ice_transport_policy = IceTransportPolicy::kRelay;
  EXPECT_THAT(pair_.left().SetConfiguration(servers), IsOk());
  EXPECT_EQ(pair_.left().Info().configuration, servers);
  // RFC 9429 section 5.2.2: the next offer gathers with them. W3C asks nobody to make one.
  EXPECT_FALSE(pair_.left().Info().negotiation_needed);
  // The fake network, which has no servers, has been asked for a transport that uses them.
  EXPECT_THAT(pair_.left().CreateOffer({}), HasReason(ErrorReason::PORT_UNAVAILABLE));
  ASSERT_THAT(pair_.left().SetConfiguration(configuration), IsOk());
  EXPECT_NE(Ufrag(*pair_.left().CreateOffer({})), ufrag);
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  EXPECT_NE(Ufrag(*pair_.left().Info().local_description), ufrag);
  ExpectDataPasses();
  const std::string now = Ufrag(*pair_.left().Info().local_description);
  EXPECT_EQ(Ufrag(*pair_.left().CreateOffer({})), now);  // Once.
}

// A connection that has nothing to carry for a while.
class EmptiedConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(pair_.left().AddTransceiver(MediaKind::kAudio, {}, "audio"), IsOk());
    ASSERT_THAT(pair_.Negotiate(), IsOk());
    ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected(); }));
    ASSERT_THAT(pair_.left().StopTransceiver("audio"), IsOk());
    ASSERT_THAT(pair_.Negotiate(), IsOk());
  }
  void ExpectNothingLeft(PeerConnection& pc, const EventRecorder& events) {
    const PeerConnectionInfo info = pc.Info();
    EXPECT_EQ(info.connection_state, ConnectionState::kNew);
    EXPECT_EQ(info.ice_connection_state, IceConnectionState::kNew);
    EXPECT_EQ(info.ice_gathering_state, IceGatheringState::kNew);
    EXPECT_TRUE(info.ice_transports.empty());
    EXPECT_TRUE(info.dtls_transports.empty());
    EXPECT_TRUE(pc.TakeSnapshot().local_candidates.empty());
    EXPECT_EQ(events.All<IceTransportChangeEvent>().back().transport->state,
              IceConnectionState::kClosed);
    EXPECT_EQ(events.All<DtlsTransportChangeEvent>().back().transport->state, DtlsState::kClosed);
    EXPECT_EQ(events.All<ConnectionStateChangeEvent>().back().state, ConnectionState::kNew);
  }

  PeerPair pair_{{.delay = 5ms}};
};

TEST_F(EmptiedConnectionTest, ItsTransportIsClosed) {
  ExpectNothingLeft(pair_.left(), pair_.left_events());
  ExpectNothingLeft(pair_.right(), pair_.right_events());
  // It stays so, and is no error.
  ASSERT_FALSE(pair_.RunUntil([] { return false; }, 60s));
  ExpectNothingLeft(pair_.left(), pair_.left_events());
  EXPECT_THAT(pair_.left().AddIceCandidate({.candidate = "", .sdp_mid = "0"}), IsOk());
  bool complete = false;
  pair_.left().WhenGatheringComplete(1h,
                                     [&](PeerConnection&, bool reached) { complete = reached; });
  EXPECT_TRUE(complete);  // There is nothing to wait for.
}

TEST_F(EmptiedConnectionTest, ItConnectsAnewWhoeverOffers) {
  for (const bool left_offers : {true, false}) {
    PeerConnection& offerer = left_offers ? pair_.left() : pair_.right();
    PeerConnection& answerer = left_offers ? pair_.right() : pair_.left();
    ASSERT_THAT(offerer.AddTransceiver(MediaKind::kVideo, {}, "video"), IsOk());
    ASSERT_THAT(pair_.Negotiate(offerer, answerer), IsOk());
    ASSERT_TRUE(pair_.RunUntil([&] { return pair_.connected(); }));
    ASSERT_EQ(offerer.Info().ice_transports.size(), 1u);
    ASSERT_THAT(offerer.StopTransceiver("video"), IsOk());
    ASSERT_THAT(pair_.Negotiate(offerer, answerer), IsOk());
    ExpectNothingLeft(pair_.left(), pair_.left_events());
  }
  ASSERT_THAT(pair_.right().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair_.Negotiate(pair_.right(), pair_.left()), IsOk());
  EXPECT_TRUE(pair_.RunUntil(
      [&] { return pair_.right().GetDataChannel("d")->info.state == DataChannelState::kOpen; }));
}

// The peer refuses the data section, the only one, as it answers.
TEST_F(EmptiedConnectionTest, ChannelsEndWithTheTransportBeneathThem) {
  ASSERT_THAT(pair_.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair_.Negotiate(), IsOk());
  ASSERT_TRUE(pair_.RunUntil(
      [&] { return pair_.left().GetDataChannel("d")->info.state == DataChannelState::kOpen; }));
  const auto offer = pair_.left().SetLocalDescription(std::nullopt);
  ASSERT_THAT(offer, IsOk());
  ASSERT_THAT(pair_.right().SetRemoteDescription(*offer), IsOk());
  SessionDescription answer = *pair_.right().CreateAnswer({});
  const size_t port = answer.sdp.find("m=application ") + 14;
  answer.sdp.replace(port, answer.sdp.find(' ', port) - port, "0");
  const size_t group = answer.sdp.find("a=group:");
  answer.sdp.erase(group, answer.sdp.find('\n', group) + 1 - group);
  ASSERT_THAT(pair_.left().SetRemoteDescription(answer), IsOk());
  EXPECT_FALSE(pair_.left().GetDataChannel("d").ok());
  EXPECT_EQ(pair_.left_events().All<SctpTransportChangeEvent>().back().transport.state,
            SctpState::kClosed);
  ExpectNothingLeft(pair_.left(), pair_.left_events());
}

TEST_F(RenegotiationTest, ABadDescriptionLeavesTheConnectionExactlyAsItWas) {
  const auto offer = pair_.right().CreateOffer({.ice_restart = true});
  ASSERT_THAT(offer, IsOk());
  const auto state = [&] {
    PeerConnectionInfo info = pair_.left().Info();
    return std::tuple(info.revision, info.last_event_sequence, info.signaling_state,
                      info.remote_description, info.local_description, info.negotiation_needed,
                      pair_.left().ListTransceivers());
  };
  const auto before = state();
  for (const std::string& line :
       {std::string("a=ice-pwd:"), std::string("a=mid:"), std::string("a=setup:"),
        std::string("a=fingerprint:"), std::string("v=0"), std::string("m=")}) {
    SessionDescription bad = *offer;
    bad.sdp.insert(bad.sdp.find(line) + line.size(), "\1");
    if (line == "a=mid:") bad.sdp.resize(bad.sdp.find("m=", bad.sdp.find("m=") + 1));
    EXPECT_FALSE(pair_.left().SetRemoteDescription(bad).ok()) << line;
    EXPECT_EQ(state(), before) << line;
  }
  ExpectDataPasses();
}

TEST_F(RenegotiationTest, EveryCallAfterCloseIsRefused) {
  pair_.left().Close({});
  for (const absl::Status& status :
       {pair_.left().RestartIce(), pair_.left().Negotiate({}).status(),
        pair_.left().SetConfiguration({}), pair_.left().StopTransceiver("audio").status(),
        pair_.left().SetTransceiverDirection("audio", Direction::kInactive).status(),
        pair_.left().SetCodecPreferences("audio", {}).status(),
        pair_.left().RemoveTrack("s").status(), pair_.left().SetSenderStreams("s", {}).status()}) {
    EXPECT_THAT(status, HasReason(ErrorReason::PEER_CONNECTION_CLOSED));
  }
}

}  // namespace
}  // namespace pcd::peerconnection
