// A session offers, and both ends renegotiate.
#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/jsep/session_testing.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {
namespace {

std::string Add(Peer& peer, MediaKind kind, const TransceiverInit& init = {}) {
  auto id = peer.session->AddTransceiver(kind, init);
  EXPECT_TRUE(id.ok()) << id.status();
  return id.ok() ? *id : "";
}

TEST(SessionOfferTest, OffersOneBundleGroupInTheOrderOfCreation) {
  Peer peer;
  Add(peer, MediaKind::kVideo, {.direction = Direction::kRecvOnly});
  Add(peer, MediaKind::kAudio, {.stream_ids = {"s1", "s2"}});
  ASSERT_TRUE(peer.session->AddDataSection().ok());
  const std::string text = peer.CreateOffer();
  const auto offer = MustParse(text);
  ASSERT_EQ(offer.media.size(), 3u);
  EXPECT_EQ(offer.groups.at(0).mids, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_TRUE(offer.extmap_allow_mixed);
  const auto& video = offer.media[0];
  EXPECT_EQ(video.proto, "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(video.port, 9);
  EXPECT_FALSE(video.bundle_only);
  EXPECT_EQ(video.setup, DtlsSetup::kActpass);
  EXPECT_EQ(video.direction, Direction::kRecvOnly);
  EXPECT_TRUE(video.msids.empty());
  EXPECT_TRUE(video.rtcp_mux && video.rtcp_rsize);
  EXPECT_EQ(video.rtcp_xr, std::vector<std::string>{"rcvr-rtt=all"});
  EXPECT_EQ(video.codecs.at(0).payload_type, 96);
  EXPECT_EQ(video.fingerprints.size(), 1u);
  const auto& audio = offer.media[1];
  EXPECT_TRUE(audio.bundle_only);
  EXPECT_EQ(audio.port, 0);
  EXPECT_EQ(audio.codecs.at(0).payload_type, 111);
  ASSERT_EQ(audio.msids.size(), 2u);
  EXPECT_EQ(audio.msids[1].stream_id, "s2");
  EXPECT_EQ(audio.msids[0].track_id, audio.msids[1].track_id);
  EXPECT_EQ(offer.media[2].media, "application");
  EXPECT_EQ(offer.media[2].sctp_port, 5000);
  EXPECT_EQ(offer.media[2].max_message_size, 262144u);
  // A mid extension has one id throughout.
  EXPECT_EQ(video.extmaps[2].extension.id, audio.extmaps[3].extension.id);
  EXPECT_EQ(peer.CreateOffer(), text);
}

TEST(SessionOfferTest, ALocalOfferStartsGatheringOnce) {
  Peer peer;
  Add(peer, MediaKind::kAudio);
  const ApplyResult first = peer.SetLocal(SdpType::kOffer);
  ASSERT_EQ(first.transports.size(), 1u);
  EXPECT_TRUE(first.transports[0].start_gathering);
  EXPECT_EQ(first.transports[0].ice_role, IceRole::kControlling);
  EXPECT_FALSE(first.transports[0].remote.has_value());
  EXPECT_EQ(first.signaling_state, SignalingState::kHaveLocalOffer);
  EXPECT_FALSE(first.receivers.has_value());
  EXPECT_TRUE(peer.SetLocal(SdpType::kOffer).transports.empty());
}

TEST(SessionOfferTest, ChromiumsAnswerIsUnderstood) {
  Peer peer;
  Add(peer, MediaKind::kAudio);
  Add(peer, MediaKind::kVideo);
  ASSERT_TRUE(peer.session->AddDataSection().ok());
  peer.SetLocal(SdpType::kOffer);
  const ApplyResult result = peer.SetRemote(SdpType::kAnswer, ReadSample("chromium_answer.sdp"));
  EXPECT_EQ(result.signaling_state, SignalingState::kStable);
  ASSERT_EQ(result.transports.size(), 1u);
  const TransportAction& transport = result.transports[0];
  EXPECT_FALSE(transport.start_gathering);
  EXPECT_EQ(transport.ice_role, IceRole::kControlling);
  EXPECT_EQ(transport.remote->dtls_role, DtlsRole::kServer);  // It answered active.
  EXPECT_EQ(transport.remote->ice.ufrag, "b0Xy");
  ASSERT_EQ(result.receivers->size(), 2u);
  const ReceiveParameters& video = result.receivers->at(1);
  EXPECT_EQ(video.codecs.at(0).payload_type, 96);
  EXPECT_EQ(video.extensions.size(), 5u);
  EXPECT_EQ(video.ssrcs.at(0).ssrc, 1998014031u);
  EXPECT_TRUE(result.data.has_value());
  ASSERT_EQ(result.tracks.size(), 2u);
  EXPECT_EQ(result.tracks[1].stream_ids, std::vector<std::string>{"stream-a"});
  EXPECT_EQ(peer.session->transceivers()[0].current_direction, Direction::kRecvOnly);
  EXPECT_FALSE(peer.session->negotiation_needed());
}

TEST(SessionOfferTest, AnAnswerWithoutMidsIsMatchedByPlace) {
  Peer peer;
  Add(peer, MediaKind::kAudio);
  peer.SetLocal(SdpType::kOffer);
  std::string answer = ReadSample("chromium_answer.sdp");
  answer = answer.substr(0, answer.find("m=video"));
  answer = Replace(answer, "a=mid:0\r\n", "");
  answer = Replace(answer, "a=group:BUNDLE 0 1 2\r\n", "");
  EXPECT_EQ(peer.SetRemote(SdpType::kAnswer, answer).receivers->at(0).mid, "0");
}

TEST(SessionOfferTest, TwoSessionsAgree) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  Add(a, MediaKind::kVideo, {.direction = Direction::kSendOnly, .stream_ids = {"s"}});
  ASSERT_TRUE(a.session->AddDataSection().ok());
  const Negotiated results = Negotiate(a, b);
  const TransportAction& ta = results.offerer.transports.at(0);
  const TransportAction& tb = results.answerer.transports.at(0);
  EXPECT_EQ(ta.local_ice, tb.remote->ice);
  EXPECT_EQ(tb.local_ice, ta.remote->ice);
  EXPECT_EQ(ta.ice_role, IceRole::kControlling);
  EXPECT_EQ(tb.ice_role, IceRole::kControlled);
  EXPECT_EQ(ta.remote->dtls_role, DtlsRole::kClient);
  EXPECT_EQ(tb.remote->dtls_role, DtlsRole::kServer);
  EXPECT_EQ(a.session->transceivers()[0].current_direction, Direction::kSendOnly);
  EXPECT_EQ(b.session->transceivers()[1].remote_stream_ids, std::vector<std::string>{"s"});
  EXPECT_EQ(b.session->transceivers()[1].track_id, a.session->transceivers()[1].sender_track_id);
  EXPECT_FALSE(results.offerer.receivers->at(1).receiving);
  EXPECT_TRUE(results.answerer.receivers->at(1).receiving);
}

TEST(SessionOfferTest, ALaterSectionJoinsTheTransport) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  Negotiate(a, b);
  Add(a, MediaKind::kVideo);
  a.SetLocal(SdpType::kOffer);
  const auto offer = MustParse(a.LocalSdp());
  EXPECT_EQ(offer.media[0].port, 9);
  EXPECT_TRUE(offer.media[1].bundle_only);
  const ApplyResult answerer = b.Answer(a.LocalSdp());
  const ApplyResult offerer = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_EQ(answerer.transports.at(0).mids, (std::vector<std::string>{"0", "1"}));
  EXPECT_FALSE(answerer.transports[0].start_gathering);
  EXPECT_FALSE(answerer.transports[0].remote->restart);
  EXPECT_EQ(offerer.receivers->size(), 2u);
  EXPECT_EQ(a.generations + b.generations, 2);
  // Negotiated by now, so it shares the port.
  EXPECT_FALSE(MustParse(a.CreateOffer()).media[1].bundle_only);
}

TEST(SessionOfferTest, DataLaterMakesOneMoreSection) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  EXPECT_FALSE(Negotiate(a, b).offerer.data.has_value());
  ASSERT_TRUE(b.session->AddDataSection().ok());
  EXPECT_TRUE(b.session->negotiation_needed());
  const Negotiated results = Negotiate(b, a);
  EXPECT_TRUE(results.offerer.data_changed);
  EXPECT_EQ(results.offerer.data->mid, results.answerer.data->mid);
  EXPECT_FALSE(b.session->negotiation_needed());
  EXPECT_FALSE(Negotiate(a, b).offerer.data_changed);
}

TEST(SessionOfferTest, AStoppedSectionIsRejectedAndItsPlaceUsedAgain) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  const std::string video = Add(a, MediaKind::kVideo);
  Negotiate(a, b);
  ASSERT_TRUE(a.session->StopTransceiver(video).ok());
  EXPECT_TRUE(a.session->negotiation_needed());
  const Negotiated stopped = Negotiate(a, b);
  EXPECT_EQ(stopped.offerer.stopped_transceivers, std::vector<std::string>{video});
  EXPECT_TRUE(stopped.answerer.stopped_transceivers.empty()) << "told with the offer";
  EXPECT_EQ(b.session->transceivers().size(), 1u);
  EXPECT_EQ(a.session->FindTransceiver(video), nullptr);
  EXPECT_EQ(stopped.offerer.transports.at(0).mids, std::vector<std::string>{"0"});
  EXPECT_EQ(stopped.answerer.receivers->size(), 1u);
  EXPECT_FALSE(a.session->negotiation_needed());

  Add(b, MediaKind::kVideo);
  const Negotiated recycled = Negotiate(b, a);
  const auto offer = MustParse(b.LocalSdp());
  ASSERT_EQ(offer.media.size(), 2u);
  EXPECT_EQ(offer.media[1].media, "video");
  EXPECT_EQ(offer.media[1].mid, "2");  // Never a mid that was used before.
  EXPECT_EQ(recycled.answerer.receivers->size(), 2u);
  EXPECT_EQ(a.session->transceivers().size(), 2u);
  EXPECT_TRUE(a.session->transceivers()[1].created_by_remote);
}

TEST(SessionOfferTest, StoppingInAnAnswerRejectsTheSection) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  Add(a, MediaKind::kVideo);
  a.SetLocal(SdpType::kOffer);
  b.SetRemote(SdpType::kOffer, a.LocalSdp());
  ASSERT_TRUE(b.session->StopTransceiver(b.session->transceivers()[0].id).ok());
  b.SetLocal(SdpType::kAnswer);
  const auto result = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_EQ(result.stopped_transceivers.size(), 1u);
  EXPECT_EQ(result.transports.at(0).mids, std::vector<std::string>{"1"});
}

TEST(SessionOfferTest, ATransceiverNobodyKnowsOfStopsAtOnce) {
  Peer peer;
  const std::string id = Add(peer, MediaKind::kAudio);
  EXPECT_TRUE(peer.session->TakeNegotiationNeededEvent());
  ASSERT_TRUE(peer.session->StopTransceiver(id).ok());
  EXPECT_TRUE(peer.session->transceivers().empty());
  EXPECT_FALSE(peer.session->negotiation_needed());
  EXPECT_TRUE(MustParse(peer.CreateOffer()).media.empty());
}

TEST(SessionOfferTest, RolesSurviveWhenTheOtherSideOffers) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  Negotiate(a, b);
  const Negotiated back = Negotiate(b, a);
  EXPECT_EQ(back.offerer.transports.at(0).remote->dtls_role, DtlsRole::kServer);
  EXPECT_EQ(back.answerer.transports.at(0).remote->dtls_role, DtlsRole::kClient);
  EXPECT_EQ(back.answerer.transports[0].ice_role, IceRole::kControlling);
  EXPECT_EQ(MustParse(a.LocalSdp()).media[0].setup, DtlsSetup::kActive);
}

TEST(SessionOfferTest, APeerThatAlwaysAnswersActiveDoesNotFlipTheRole) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  Negotiate(a, b);  // b answers passive: a is the client.
  a.SetLocal(SdpType::kOffer);
  b.Answer(a.LocalSdp());
  const auto result =
      a.SetRemote(SdpType::kAnswer, Replace(b.LocalSdp(), "a=setup:passive", "a=setup:active"));
  EXPECT_EQ(result.transports.at(0).remote->dtls_role, DtlsRole::kClient);
}

TEST(SessionOfferTest, AnIceRestartByOfferGathersAnewWithNewCredentials) {
  Peer a('a'), b('b');
  Add(a, MediaKind::kAudio);
  Negotiate(a, b);
  ASSERT_TRUE(a.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 1)).ok());
  const std::string offer = a.CreateOffer(true);
  EXPECT_EQ(a.CreateOffer(true), offer);  // One generation, however often it is asked for.
  EXPECT_NE(offer.find("aaa1"), std::string::npos);
  EXPECT_EQ(offer.find("a=candidate"), std::string::npos);
  const auto local = a.SetLocal(SdpType::kOffer, offer);
  EXPECT_TRUE(local.transports.at(0).start_gathering);
  const auto answered = b.Answer(offer);
  EXPECT_TRUE(answered.transports.at(0).remote->restart);
  EXPECT_TRUE(answered.transports[0].start_gathering);
  const auto result = a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_TRUE(result.transports.at(0).remote->restart);
  EXPECT_EQ(result.transports[0].ice_role, IceRole::kControlling);
}

TEST(SessionOfferTest, DirectionChangesReachTheOtherSideAsTrackEvents) {
  Peer a('a'), b('b');
  const std::string id = Add(a, MediaKind::kAudio, {.direction = Direction::kSendOnly});
  EXPECT_EQ(Negotiate(a, b).answerer.transports.size(), 1u);
  ASSERT_TRUE(a.session->SetDirection(id, Direction::kInactive).ok());
  EXPECT_TRUE(a.session->negotiation_needed());
  a.SetLocal(SdpType::kOffer);
  const auto removed = b.SetRemote(SdpType::kOffer, a.LocalSdp());
  ASSERT_EQ(removed.tracks.size(), 1u);
  EXPECT_FALSE(removed.tracks[0].added);
  EXPECT_FALSE(b.SetLocal(SdpType::kAnswer).receivers->at(0).receiving);
  a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  ASSERT_TRUE(a.session->SetDirection(id, Direction::kSendRecv).ok());
  a.SetLocal(SdpType::kOffer);
  const auto back = b.SetRemote(SdpType::kOffer, a.LocalSdp());
  ASSERT_EQ(back.tracks.size(), 1u);
  EXPECT_TRUE(back.tracks[0].added);
}

TEST(SessionOfferTest, OffersWithChromiumsNumbersOnceItHasOffered) {
  Peer peer;
  std::string offer = ReadSample("safari_offer.sdp");
  peer.Answer(offer);
  Add(peer, MediaKind::kVideo);
  const auto again = MustParse(peer.CreateOffer());
  ASSERT_EQ(again.media.size(), 3u);
  EXPECT_EQ(again.media[1].codecs.at(0).payload_type, 100);  // As it was answered.
  EXPECT_EQ(again.media[2].codecs.at(0).payload_type, 100);
  EXPECT_EQ(again.media[2].mid, "2");
}

TEST(SessionOfferTest, TheNegotiationNeededEventFiresOncePerReason) {
  Peer a('a'), b('b');
  EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
  Add(a, MediaKind::kAudio);
  Add(a, MediaKind::kVideo);
  EXPECT_TRUE(a.session->TakeNegotiationNeededEvent());
  EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
  a.SetLocal(SdpType::kOffer);
  Add(a, MediaKind::kVideo);  // Not stable: told when it is.
  EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
  b.Answer(a.LocalSdp());
  a.SetRemote(SdpType::kAnswer, b.LocalSdp());
  EXPECT_TRUE(a.session->TakeNegotiationNeededEvent());
  Negotiate(a, b);
  EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
}

TEST(SessionOfferTest, CapsTransceiversAndSections) {
  Options options;
  options.limits.max_media_sections = 2;
  Peer peer('a', options);
  Add(peer, MediaKind::kAudio);
  Add(peer, MediaKind::kAudio);
  ExpectError(peer.session->AddTransceiver(MediaKind::kAudio, {}).status(),
              ErrorReason::LIMIT_EXCEEDED, "OperationError");
  ASSERT_TRUE(peer.session->AddDataSection().ok());
  ExpectError(peer.session->CreateOffer({}, peer.transport_info).status(),
              ErrorReason::LIMIT_EXCEEDED, "OperationError");
}

TEST(SessionOfferTest, RefusesBadTransceiverCalls) {
  Peer peer;
  ASSERT_EQ(*peer.session->AddTransceiver(MediaKind::kAudio, {}, "x"), "x");
  ExpectError(peer.session->AddTransceiver(MediaKind::kAudio, {}, "x").status(),
              ErrorReason::ALREADY_EXISTS, "InvalidAccessError");
  ExpectError(
      peer.session->AddTransceiver(MediaKind::kAudio, {.direction = Direction::kStopped}).status(),
      ErrorReason::INVALID_ARGUMENT, "TypeError");
  ExpectError(peer.session->SetDirection("y", Direction::kInactive),
              ErrorReason::TRANSCEIVER_NOT_FOUND, "");
  ExpectError(peer.session->SetDirection("x", Direction::kStopped), ErrorReason::INVALID_ARGUMENT,
              "TypeError");
  ExpectError(peer.session->StopTransceiver("y"), ErrorReason::TRANSCEIVER_NOT_FOUND, "");
  peer.SetLocal(SdpType::kOffer);
  ASSERT_TRUE(peer.session->StopTransceiver("x").ok());
  ExpectError(peer.session->SetDirection("x", Direction::kInactive),
              ErrorReason::TRANSCEIVER_STOPPED, "InvalidStateError");
}

// What a caller names stands in the SDP and in logs.
TEST(SessionOfferTest, IdsThatCouldNotStandInSdpAreRefusedByTheirField) {
  Peer peer;
  const auto refuse = [&](const TransceiverInit& init, const std::string& id, const char* field) {
    const absl::Status status = peer.session->AddTransceiver(MediaKind::kAudio, init, id).status();
    ExpectError(status, ErrorReason::INVALID_ARGUMENT, "TypeError");
    EXPECT_EQ(GetErrorDetail(status).field, field);
  };
  for (const std::string& bad :
       {std::string("a b"), std::string("a\r\na=x"), std::string(65, 'x')}) {
    refuse({}, bad, "transceiver_id");
    refuse({.stream_ids = {bad}}, "", "init.stream_ids");
    refuse({.stream_ids = {"good", bad}}, "", "init.stream_ids");
  }
  refuse({}, "a{b}", "transceiver_id");
  refuse({.stream_ids = {""}}, "", "init.stream_ids");
  refuse({.stream_ids = {"-"}}, "", "init.stream_ids");
  EXPECT_TRUE(peer.session->transceivers().empty());
  EXPECT_FALSE(peer.session->TakeNegotiationNeededEvent());
  ASSERT_TRUE(
      peer.session->AddTransceiver(MediaKind::kAudio, {.stream_ids = {"{a-b}"}}, "A-1_b.c").ok());
  EXPECT_NE(peer.CreateOffer().find("a=msid:{a-b} track-"), std::string::npos);
}

}  // namespace
}  // namespace pcd::jsep
