// A fresh session answers a remote offer.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/jsep/session_testing.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {
namespace {

TEST(SessionAnswerTest, AChromiumOfferBecomesTransceiversTracksAndState) {
  Peer peer;
  const ApplyResult result = peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  EXPECT_EQ(result.signaling_state, SignalingState::kHaveRemoteOffer);
  EXPECT_TRUE(result.signaling_state_changed);
  EXPECT_TRUE(result.transports.empty());
  EXPECT_FALSE(result.receivers.has_value());
  ASSERT_EQ(result.tracks.size(), 2u);
  const TrackEvent& video = result.tracks[1];
  EXPECT_TRUE(video.added);
  EXPECT_EQ(video.kind, MediaKind::kVideo);
  EXPECT_EQ(video.mid, "1");
  EXPECT_EQ(video.track_id, "7c9e6679-7425-40de-944b-e07fc1f90ae7");
  EXPECT_EQ(video.stream_ids, std::vector<std::string>{"5f2d3c1e-8a70-4d7b-9a54-0f0a3a0c2e11"});
  EXPECT_EQ(result.created_transceivers.size(), 2u);
  ASSERT_EQ(peer.session->transceivers().size(), 2u);
  const Transceiver& transceiver = peer.session->transceivers()[1];
  EXPECT_EQ(transceiver.id, video.transceiver_id);
  EXPECT_EQ(transceiver.direction, Direction::kRecvOnly);
  EXPECT_EQ(transceiver.current_direction, std::nullopt);
  EXPECT_EQ(peer.session->can_trickle_ice_candidates(), true);
}

TEST(SessionAnswerTest, TheAnswerTellsTheEngineEverything) {
  Peer peer;
  const ApplyResult result = peer.Answer(ReadSample("chromium_gathered_offer.sdp"));
  EXPECT_EQ(result.signaling_state, SignalingState::kStable);
  ASSERT_EQ(result.transports.size(), 1u);
  const TransportAction& transport = result.transports[0];
  EXPECT_EQ(transport.mids, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(transport.local_ice.ufrag, "aaa0");
  EXPECT_TRUE(transport.start_gathering);
  EXPECT_EQ(transport.ice_role, IceRole::kControlled);
  ASSERT_TRUE(transport.remote.has_value());
  EXPECT_EQ(transport.remote->ice.ufrag, "Zt4a");
  EXPECT_FALSE(transport.remote->ice.lite);
  EXPECT_FALSE(transport.remote->restart);
  EXPECT_EQ(transport.remote->dtls_role, DtlsRole::kServer);
  ASSERT_EQ(transport.remote->fingerprints.size(), 1u);
  EXPECT_EQ(transport.remote->candidates.size(), 4u);  // Component 2 is left out.
  EXPECT_TRUE(transport.remote->end_of_candidates);

  ASSERT_TRUE(result.receivers.has_value());
  ASSERT_EQ(result.receivers->size(), 2u);
  const ReceiveParameters& video = result.receivers->at(1);
  EXPECT_EQ(video.mid, "1");
  EXPECT_TRUE(video.receiving);
  EXPECT_EQ(video.codecs.at(0).payload_type, 96);
  EXPECT_EQ(video.extensions.size(), 5u);
  ASSERT_EQ(video.ssrcs.size(), 1u);
  EXPECT_EQ(video.ssrcs[0].ssrc, 3570614608u);
  EXPECT_TRUE(video.reduced_size_rtcp);

  EXPECT_TRUE(result.data_changed);
  EXPECT_EQ(result.data, (DataSection{.mid = "2", .remote_max_message_size = 262144}));
  EXPECT_EQ(peer.session->transceivers()[0].current_direction, Direction::kRecvOnly);
  EXPECT_FALSE(peer.session->negotiation_needed());
}

TEST(SessionAnswerTest, BundleOnlyWithPortZeroIsAccepted) {
  for (const char* name : {"chromium_max_bundle_offer.sdp", "firefox_max_bundle_offer.sdp"}) {
    Peer peer;
    const ApplyResult result = peer.Answer(ReadSample(name));
    EXPECT_EQ(result.transports.at(0).mids.size(), 3u) << name;
    EXPECT_EQ(result.receivers->size(), 2u) << name;
    EXPECT_TRUE(result.data.has_value()) << name;
    for (const auto& section : MustParse(peer.LocalSdp()).media) EXPECT_EQ(section.port, 9);
  }
}

TEST(SessionAnswerTest, PrefersToBeTheDtlsServerUnlessToldOtherwise) {
  Peer server;
  server.Answer(ReadSample("chromium_offer.sdp"));
  EXPECT_EQ(MustParse(server.LocalSdp()).media[0].setup, DtlsSetup::kPassive);
  Peer client('c', {.prefer_dtls_server = false});
  const auto result = client.Answer(ReadSample("chromium_offer.sdp"));
  EXPECT_EQ(MustParse(client.LocalSdp()).media[0].setup, DtlsSetup::kActive);
  EXPECT_EQ(result.transports.at(0).remote->dtls_role, DtlsRole::kClient);
}

TEST(SessionAnswerTest, AcceptsActiveAndPassiveOffers) {
  const std::string whip = ReadSample("whip_active_offer.sdp");
  Peer passive;
  EXPECT_EQ(passive.Answer(whip).transports.at(0).remote->dtls_role, DtlsRole::kServer);
  Peer active;
  const auto result = active.Answer(Replace(whip, "a=setup:active", "a=setup:passive"));
  EXPECT_EQ(result.transports.at(0).remote->dtls_role, DtlsRole::kClient);
  EXPECT_EQ(MustParse(active.LocalSdp()).media[0].setup, DtlsSetup::kActive);
}

TEST(SessionAnswerTest, ASectionWithoutACommonCodecIsRejectedInItsPlace) {
  Peer peer;
  const ApplyResult result =
      peer.Answer(Replace(ReadSample("whip_active_offer.sdp"), " H264/90000", " H263/90000"));
  const auto answer = MustParse(peer.LocalSdp());
  ASSERT_EQ(answer.media.size(), 2u);
  const sdp::MediaSection& video = answer.media[1];
  EXPECT_TRUE(video.IsRejected());
  EXPECT_EQ(video.mid, "1");
  EXPECT_EQ(video.connection, "IN IP4 0.0.0.0");
  EXPECT_EQ(video.codecs.size(), 1u);
  EXPECT_EQ(answer.groups.at(0).mids, std::vector<std::string>{"0"});
  EXPECT_EQ(result.transports.at(0).mids, std::vector<std::string>{"0"});
  ASSERT_EQ(result.stopped_transceivers.size(), 1u);
  EXPECT_EQ(peer.session->transceivers().size(), 1u);
  ASSERT_EQ(result.tracks.size(), 1u);
  EXPECT_FALSE(result.tracks[0].added);
  EXPECT_EQ(result.receivers->size(), 1u);
}

TEST(SessionAnswerTest, OnlyOneTransportIsAcceptedWithoutBundle) {
  Peer peer;
  const ApplyResult result = peer.Answer(ReadSample("unbundled_sip_offer.sdp"));
  const auto answer = MustParse(peer.LocalSdp());
  ASSERT_EQ(answer.media.size(), 3u);
  EXPECT_FALSE(answer.media[0].IsRejected());
  EXPECT_TRUE(answer.media[1].IsRejected());
  EXPECT_TRUE(answer.media[2].IsRejected());
  EXPECT_TRUE(answer.groups.empty());
  // No mid was offered, so none is answered; inside there is one.
  for (const auto& section : answer.media) EXPECT_TRUE(section.mid.empty());
  EXPECT_EQ(result.transports.at(0).mids, std::vector<std::string>{"0"});
  EXPECT_EQ(result.receivers->at(0).mid, "0");
  EXPECT_EQ(result.receivers->at(0).codecs.at(0).name, "PCMU");
}

TEST(SessionAnswerTest, TheFirstBundleGroupWinsTheTransport) {
  std::string offer = ReadSample("chromium_offer.sdp");
  offer = Replace(offer, "a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0 2\r\na=group:BUNDLE 1");
  Peer peer;
  EXPECT_EQ(peer.Answer(offer).transports.at(0).mids, (std::vector<std::string>{"0", "2"}));
  EXPECT_TRUE(MustParse(peer.LocalSdp()).media[1].IsRejected());
}

TEST(SessionAnswerTest, TheSectionThatLeadsTheOfferLeadsTheAnswer) {
  std::string offer = ReadSample("chromium_offer.sdp");
  offer = Replace(offer, "a=group:BUNDLE 0 1 2", "a=group:BUNDLE 1 0 2");
  Peer peer;
  EXPECT_EQ(peer.Answer(offer).transports.at(0).mids, (std::vector<std::string>{"1", "0", "2"}));
  const auto candidate = peer.session->AddLocalCandidate(0, HostCandidate("192.0.2.1", 5000));
  EXPECT_EQ(candidate->sdp_mid, "1");
  EXPECT_EQ(candidate->sdp_mline_index, 1);
}

TEST(SessionAnswerTest, ASectionWithoutRtcpMuxIsRejected) {
  std::string offer = ReadSample("unbundled_sip_offer.sdp");
  offer = Replace(offer, "a=rtcp-mux\r\n", "");
  Peer peer;
  EXPECT_TRUE(peer.Answer(offer).transports.at(0).mids == std::vector<std::string>{"1"});
  EXPECT_TRUE(MustParse(peer.LocalSdp()).media[0].IsRejected());
}

TEST(SessionAnswerTest, UnknownAttributesAreNotCopied) {
  Peer peer;
  peer.Answer(Replace(ReadSample("chromium_data_offer.sdp"), "a=sctp-port",
                      "a=x-surprise:1\r\na=sctp-port"));
  EXPECT_EQ(peer.LocalSdp().find("surprise"), std::string::npos);
}

TEST(SessionAnswerTest, OldDataSectionsAreAnsweredInTheirOwnForm) {
  Peer peer;
  const ApplyResult result = peer.Answer(ReadSample("legacy_sctpmap_offer.sdp"));
  const auto data = MustParse(peer.LocalSdp()).media.at(0);
  EXPECT_EQ(data.proto, "DTLS/SCTP");
  EXPECT_EQ(data.formats, std::vector<std::string>{"5000"});
  EXPECT_TRUE(data.sctpmap.has_value());
  EXPECT_FALSE(data.sctp_port.has_value());
  EXPECT_EQ(result.data, (DataSection{.mid = "sdparta_0", .remote_max_message_size = 65536}));
}

TEST(SessionAnswerTest, ASecondDataSectionIsRejected) {
  std::string offer = ReadSample("chromium_data_offer.sdp");
  const std::string second =
      Replace(offer.substr(offer.find("m=application")), "a=mid:2", "a=mid:3");
  Peer peer;
  const auto result = peer.Answer(Replace(offer, "BUNDLE 2", "BUNDLE 2 3") + second);
  EXPECT_EQ(result.transports.at(0).mids, std::vector<std::string>{"2"});
  EXPECT_TRUE(MustParse(peer.LocalSdp()).media.at(1).IsRejected());
}

TEST(SessionAnswerTest, WhatTheRemoteSaysOfItsStreamIsReceivedAndNotAnswered) {
  Peer peer;
  const auto result =
      peer.Answer(Replace(ReadSample("chromium_offer.sdp"), "a=fmtp:103 ",
                          "a=fmtp:103 sprop-parameter-sets=Z0LgHw==,aM48;x-unknown=1;"));
  const auto& codecs = result.receivers->at(1).codecs;
  const auto h264 = std::find_if(codecs.begin(), codecs.end(),
                                 [](const Codec& codec) { return codec.payload_type == 103; });
  ASSERT_NE(h264, codecs.end());
  ASSERT_NE(h264->FindFmtp("sprop-parameter-sets"), nullptr);
  EXPECT_EQ(h264->FindFmtp("x-unknown"), nullptr);
  EXPECT_EQ(peer.LocalSdp().find("sprop"), std::string::npos);
}

TEST(SessionAnswerTest, HowLongThePacketsOfTheRemoteAreIsKept) {
  const std::string offer = ReadSample("chromium_offer.sdp");
  EXPECT_EQ(Peer().Answer(offer).receivers->at(0).ptime, 0u);
  Peer peer;
  const auto result =
      peer.Answer(Replace(offer, "a=rtpmap:111 ", "a=ptime:40\r\na=maxptime:120\r\na=rtpmap:111 "));
  EXPECT_EQ(result.receivers->at(0).ptime, 40u);
  EXPECT_EQ(result.receivers->at(0).maxptime, 120u);
  EXPECT_EQ(peer.LocalSdp().find("ptime:"), std::string::npos);
}

TEST(SessionAnswerTest, OfExtendedReportsRoundTripsAloneAreAgreedOn) {
  const std::string offer = ReadSample("chromium_offer.sdp");
  const auto with = [&](const std::string& formats) {
    return Replace(offer, "a=rtpmap:111 ", "a=rtcp-xr:" + formats + "\r\na=rtpmap:111 ");
  };
  for (const std::string formats : {"rcvr-rtt=all", "stat-summary=loss rcvr-rtt=all:200"}) {
    Peer peer;
    const auto result = peer.Answer(with(formats));
    const sdp::Description answer = MustParse(peer.LocalSdp());
    EXPECT_EQ(answer.media.at(0).rtcp_xr, std::vector<std::string>{"rcvr-rtt=all"}) << formats;
    EXPECT_TRUE(answer.media.at(1).rtcp_xr.empty()) << "it was not offered there";
    EXPECT_TRUE(result.receivers->at(0).receiver_reference_time);
    EXPECT_FALSE(result.receivers->at(1).receiver_reference_time);
  }
  for (const std::string formats : {"rcvr-rtt=sender", "rcvr-rtt", "stat-summary=loss"}) {
    Peer peer;
    const auto result = peer.Answer(with(formats));
    EXPECT_EQ(peer.LocalSdp().find("rtcp-xr"), std::string::npos) << formats;
    EXPECT_FALSE(result.receivers->at(0).receiver_reference_time);
  }
}

TEST(SessionAnswerTest, SimulcastIsAnsweredOnlyWhenSwitchedOn) {
  const std::string offer = ReadSample("chromium_simulcast_offer.sdp");
  Capabilities capabilities = *DefaultCapabilities();
  capabilities.simulcast_receive = false;
  Options without;
  without.capabilities = capabilities;
  Peer off('a', without);
  EXPECT_TRUE(off.Answer(offer).receivers->at(0).rids.empty());
  EXPECT_FALSE(MustParse(off.LocalSdp()).media[0].simulcast.has_value());
  Peer on('b');
  EXPECT_EQ(on.Answer(Replace(offer, "send q;h;f", "send f;~h;q,x")).receivers->at(0).rids,
            (std::vector<std::string>{"f", "h", "q"}));
  EXPECT_NE(on.LocalSdp().find("a=simulcast:recv f;h;q\r\n"), std::string::npos);
  EXPECT_NE(on.LocalSdp().find("a=rid:h recv\r\n"), std::string::npos);
}

TEST(SessionAnswerTest, ATransceiverAddedByHandIsNotReused) {
  Peer peer;
  ASSERT_TRUE(peer.session->AddTransceiver(MediaKind::kVideo, {}, "mine").ok());
  peer.Answer(ReadSample("chromium_offer.sdp"));
  EXPECT_EQ(peer.session->transceivers().size(), 3u);
  EXPECT_EQ(peer.session->FindTransceiver("mine")->mid, std::nullopt);
  EXPECT_TRUE(peer.session->negotiation_needed());
}

TEST(SessionAnswerTest, ASendingDirectionIsNegotiatedAndNamesItsStream) {
  Peer peer;
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  const std::string id = peer.session->transceivers()[1].id;
  ASSERT_TRUE(peer.session->SetDirection(id, Direction::kSendRecv).ok());
  peer.SetLocal(SdpType::kAnswer);
  const auto video = MustParse(peer.LocalSdp()).media[1];
  EXPECT_EQ(video.direction, Direction::kSendRecv);
  ASSERT_EQ(video.msids.size(), 1u);
  EXPECT_EQ(video.msids[0].stream_id, "-");
  EXPECT_EQ(video.msids[0].track_id, peer.session->FindTransceiver(id)->sender_track_id);
}

TEST(SessionAnswerTest, ARecvonlyOfferGetsAnInactiveAnswerAndNoTrack) {
  Peer peer;
  const auto offered = peer.SetRemote(SdpType::kOffer, ReadSample("pion_offer.sdp"));
  EXPECT_EQ(offered.tracks.size(), 1u);  // The video; the audio is recvonly.
  const auto result = peer.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(MustParse(peer.LocalSdp()).media[1].direction, Direction::kInactive);
  EXPECT_FALSE(result.receivers->at(1).receiving);
}

TEST(SessionAnswerTest, TrackIdsAreMadeUpWhenMissingOrTaken) {
  std::string offer = ReadSample("chromium_offer.sdp");
  offer = Replace(offer, " 7c9e6679-7425-40de-944b-e07fc1f90ae7",
                  " 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed");
  Peer peer;
  const auto result = peer.SetRemote(SdpType::kOffer, offer);
  ASSERT_EQ(result.tracks.size(), 2u);
  EXPECT_EQ(result.tracks[0].track_id, "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed");
  EXPECT_NE(result.tracks[1].track_id, result.tracks[0].track_id);
  EXPECT_FALSE(result.tracks[1].track_id.empty());
}

TEST(SessionAnswerTest, AnEmptyOfferHasAnEmptyAnswer) {
  Peer peer;
  const auto result = peer.Answer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
  EXPECT_EQ(result.signaling_state, SignalingState::kStable);
  EXPECT_TRUE(result.transports.empty());
  EXPECT_TRUE(result.receivers->empty());
}

TEST(SessionAnswerTest, APranswerStartsTheTransportAndTheAnswerKeepsIt) {
  Peer peer;
  peer.SetRemote(SdpType::kOffer, ReadSample("chromium_offer.sdp"));
  const auto early = peer.SetLocal(SdpType::kPranswer);
  EXPECT_EQ(early.signaling_state, SignalingState::kHaveLocalPranswer);
  ASSERT_EQ(early.transports.size(), 1u);
  EXPECT_TRUE(early.transports[0].start_gathering);
  EXPECT_TRUE(early.transports[0].remote.has_value());
  EXPECT_EQ(early.receivers->size(), 2u);
  EXPECT_EQ(peer.session->pending_local_description()->type, SdpType::kPranswer);
  EXPECT_FALSE(peer.session->current_local_description().has_value());
  const auto late = peer.SetLocal(SdpType::kAnswer);
  EXPECT_EQ(late.signaling_state, SignalingState::kStable);
  EXPECT_FALSE(late.transports.at(0).start_gathering);
  EXPECT_EQ(late.transports[0].local_ice, early.transports[0].local_ice);
  EXPECT_FALSE(late.transports[0].remote->restart);
  EXPECT_EQ(peer.generations, 1);
}

TEST(SessionAnswerTest, ALiteRemoteIsControlledByUs) {
  std::string offer = ReadSample("chromium_offer.sdp");
  offer = Replace(offer, "t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n");
  Peer peer;
  const auto result = peer.Answer(offer);
  EXPECT_TRUE(result.transports.at(0).remote->ice.lite);
  EXPECT_EQ(result.transports[0].ice_role, IceRole::kControlling);
}

TEST(SessionAnswerTest, AnIceRestartIsSeenAndAnsweredWithNewCredentials) {
  const std::string offer = ReadSample("chromium_offer.sdp");
  Peer peer;
  peer.Answer(offer);
  std::string again = offer;
  for (int i = 0; i < 3; ++i) again = Replace(again, "a=ice-ufrag:Zt4a", "a=ice-ufrag:NEW1");
  const auto result = peer.Answer(again);
  ASSERT_EQ(result.transports.size(), 1u);
  EXPECT_TRUE(result.transports[0].remote->restart);
  EXPECT_TRUE(result.transports[0].start_gathering);
  EXPECT_EQ(result.transports[0].local_ice.ufrag, "aaa1");
  EXPECT_EQ(result.transports[0].remote->dtls_role, DtlsRole::kServer);
  EXPECT_EQ(result.transports[0].ice_role, IceRole::kControlled);
  // The same offer once more is no restart.
  const auto same = peer.Answer(again);
  EXPECT_FALSE(same.transports.at(0).remote->restart);
  EXPECT_FALSE(same.transports[0].start_gathering);
  EXPECT_EQ(peer.generations, 2);
}

}  // namespace
}  // namespace pcd::jsep
