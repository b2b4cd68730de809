// Senders and their tracks: addTrack, removeTrack, replaceTrack, setStreams, what may be sent.
#include <gtest/gtest.h>

#include "engine/base/status.h"
#include "engine/jsep/session_testing.h"

namespace pcd::jsep {
namespace {

const Transceiver& Only(const Peer& peer) {
  EXPECT_EQ(peer.session->transceivers().size(), 1u);
  return peer.session->transceivers().at(0);
}

TEST(SessionSendersTest, AChosenTransceiverIsTheOneThatAddTrackUses) {
  Peer a('a');
  const auto add = [&](const std::string& track, const std::string& id,
                       MediaKind kind = MediaKind::kAudio) {
    return a.session->AddTrack(kind, track, {}, id, true);
  };
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}, "idle").ok());
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, {}, "other").ok());
  EXPECT_EQ(*add("1", "new"), "new") << "although there are idle ones";
  EXPECT_EQ(*add("2", "other"), "other") << "although it is not the first";
  EXPECT_EQ(a.session->transceivers().size(), 3u);
  EXPECT_EQ(a.session->FindTransceiver("other")->local_track_id, "2");
  EXPECT_EQ(a.session->FindTransceiver("idle")->local_track_id, "");
  ExpectError(add("3", "").status(), ErrorReason::INVALID_ARGUMENT, "TypeError");
  ExpectError(add("3", "other").status(), ErrorReason::INVALID_STATE, "InvalidStateError");
  ExpectError(add("3", "idle", MediaKind::kVideo).status(), ErrorReason::TRACK_KIND_MISMATCH,
              "TypeError");
}

TEST(SessionSendersTest, AddTrackMakesASendingTransceiverWithTheTracksName) {
  Peer a('a'), b('b');
  ASSERT_EQ(*a.session->AddTrack(MediaKind::kVideo, "camera", {"s1", "s1"}, "x"), "x");
  EXPECT_TRUE(a.session->TakeNegotiationNeededEvent());
  EXPECT_EQ(Only(a).direction, Direction::kSendRecv);
  EXPECT_EQ(Only(a).sender_stream_ids, std::vector<std::string>{"s1"});
  const Negotiated done = Negotiate(a, b);
  EXPECT_NE(a.LocalSdp().find("a=msid:s1 camera\r\n"), std::string::npos);
  ASSERT_TRUE(done.offerer.senders.has_value());
  const SendParameters& sender = done.offerer.senders->at(0);
  EXPECT_TRUE(sender.sending);
  EXPECT_EQ(sender.transceiver_id, "x");
  EXPECT_EQ(sender.sender_id, Only(a).sender_id);
  EXPECT_EQ(sender.codecs.at(0).name, "VP8");
  EXPECT_FALSE(sender.extensions.empty());
  // The answerer only receives: it made the transceiver itself.
  EXPECT_FALSE(done.answerer.senders->at(0).sending);
}

TEST(SessionSendersTest, WhatSendsAnnouncesItsSources) {
  Options options;
  options.cname = "our-name";
  Peer a('a', options), b('b', options);
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kVideo, "camera", {}).ok());
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "microphone", {}).ok());
  const Negotiated done = Negotiate(a, b);
  const sdp::Description offer = MustParse(a.LocalSdp());
  for (const SendParameters& sender : *done.offerer.senders) {
    const sdp::MediaSection& section = offer.media.at(sender.kind == MediaKind::kVideo ? 0 : 1);
    ASSERT_NE(sender.ssrc, 0u);
    const auto announced = sdp::SignaledSsrcs(section, 10);
    ASSERT_EQ(announced.size(), 1u);
    EXPECT_EQ(announced[0].ssrc, sender.ssrc);
    EXPECT_EQ(announced[0].cname, "our-name");
    // Opus has no retransmission of its own.
    const bool video = sender.kind == MediaKind::kVideo;
    EXPECT_EQ(announced[0].rtx_ssrc, video ? std::optional(sender.rtx_ssrc) : std::nullopt);
  }
  // The answer only receives.
  for (const sdp::MediaSection& section : MustParse(b.LocalSdp()).media) {
    EXPECT_TRUE(section.ssrcs.empty());
    EXPECT_TRUE(section.ssrc_groups.empty());
  }
}

TEST(SessionSendersTest, TelephoneEventsAreSentWhereSoundIs) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "microphone", {}).ok());
  EXPECT_FALSE(Only(a).sends_telephone_events);
  Negotiate(a, b);
  EXPECT_TRUE(Only(a).sends_telephone_events);
  EXPECT_FALSE(Only(b).sends_telephone_events) << "it only receives";
  ASSERT_TRUE(a.session->SetDirection(Only(a).id, Direction::kRecvOnly).ok());
  Negotiate(a, b);
  EXPECT_FALSE(Only(a).sends_telephone_events);
}

TEST(SessionSendersTest, SourcesStayAsLongAsTheTransceiver) {
  Options options;
  options.cname = "our-name";
  Peer a('a', options), b('b', options);
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kVideo, "camera", {}).ok());
  Negotiate(a, b);
  const uint32_t ssrc = Only(a).sender_ssrc;
  ASSERT_TRUE(a.session->SetDirection(Only(a).id, Direction::kRecvOnly).ok());
  Negotiate(a, b);
  EXPECT_TRUE(MustParse(a.LocalSdp()).media.at(0).ssrcs.empty());
  ASSERT_TRUE(a.session->SetDirection(Only(a).id, Direction::kSendRecv).ok());
  Negotiate(a, b);
  EXPECT_EQ(MustParse(a.LocalSdp()).media.at(0).ssrcs.at(0).ssrc, ssrc);
}

TEST(SessionSendersTest, ATrackHasOneSenderAtATime) {
  Peer a;
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "t", {}).ok());
  ExpectError(a.session->AddTrack(MediaKind::kAudio, "t", {}).status(), ErrorReason::TRACK_IN_USE,
              "InvalidAccessError");
  ExpectError(a.session->AddTrack(MediaKind::kAudio, "", {}).status(),
              ErrorReason::INVALID_ARGUMENT, "TypeError");
  ExpectError(a.session->AddTrack(MediaKind::kAudio, "u", {"-"}).status(),
              ErrorReason::INVALID_ARGUMENT, "TypeError");
  EXPECT_EQ(a.session->transceivers().size(), 1u);
}

TEST(SessionSendersTest, AddTrackReusesASenderThatNeverSent) {
  Peer a('a'), b('b');
  ASSERT_TRUE(b.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  Negotiate(b, a);
  const std::string id = Only(a).id;
  EXPECT_EQ(Only(a).direction, Direction::kRecvOnly);
  EXPECT_EQ(*a.session->AddTrack(MediaKind::kAudio, "t", {}), id);
  EXPECT_EQ(Only(a).direction, Direction::kSendRecv);
  EXPECT_TRUE(a.session->negotiation_needed());
  Negotiate(a, b);
  EXPECT_EQ(Only(a).current_direction, Direction::kSendRecv);
  // It has sent now: another track gets a transceiver of its own.
  ASSERT_TRUE(a.session->RemoveTrack(Only(a).sender_id).ok());
  EXPECT_NE(*a.session->AddTrack(MediaKind::kAudio, "u", {}), id);
}

TEST(SessionSendersTest, ATransceiverOfAddTrackServesARemoteOffer) {
  Peer a('a'), b('b');
  ASSERT_EQ(*a.session->AddTrack(MediaKind::kAudio, "t", {}, "mine"), "mine");
  ASSERT_TRUE(b.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  const Negotiated done = Negotiate(b, a);
  EXPECT_EQ(Only(a).id, "mine");
  EXPECT_EQ(Only(a).current_direction, Direction::kSendRecv);
  EXPECT_TRUE(done.answerer.senders->at(0).sending);
  EXPECT_FALSE(a.session->negotiation_needed());
}

TEST(SessionSendersTest, RemoveTrackKeepsTheTransceiverAndStopsSendingWithTheNextNegotiation) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "t", {}).ok());
  Negotiate(a, b);
  const std::string sender = Only(a).sender_id;
  ASSERT_TRUE(a.session->RemoveTrack(sender).ok());
  EXPECT_EQ(Only(a).local_track_id, "");
  EXPECT_EQ(Only(a).direction, Direction::kRecvOnly);
  EXPECT_TRUE(a.session->negotiation_needed());
  const Negotiated done = Negotiate(a, b);
  EXPECT_FALSE(done.offerer.senders->at(0).sending);
  // Again: nothing happens.
  ASSERT_TRUE(a.session->RemoveTrack(sender).ok());
  EXPECT_EQ(Only(a).direction, Direction::kRecvOnly);
  ExpectError(a.session->RemoveTrack("x"), ErrorReason::SENDER_NOT_FOUND, "InvalidAccessError");
}

TEST(SessionSendersTest, ReplaceTrackNeedsNoNegotiation) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "t", {}).ok());
  Negotiate(a, b);
  const std::string sender = Only(a).sender_id;
  ASSERT_TRUE(a.session->ReplaceTrack(sender, MediaKind::kAudio, "u").ok());
  EXPECT_EQ(a.session->FindSender(sender)->local_track_id, "u");
  ASSERT_TRUE(a.session->ReplaceTrack(sender, MediaKind::kVideo, "").ok());
  EXPECT_EQ(a.session->FindSender(sender)->local_track_id, "");
  EXPECT_FALSE(a.session->negotiation_needed());
  ExpectError(a.session->ReplaceTrack(sender, MediaKind::kVideo, "v"),
              ErrorReason::TRACK_KIND_MISMATCH, "TypeError");
  ExpectError(a.session->ReplaceTrack("x", MediaKind::kAudio, ""), ErrorReason::SENDER_NOT_FOUND,
              "InvalidAccessError");
  ASSERT_TRUE(a.session->StopTransceiver(Only(a).id).ok());
  ExpectError(a.session->ReplaceTrack(sender, MediaKind::kAudio, "w"),
              ErrorReason::TRANSCEIVER_STOPPED, "InvalidStateError");
}

TEST(SessionSendersTest, OtherStreamsNeedNegotiationWhileItSends) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "t", {"one"}).ok());
  Negotiate(a, b);
  const std::string sender = Only(a).sender_id;
  ASSERT_TRUE(a.session->SetSenderStreams(sender, {"one", "two"}).ok());
  EXPECT_TRUE(a.session->negotiation_needed());
  const Negotiated done = Negotiate(a, b);
  ASSERT_EQ(done.answerer.tracks.size(), 0u);  // Told with the offer.
  EXPECT_EQ(Only(b).remote_stream_ids, (std::vector<std::string>{"one", "two"}));
  ExpectError(a.session->SetSenderStreams(sender, {"a b"}), ErrorReason::INVALID_ARGUMENT,
              "TypeError");
}

// W3C removetrack: of each stream that it has left, also when it goes on.
TEST(SessionSendersTest, ATrackThatLeavesAStreamIsToldOf) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kAudio, "t", {"one", "two"}).ok());
  Negotiate(a, b);
  const std::string sender = Only(a).sender_id;
  const auto change = [&](const std::vector<std::string>& streams) {
    EXPECT_TRUE(a.session->SetSenderStreams(sender, streams).ok());
    a.SetLocal(SdpType::kOffer);
    std::vector<TrackEvent> tracks = b.SetRemote(SdpType::kOffer, a.LocalSdp()).tracks;
    EXPECT_TRUE(b.SetLocal(SdpType::kAnswer).tracks.empty());
    a.SetRemote(SdpType::kAnswer, b.LocalSdp());
    EXPECT_EQ(Only(b).remote_stream_ids, streams);
    return tracks;
  };
  const auto left = change({"two"});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_FALSE(left[0].added);
  EXPECT_TRUE(left[0].goes_on);
  EXPECT_EQ(left[0].track_id, Only(b).track_id);
  EXPECT_EQ(left[0].stream_ids, std::vector<std::string>{"one"});
  const auto moved = change({"three"});
  ASSERT_EQ(moved.size(), 2u);
  EXPECT_EQ(moved[0].stream_ids, std::vector<std::string>{"two"});
  EXPECT_TRUE(moved[0].goes_on);
  EXPECT_TRUE(moved[1].added);
  EXPECT_EQ(moved[1].stream_ids, std::vector<std::string>{"three"});
  const auto alone = change({});
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_TRUE(alone[0].goes_on);
  // Taken away altogether.
  ASSERT_TRUE(a.session->SetDirection(Only(a).id, Direction::kRecvOnly).ok());
  a.SetLocal(SdpType::kOffer);
  const auto gone = b.SetRemote(SdpType::kOffer, a.LocalSdp()).tracks;
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_FALSE(gone[0].added);
  EXPECT_FALSE(gone[0].goes_on);
}

TEST(SessionSendersTest, IdsOfSenderAndReceiverAreTheCallers) {
  Peer a;
  const TransceiverInit init{.track_id = "t", .sender_id = "s", .receiver_id = "r"};
  ASSERT_TRUE(a.session->AddTransceiver(MediaKind::kAudio, init, "x").ok());
  EXPECT_EQ(Only(a).sender_id, "s");
  EXPECT_EQ(Only(a).receiver_id, "r");
  EXPECT_EQ(Only(a).local_track_id, "t");
  const auto again = a.session->AddTransceiver(MediaKind::kAudio, {.receiver_id = "r"});
  ExpectError(again.status(), ErrorReason::ALREADY_EXISTS, "InvalidAccessError");
  EXPECT_EQ(GetErrorDetail(again.status()).field, "receiver_id");
}

TEST(SessionSendersTest, IdsGivenToAddTrackAreOfANewTransceiver) {
  Peer a;
  const auto add = [&](const std::string& track, const std::string& sender) {
    return a.session->AddTrack(MediaKind::kAudio, track, {}, "x", false,
                               {.sender_id = sender, .receiver_id = "r"});
  };
  ASSERT_TRUE(add("t", "s").ok());
  EXPECT_EQ(Only(a).sender_id, "s");
  EXPECT_EQ(Only(a).receiver_id, "r");
  ExpectError(add("other", "s2").status(), ErrorReason::ALREADY_EXISTS, "InvalidAccessError");
  ASSERT_TRUE(a.session->RemoveTrack("s").ok());
  ASSERT_TRUE(add("other", "s2").ok());
  EXPECT_EQ(Only(a).sender_id, "s") << "it is reused as it is";
}

TEST(SessionSendersTest, ARollbackLeavesATransceiverThatAddTrackTook) {
  Peer a('a'), b('b');
  ASSERT_TRUE(b.session->AddTransceiver(MediaKind::kAudio, {}).ok());
  ASSERT_TRUE(b.session->AddTransceiver(MediaKind::kVideo, {}).ok());
  b.SetLocal(SdpType::kOffer);
  a.SetRemote(SdpType::kOffer, b.LocalSdp());
  ASSERT_EQ(a.session->transceivers().size(), 2u);
  const std::string taken = *a.session->AddTrack(MediaKind::kAudio, "t", {});
  const ApplyResult result = a.SetRemote(SdpType::kRollback, "");
  EXPECT_EQ(result.removed_transceivers.size(), 1u);
  EXPECT_EQ(Only(a).id, taken);
  EXPECT_FALSE(Only(a).mid.has_value());
  // The next offer of the other side uses it again.
  b.SetLocal(SdpType::kRollback);
  b.SetLocal(SdpType::kOffer);
  a.SetRemote(SdpType::kOffer, b.LocalSdp());
  EXPECT_TRUE(a.session->FindTransceiver(taken)->mid.has_value());
}

TEST(SessionSendersTest, ATransceiverStoppedDuringAnOfferIsGoneAfterItsRollback) {
  Peer a('a');
  const std::string id = *a.session->AddTransceiver(MediaKind::kAudio, {});
  a.SetLocal(SdpType::kOffer);
  ASSERT_TRUE(a.session->StopTransceiver(id).ok());
  const ApplyResult result = a.SetLocal(SdpType::kRollback);
  EXPECT_EQ(result.stopped_transceivers, std::vector<std::string>{id});
  EXPECT_TRUE(a.session->transceivers().empty());
  EXPECT_FALSE(a.session->negotiation_needed());
}

TEST(SessionSendersTest, WhatIsSentHasTheRemotesPayloadTypes) {
  Peer a('a'), b('b');
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kVideo, "t", {}).ok());
  a.SetLocal(SdpType::kOffer);
  b.Answer(a.LocalSdp());
  // An answerer that numbers VP8 by itself.
  std::string answer = b.LocalSdp();
  const std::string from = std::to_string(MustParse(answer).media.at(0).codecs.at(0).payload_type);
  for (const std::string place : {" UDP/TLS/RTP/SAVPF ", "a=rtpmap:"}) {
    answer = Replace(answer, place + from, place + "120");
  }
  for (size_t at = 0; (at = answer.find("a=rtcp-fb:" + from, at)) != std::string::npos;) {
    answer.replace(at, 10 + from.size(), "a=rtcp-fb:120");
  }
  const ApplyResult result = a.SetRemote(SdpType::kAnswer, answer);
  EXPECT_EQ(result.senders->at(0).codecs.at(0).payload_type, 120);
  EXPECT_EQ(std::to_string(result.receivers->at(0).codecs.at(0).payload_type), from);
}

// The first option is carried out when the second, or the offer itself, fails.
TEST(SessionSendersTest, LegacyOfferOptionsOfAnOfferThatFailsChangeNothing) {
  Options options;
  options.limits.max_media_sections = 1;
  Peer peer('a', options);
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kAudio, {}, "audio").ok());
  const std::string offer = peer.CreateOffer();
  const auto before = peer.session->transceivers();
  const auto fails = [&peer](OfferOptions legacy) {
    ExpectError(peer.session->CreateOffer(legacy, peer.transport_info).status(),
                ErrorReason::LIMIT_EXCEEDED, "OperationError");
  };
  fails({.offer_to_receive_audio = false, .offer_to_receive_video = true});
  EXPECT_EQ(peer.session->transceivers(), before);
  EXPECT_EQ(peer.CreateOffer(), offer);
  ASSERT_TRUE(peer.session->AddDataSection().ok());
  fails({.offer_to_receive_audio = false});
  EXPECT_EQ(peer.session->transceivers(), before);
  EXPECT_EQ(peer.generations, 1);
}

TEST(SessionSendersTest, LegacyOfferToReceiveMakesOrEndsReceiving) {
  Peer a;
  const auto offer = [&](std::optional<bool> audio, std::optional<bool> video) {
    EXPECT_TRUE(
        a.session
            ->CreateOffer({.offer_to_receive_audio = audio, .offer_to_receive_video = video},
                          a.transport_info)
            .ok());
  };
  offer(true, std::nullopt);
  // W3C 4.4.3.2: nobody is asked to negotiate because of an offer that is being made.
  EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
  EXPECT_EQ(Only(a).kind, MediaKind::kAudio);
  EXPECT_EQ(Only(a).direction, Direction::kRecvOnly);
  offer(true, false);
  EXPECT_EQ(Only(a).direction, Direction::kRecvOnly);
  offer(false, std::nullopt);
  EXPECT_EQ(Only(a).direction, Direction::kInactive);
  EXPECT_FALSE(a.session->TakeNegotiationNeededEvent());
  ASSERT_TRUE(a.session->AddTrack(MediaKind::kVideo, "v", {}).ok());
  EXPECT_TRUE(a.session->TakeNegotiationNeededEvent());
  offer(std::nullopt, false);
  EXPECT_EQ(a.session->transceivers().at(1).direction, Direction::kSendOnly);
}

}  // namespace
}  // namespace pcd::jsep
