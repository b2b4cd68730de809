// Two connections under simulated time: negotiation, data under loss, events, close.
#include "engine/peerconnection/peer_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "engine/testing/peer_pair.h"
#include "engine/testing/status_matchers.h"

namespace pcd::peerconnection {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::PeerPair;
using namespace std::chrono_literals;

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

// Collects what a stream delivers.
struct Inbox {
  std::vector<StreamMessage> messages;
  uint64_t credit = 0;
  bool ended = false;
  absl::Status end;

  StreamCallback Callback() {
    return [this](StreamItem item) {
      if (auto* message = std::get_if<StreamMessage>(&item)) {
        messages.push_back(std::move(*message));
      } else if (const auto* more = std::get_if<StreamSendCredit>(&item)) {
        credit += more->bytes;
      } else if (const auto* last = std::get_if<StreamEnded>(&item)) {
        ended = true;
        end = last->status;
      }
    };
  }
};

TEST(PeerConnectionTest, StartsNewAndStable) {
  PeerPair pair;
  const PeerConnectionInfo info = pair.left().Info();
  EXPECT_EQ(info.signaling_state, SignalingState::kStable);
  EXPECT_EQ(info.connection_state, ConnectionState::kNew);
  EXPECT_EQ(info.ice_connection_state, IceConnectionState::kNew);
  EXPECT_EQ(info.ice_gathering_state, IceGatheringState::kNew);
  EXPECT_EQ(info.local_description, nullptr);
  EXPECT_FALSE(info.can_trickle_ice_candidates.has_value());
  EXPECT_EQ(info.certificates.size(), 1u);
  EXPECT_EQ(info.last_event_sequence, 1u);
  EXPECT_EQ(pair.left_events().All<CreatedEvent>().size(), 1u);
}

TEST(PeerConnectionTest, JudgesIceServersAtOnce) {
  PeerPair pair;
  const auto create = [&](std::vector<IceServer> servers) {
    return PeerConnection::Create(pair.loop(), pair.dependencies(), Limits{},
                                  {.id = "x", .configuration = {.ice_servers = servers}})
        .status();
  };
  EXPECT_THAT(create({{.urls = {"stun:192.0.2.1"}}}), IsOk());
  EXPECT_THAT(create({{.urls = {"stun:127.0.0.1"}}}), HasReason(ErrorReason::ICE_SERVER_DENIED));
  const absl::Status malformed = create({{.urls = {"turn:192.0.2.1"}}});
  EXPECT_THAT(malformed, HasReason(ErrorReason::INVALID_ICE_SERVER));
  EXPECT_EQ(GetErrorDetail(malformed).field, "configuration.ice_servers[0].username");
}

class LinkTest : public ::testing::TestWithParam<testing::ImpairmentOptions> {};

TEST_P(LinkTest, DataArrivesWholeAndInOrderInBothDirections) {
  Inbox left_inbox, right_inbox;
  PeerPair pair(GetParam(), 11);
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "left"}, "l"), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.right().ListDataChannels().empty(); }));
  ASSERT_THAT(pair.right().CreateDataChannel({.label = "right"}, "r"), IsOk());
  const StreamOptions all{.initial_receive_credit = 1 << 20};
  ASSERT_THAT(pair.left().AttachStream(all, left_inbox.Callback()), IsOk());
  ASSERT_THAT(pair.right().AttachStream(all, right_inbox.Callback()), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] {
    const auto channel = pair.right().GetDataChannel("r");
    return channel.ok() && channel->info.state == DataChannelState::kOpen;
  }));
  for (int i = 0; i < 50; ++i) {
    ASSERT_THAT(pair.left().Send("l", false, Bytes("text " + std::to_string(i))), IsOk());
    ASSERT_THAT(pair.right().Send("r", true, Bytes(std::string(2000, static_cast<char>(i)))),
                IsOk());
  }
  ASSERT_TRUE(pair.RunUntil(
      [&] { return left_inbox.messages.size() == 50 && right_inbox.messages.size() == 50; }));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(right_inbox.messages[i].bytes, Bytes("text " + std::to_string(i)));
    EXPECT_FALSE(right_inbox.messages[i].binary);
    EXPECT_EQ(left_inbox.messages[i].bytes, Bytes(std::string(2000, static_cast<char>(i))));
    EXPECT_TRUE(left_inbox.messages[i].binary);
  }
  EXPECT_EQ(pair.left().GetDataChannel("l")->messages_sent, 50u);
}

INSTANTIATE_TEST_SUITE_P(
    Links, LinkTest,
    ::testing::Values(testing::ImpairmentOptions{},
                      testing::ImpairmentOptions{.delay = 40ms, .jitter = 10ms},
                      testing::ImpairmentOptions{.loss = 0.1, .delay = 20ms},
                      testing::ImpairmentOptions{
                          .loss = 0.05, .delay = 10ms, .reorder = 0.1, .duplicate = 0.1}));

TEST(PeerConnectionTest, StatesGoTheirWayAndEveryEventIsNumbered) {
  PeerPair pair({.delay = 5ms});
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, ""), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
  const auto& events = pair.left_events();
  const auto numbers = events.Sequences();
  for (size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], i + 1);
  std::vector<SignalingState> signaling;
  for (const auto& e : events.All<SignalingStateChangeEvent>()) signaling.push_back(e.state);
  EXPECT_THAT(signaling,
              ::testing::ElementsAre(SignalingState::kHaveLocalOffer, SignalingState::kStable));
  std::vector<ConnectionState> states;
  for (const auto& e : events.All<ConnectionStateChangeEvent>()) states.push_back(e.state);
  EXPECT_THAT(states,
              ::testing::ElementsAre(ConnectionState::kConnecting, ConnectionState::kConnected));
  EXPECT_FALSE(events.All<NegotiationNeededEvent>().empty());
  // W3C: the null candidate closes gathering.
  ASSERT_FALSE(events.All<IceCandidateEvent>().empty());
  EXPECT_FALSE(events.All<IceCandidateEvent>().back().candidate.has_value());
}

// W3C sections 5.5 and 5.6: whoever hears of a transport knows what it makes of the connection.
TEST(PeerConnectionTest, AChangeOfATransportCarriesTheStatesThatItMakes) {
  PeerPair pair({.delay = 5ms});
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, ""), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
  IceConnectionState carried = IceConnectionState::kNew;
  std::vector<IceConnectionState> with_pair;
  for (const auto& item : pair.left_events().items) {
    const auto* event = std::get_if<std::shared_ptr<const Event>>(&item);
    if (event == nullptr) continue;
    if (const auto* ice = std::get_if<IceTransportChangeEvent>(&(*event)->payload)) {
      // One transport: its state is the connection's.
      EXPECT_EQ(ice->ice_connection_state, ice->transport->state);
      carried = ice->ice_connection_state;
      if (ice->transport->selected_pair.has_value()) with_pair.push_back(carried);
    } else if (const auto* all = std::get_if<IceConnectionStateChangeEvent>(&(*event)->payload)) {
      EXPECT_EQ(all->state, carried);
    }
  }
  // The pair comes with the state, not before it.
  ASSERT_FALSE(with_pair.empty());
  EXPECT_EQ(with_pair.front(), IceConnectionState::kConnected);
  const auto dtls = pair.left_events().All<DtlsTransportChangeEvent>();
  ASSERT_FALSE(dtls.empty());
  EXPECT_EQ(dtls.back().transport->state, DtlsState::kConnected);
  EXPECT_EQ(dtls.back().connection_state, ConnectionState::kConnected);
}

// W3C section 5.6: the end of a generation's candidates, the transport, the connection, null;
// nothing comes in between, so that who listens can have all of it in one task.
TEST(PeerConnectionTest, WhatEndsGatheringIsToldWithoutABreak) {
  PeerPair pair({.delay = 5ms});
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, ""), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
  std::vector<std::string> told;
  for (const auto& item : pair.left_events().items) {
    const auto* event = std::get_if<std::shared_ptr<const Event>>(&item);
    if (event == nullptr) continue;
    const EventPayload& payload = (*event)->payload;
    if (const auto* candidate = std::get_if<IceCandidateEvent>(&payload)) {
      const bool null = !candidate->candidate.has_value();
      told.push_back(null                                                ? "null"
                     : candidate->candidate->candidate.candidate.empty() ? "end"
                                                                         : "candidate");
    } else if (const auto* ice = std::get_if<IceTransportChangeEvent>(&payload)) {
      // One transport: its state is the connection's.
      EXPECT_EQ(ice->ice_gathering_state, ice->transport->gathering_state);
      told.push_back("transport");
    } else if (const auto* all = std::get_if<IceGatheringStateChangeEvent>(&payload)) {
      told.push_back(all->state == IceGatheringState::kComplete ? "complete" : "connection");
    } else {
      told.push_back("other");
    }
  }
  const auto at = [&told](const char* what) { return std::ranges::find(told, what); };
  ASSERT_NE(at("connection"), told.end());
  EXPECT_EQ(*std::prev(at("connection")), "transport");
  ASSERT_NE(at("end"), told.end());
  ASSERT_GE(told.end() - at("end"), 4);
  EXPECT_THAT(std::vector<std::string>(at("end"), at("end") + 4),
              ::testing::ElementsAre("end", "transport", "complete", "null"));
}

// W3C 4.4.1.5: in the same step as the answer, at either end.
TEST(PeerConnectionTest, TheAnswerGivesDataChannelsTheirIds) {
  PeerPair pair({.delay = 5ms});
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "l"}, "l"), IsOk());
  ASSERT_THAT(pair.right().CreateDataChannel({.label = "r"}, "r"), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  std::vector<uint16_t> ids;
  for (auto* events : {&pair.left_events(), &pair.right_events()}) {
    const auto changes = events->All<DescriptionChangeEvent>();
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_TRUE(changes[0].numbered.empty());
    ASSERT_EQ(changes[1].numbered.size(), 1u);
    ids.push_back(changes[1].numbered[0].info.init.id.value());
  }
  EXPECT_EQ(pair.left().GetDataChannel("l")->info.init.id, ids[0]);
  EXPECT_NE(ids[0] % 2, ids[1] % 2);
  const auto late = pair.left().CreateDataChannel(
      {.label = "late", .preferred_id = static_cast<uint16_t>(ids[0] + 6)}, "late");
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->info.init.id, ids[0] + 6);
}

TEST(PeerConnectionTest, WatcherStartsWithASnapshotOrResumes) {
  testing::EventRecorder fresh, resumed;
  testing::EventRecorder ahead;
  PeerPair pair;
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair.left().AttachWatcher(2, std::nullopt, fresh.Callback()), IsOk());
  ASSERT_THAT(pair.left().AttachWatcher(3, 1, resumed.Callback()), IsOk());
  ASSERT_EQ(fresh.items.size(), 1u);
  const auto* mark = std::get_if<SnapshotMark>(&fresh.items[0]);
  ASSERT_NE(mark, nullptr);
  EXPECT_EQ(mark->snapshot->data_channels.size(), 1u);
  const uint64_t last = mark->snapshot->info.last_event_sequence;
  EXPECT_EQ(resumed.Sequences().front(), 2u);
  EXPECT_EQ(resumed.Sequences().back(), last);
  ASSERT_THAT(pair.left().AddTransceiver(MediaKind::kAudio, {}, "t"), IsOk());
  ASSERT_FALSE(fresh.Sequences().empty());
  EXPECT_EQ(fresh.Sequences().front(), last + 1);
  EXPECT_THAT(pair.left().AttachWatcher(4, 1000, ahead.Callback()),
              HasReason(ErrorReason::EVENT_SEQUENCE_UNKNOWN));
}

TEST(PeerConnectionTest, WatcherOfForgottenEventsGetsAGapAndASnapshot) {
  Limits limits;
  limits.max_events = 4;
  testing::EventRecorder late;
  PeerPair pair({}, 1, limits);
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(pair.left().AddTransceiver(MediaKind::kAudio, {}, ""), IsOk());
  }
  ASSERT_THAT(pair.left().AttachWatcher(2, 1, late.Callback()), IsOk());
  ASSERT_EQ(late.items.size(), 2u);
  const auto* gap = std::get_if<GapMark>(&late.items[0]);
  ASSERT_NE(gap, nullptr);
  EXPECT_EQ(gap->first, 2u);
  ASSERT_NE(std::get_if<SnapshotMark>(&late.items[1]), nullptr);
}

TEST(PeerConnectionTest, GatheringCanBeAwaited) {
  PeerPair pair;
  ASSERT_THAT(
      pair.left().AddTransceiver(MediaKind::kVideo, {.direction = Direction::kRecvOnly}, ""),
      IsOk());
  ASSERT_THAT(pair.left().SetLocalDescription(std::nullopt), IsOk());
  bool complete = false;
  pair.left().WhenGatheringComplete(5s, [&](PeerConnection& pc, bool done) {
    complete = done;
    EXPECT_NE(pc.Info().local_description->sdp.find("a=candidate:"), std::string::npos);
  });
  EXPECT_TRUE(pair.RunUntil([&] { return complete; }));
}

TEST(PeerConnectionTest, AwaitedGatheringEndsAtItsTimeout) {
  PeerPair pair;
  bool called = false;
  pair.left().WhenGatheringComplete(3s, [&](PeerConnection&, bool done) {
    called = true;
    EXPECT_FALSE(done);
  });
  EXPECT_TRUE(pair.RunUntil([&] { return called; }, 4s));
}

TEST(PeerConnectionTest, WrongFingerprintFailsAndPassesNoData) {
  PeerPair pair;
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  auto offer = pair.left().SetLocalDescription(std::nullopt);
  ASSERT_THAT(offer, IsOk());
  // Another certificate's fingerprint of the right form.
  const size_t at = offer->sdp.find("a=fingerprint:sha-256 ");
  ASSERT_NE(at, std::string::npos);
  char& digit = offer->sdp[at + 22];
  digit = digit == 'A' ? 'B' : 'A';
  ASSERT_THAT(pair.right().SetRemoteDescription(*offer), IsOk());
  const auto answer = pair.right().SetLocalDescription(std::nullopt);
  ASSERT_THAT(answer, IsOk());
  ASSERT_THAT(pair.left().SetRemoteDescription(*answer), IsOk());
  ASSERT_TRUE(pair.RunUntil(
      [&] { return pair.right().Info().connection_state == ConnectionState::kFailed; }, 60s));
  EXPECT_TRUE(pair.right().ListDataChannels().empty());
  EXPECT_EQ(pair.right().Info().dtls_transports.at(0).state, DtlsState::kFailed);
}

TEST(PeerConnectionTest, StreamTakesOverOnlyWhenAsked) {
  Inbox first, second;
  PeerPair pair;
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair.left().AttachStream({}, first.Callback()), IsOk());
  EXPECT_THAT(pair.left().AttachStream({.channel_id = "d"}, second.Callback()).status(),
              HasReason(ErrorReason::STREAM_ALREADY_ATTACHED));
  ASSERT_THAT(pair.left().AttachStream({.channel_id = "d", .take_over = true}, second.Callback()),
              IsOk());
  EXPECT_TRUE(first.ended);
  EXPECT_THAT(first.end, HasReason(ErrorReason::STREAM_TAKEN_OVER));
  EXPECT_FALSE(second.ended);
}

TEST(PeerConnectionTest, ARefusedDescriptionMakesNoTransport) {
  PeerPair pair;
  EXPECT_THAT(pair.left().CreateAnswer({}), HasReason(ErrorReason::INVALID_STATE));
  EXPECT_THAT(pair.left().SetLocalDescription(SessionDescription{.type = SdpType::kAnswer}),
              HasReason(ErrorReason::INVALID_STATE));
  EXPECT_THAT(pair.left().SetLocalDescription(SessionDescription{.sdp = "v=0\r\n"}),
              HasReason(ErrorReason::SDP_MODIFIED));
  EXPECT_TRUE(pair.left().Info().ice_transports.empty());
  EXPECT_TRUE(pair.left().Info().dtls_transports.empty());
}

TEST(PeerConnectionTest, MessagesWaitForCreditAndNoneIsLost) {
  Inbox inbox;
  PeerPair pair;
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.right().ListDataChannels().empty(); }));
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(pair.left().Send("d", true, std::vector<uint8_t>(1000, 1)), IsOk());
  }
  pair.loop().RunFor(2s);
  const auto stream = pair.right().AttachStream({.initial_receive_credit = 1500}, inbox.Callback());
  ASSERT_THAT(stream, IsOk());
  pair.loop().RunFor(2s);
  EXPECT_EQ(inbox.messages.size(), 2u);  // The second overdraws; then it waits.
  pair.right().AddReceiveCredit(*stream, 1 << 20);
  ASSERT_TRUE(pair.RunUntil([&] { return inbox.messages.size() == 20; }));
}

// W3C webrtc-pc section 4.4.1.6.
TEST(PeerConnectionTest, TheSizeOfTheCandidatePoolIsFixedByTheFirstDescriptionEvenIfRolledBack) {
  PeerPair pair;
  PeerConnection& pc = pair.left();
  ASSERT_THAT(pc.CreateDataChannel({.label = "d"}, "d"), IsOk());
  Configuration configuration = pc.Info().configuration;
  configuration.ice_candidate_pool_size = 1;
  EXPECT_THAT(pc.SetConfiguration(configuration), IsOk());
  ASSERT_THAT(pc.SetLocalDescription(std::nullopt), IsOk());
  ASSERT_THAT(pc.SetLocalDescription(SessionDescription{.type = SdpType::kRollback}), IsOk());
  ASSERT_EQ(pc.Info().local_description, nullptr);
  configuration.ice_candidate_pool_size = 2;
  EXPECT_THAT(pc.SetConfiguration(configuration),
              HasReason(ErrorReason::CONFIGURATION_CHANGE_REFUSED));
  EXPECT_EQ(pc.Info().configuration.ice_candidate_pool_size, 1);
}

TEST(PeerConnectionTest, LegacyOfferOptionsAreToldOfOnlyWhereTheyChangeSomething) {
  PeerPair pair({}, 1, {.max_media_sections = 1});
  PeerConnection& pc = pair.left();
  ASSERT_THAT(pc.AddTransceiver(MediaKind::kAudio, {}, "audio"), IsOk());
  const auto told = [&] { return pair.left_events().All<TransceiverChangeEvent>().size(); };
  const uint64_t revision = pc.revision();
  const uint64_t sequence = pc.Info().last_event_sequence;
  const auto transceivers = pc.ListTransceivers();
  EXPECT_THAT(pc.CreateOffer({.offer_to_receive_audio = false, .offer_to_receive_video = true}),
              HasReason(ErrorReason::LIMIT_EXCEEDED));
  EXPECT_THAT(pc.CreateOffer({.offer_to_receive_audio = true}), IsOk());  // It does already.
  EXPECT_EQ(pc.revision(), revision);
  EXPECT_EQ(pc.Info().last_event_sequence, sequence);
  ASSERT_EQ(pc.ListTransceivers().size(), 1u);
  EXPECT_EQ(pc.ListTransceivers()[0].direction, transceivers[0].direction);
  const size_t before = told();
  EXPECT_THAT(pc.CreateOffer({.offer_to_receive_audio = false}), IsOk());
  EXPECT_EQ(pc.revision(), revision + 1);
  EXPECT_EQ(told(), before + 1);
}

TEST(PeerConnectionTest, CloseIsTheLastEventAndAnswersWhoWaits) {
  Inbox inbox;
  PeerPair pair;
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
  ASSERT_THAT(pair.left().AttachStream({}, inbox.Callback()), IsOk());
  bool answered = false;
  pair.right().BeginGracefulClose(5s, [](PeerConnection&) {});
  pair.left().Close({.message = "bye"});
  answered = inbox.ended;
  EXPECT_TRUE(answered);
  EXPECT_THAT(inbox.end, IsOk());
  const auto closed = pair.left_events().All<ClosedEvent>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].message, "bye");
  EXPECT_EQ(pair.left_events().Sequences().back(), pair.left().Info().last_event_sequence);
  EXPECT_EQ(pair.left().Info().connection_state, ConnectionState::kClosed);
  EXPECT_EQ(pair.left().Info().signaling_state, SignalingState::kClosed);
  EXPECT_THAT(pair.left().SetLocalDescription(std::nullopt).status(),
              HasReason(ErrorReason::PEER_CONNECTION_CLOSED));
  // The other side learns it by close_notify.
  EXPECT_TRUE(pair.RunUntil(
      [&] { return pair.right().Info().dtls_transports.at(0).state == DtlsState::kClosed; }));
}

// A pair with one open channel "d" on the left and its counterpart on the right.
void OpenChannel(PeerPair& pair) {
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.right().ListDataChannels().empty(); }));
  ASSERT_TRUE(pair.RunUntil(
      [&] { return pair.left().GetDataChannel("d")->info.state == DataChannelState::kOpen; }));
}

TEST(PeerConnectionTest, ChannelsAndStreamsEndWhenThePeerHangsUp) {
  Inbox inbox;
  PeerPair pair;
  OpenChannel(pair);
  ASSERT_THAT(pair.left().Send("d", true, std::vector<uint8_t>(10)), IsOk());
  const std::string remote_id = pair.right().ListDataChannels().front().info.channel_id;
  ASSERT_THAT(pair.right().AttachStream({.channel_id = remote_id, .initial_receive_credit = 100},
                                        inbox.Callback()),
              IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return inbox.messages.size() == 1; }));
  pair.left().Close({});
  ASSERT_TRUE(pair.RunUntil([&] { return pair.right().ListDataChannels().empty(); }));
  EXPECT_TRUE(inbox.ended);
  EXPECT_THAT(pair.right().Send(remote_id, true, {}),
              HasReason(ErrorReason::DATA_CHANNEL_NOT_FOUND));
  // The last event of the channel still shows what it was.
  const auto closed = pair.right_events().All<DataChannelCloseEvent>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].channel->info.init.label, "d");
  EXPECT_EQ(closed[0].channel->messages_received, 1u);
}

TEST(PeerConnectionTest, ARejectedDataSectionEndsItsChannels) {
  PeerPair pair;
  ASSERT_THAT(pair.left().AddTransceiver(MediaKind::kAudio, {}, "a"), IsOk());
  OpenChannel(pair);
  SessionDescription offer = *pair.left().SetLocalDescription(std::nullopt);
  const size_t at = offer.sdp.find("m=application ");
  ASSERT_NE(at, std::string::npos);
  const size_t port = at + std::string("m=application ").size();
  offer.sdp.replace(port, offer.sdp.find(' ', port) - port, "0");
  // A section that is not bundled any more leaves the group.
  const size_t group = offer.sdp.find("a=group:BUNDLE 0 1");
  ASSERT_NE(group, std::string::npos);
  offer.sdp.replace(group, std::string("a=group:BUNDLE 0 1").size(), "a=group:BUNDLE 0");
  const size_t bundle_only = offer.sdp.find("a=bundle-only\r\n", at);
  if (bundle_only != std::string::npos) offer.sdp.erase(bundle_only, 15);
  ASSERT_THAT(pair.right().SetRemoteDescription(offer), IsOk());
  ASSERT_THAT(pair.right().SetLocalDescription(std::nullopt), IsOk());
  EXPECT_TRUE(pair.right().ListDataChannels().empty());
  EXPECT_FALSE(pair.right().Info().sctp.has_value());
  // And nothing that still arrives for the channel disturbs it.
  pair.loop().RunFor(5s);
  EXPECT_EQ(pair.right().Info().connection_state, ConnectionState::kConnected);
}

TEST(PeerConnectionTest, MoreChannelsThanStreamsAreRefused) {
  PeerPair pair;
  OpenChannel(pair);
  size_t made = 1;
  absl::Status refused;
  while (refused.ok() && made < 2000) {
    refused = pair.left().CreateDataChannel({}, "").status();
    made += refused.ok();
  }
  EXPECT_FALSE(refused.ok());
  EXPECT_LE(made, 1024u);
  EXPECT_EQ(pair.left().ListDataChannels().size(), made);
}

TEST(PeerConnectionTest, GracefulCloseIsToldOnceAndAnsweredWithTheEnd) {
  PeerPair pair;
  OpenChannel(pair);
  pair.ice().SetReachable(false);
  ASSERT_THAT(pair.left().Send("d", true, std::vector<uint8_t>(1000)), IsOk());
  std::vector<ConnectionState> answered;
  for (int i = 0; i < 3; ++i) {
    pair.left().BeginGracefulClose(
        5s, [&](PeerConnection& pc) { answered.push_back(pc.Info().connection_state); });
  }
  EXPECT_EQ(pair.left_events().All<ClosingEvent>().size(), 1u);
  pair.left().Close({});
  EXPECT_THAT(answered, ::testing::Each(ConnectionState::kClosed));
  EXPECT_EQ(answered.size(), 3u);
}

TEST(PeerConnectionTest, AGracefulCloseSendsWhatIsQueuedAndTakesNothingMore) {
  Inbox left_inbox, right_inbox;
  PeerPair pair;
  OpenChannel(pair);
  const StreamOptions all{.initial_receive_credit = 1 << 20};
  const auto left_stream = pair.left().AttachStream(all, left_inbox.Callback());
  ASSERT_THAT(left_stream, IsOk());
  ASSERT_THAT(pair.right().AttachStream(all, right_inbox.Callback()), IsOk());
  const std::string remote_id = pair.right().ListDataChannels().front().info.channel_id;
  ASSERT_THAT(pair.left().Send("d", true, Bytes("queued")), IsOk());
  pair.left().BeginGracefulClose(5s, [](PeerConnection& pc) { pc.Close({}); });
  const auto closed = HasReason(ErrorReason::PEER_CONNECTION_CLOSED);
  ASSERT_EQ(pair.left().Info().connection_state, ConnectionState::kConnected);
  EXPECT_THAT(pair.left().Send("d", true, Bytes("late")).status(), closed);
  EXPECT_THAT(pair.left().SendOnStream(*left_stream, "d", true, Bytes("late")), closed);
  EXPECT_THAT(pair.left().CreateDataChannel({.label = "late"}, "late").status(), closed);
  EXPECT_THAT(pair.left().CloseDataChannel("d").status(), closed);
  EXPECT_THAT(pair.left().SetBufferedAmountLowThreshold("d", 1).status(), closed);
  EXPECT_THAT(pair.left().AttachStream({}, [](StreamItem) {}).status(), closed);
  EXPECT_THAT(pair.left().SetLocalDescription(std::nullopt).status(), closed);
  EXPECT_THAT(pair.left().AddTransceiver(MediaKind::kAudio, {}, "a").status(), closed);
  EXPECT_THAT(pair.left().CreateSink({}).status(), closed);
  EXPECT_THAT(pair.left().GetDataChannel("d"), IsOk());
  ASSERT_THAT(pair.right().Send(remote_id, true, Bytes("still read")), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.left().closed(); }));
  ASSERT_EQ(right_inbox.messages.size(), 1u);
  EXPECT_EQ(right_inbox.messages[0].bytes, Bytes("queued"));
}

// Who closes sends what is left, an ABORT and a close_notify at once.
TEST(PeerConnectionTest, WhatComesWithTheEndOfTheTransportCounts) {
  Inbox inbox;
  PeerPair pair;
  OpenChannel(pair);
  ASSERT_THAT(pair.right().AttachStream({.initial_receive_credit = 1 << 20}, inbox.Callback()),
              IsOk());
  ASSERT_THAT(pair.left().Send("d", true, Bytes("the last word")), IsOk());
  pair.left().Close({});
  ASSERT_TRUE(
      pair.RunUntil([&] { return !pair.right_events().All<DataChannelCloseEvent>().empty(); }));
  ASSERT_EQ(inbox.messages.size(), 1u);
  EXPECT_EQ(inbox.messages[0].bytes, Bytes("the last word"));
  const auto errors = pair.right_events().All<DataChannelErrorEvent>();
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(errors[0].sctp_failure);
  EXPECT_NE(errors[0].error_text.find("the peer aborted"), std::string::npos);
}

TEST(PeerConnectionTest, StatsNameEveryPartWithAUniqueId) {
  PeerPair pair;
  ASSERT_THAT(pair.left().CreateDataChannel({.label = "d"}, "d"), IsOk());
  ASSERT_THAT(pair.Negotiate(), IsOk());
  ASSERT_TRUE(pair.RunUntil([&] { return pair.connected(); }));
  const StatsReport report = pair.left().GetStats();
  std::map<std::string, size_t> ids;
  std::map<size_t, size_t> kinds;
  for (const StatsEntry& entry : report.entries) {
    std::visit([&ids](const auto& stats) { ++ids[stats.id]; }, entry);
    ++kinds[entry.index()];
  }
  for (const auto& [id, count] : ids) EXPECT_EQ(count, 1u) << id;
  const auto has = [&](const StatsEntry& example) { return kinds[example.index()] > 0; };
  EXPECT_TRUE(has(PeerConnectionStats{}));
  EXPECT_TRUE(has(TransportStats{}));
  EXPECT_TRUE(has(CandidatePairStats{}));
  EXPECT_TRUE(has(IceCandidateStats{}));
  EXPECT_TRUE(has(CertificateStats{}));
  EXPECT_TRUE(has(DataChannelStats{}));
}

TEST(CloseSequenceTest, ClosesWhatUsesBeforeWhatIsUsed) {
  // One row per step, in the order in which Close runs them.
  const CloseStep expected[] = {
      CloseStep::kStreams,    CloseStep::kChannels, CloseStep::kAssociation, CloseStep::kMedia,
      CloseStep::kTransports, CloseStep::kSession,  CloseStep::kClosedEvent, CloseStep::kWaiters};
  ASSERT_EQ(kCloseSequence.size(), std::size(expected));
  for (size_t i = 0; i < kCloseSequence.size(); ++i) EXPECT_EQ(kCloseSequence[i].step, expected[i]);
}

}  // namespace
}  // namespace pcd::peerconnection
