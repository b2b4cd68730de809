// Offer, answer, candidates, transceivers, sinks and statistics through the API, between two
// connections of one service.
#include <string>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;
using MediaStub = v1::MediaService::Stub;

class NegotiationTest : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  Response Must(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    Response response;
    const grpc::Status status =
        ServiceHarness::Call(method, *service_.connections, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  template <typename Request, typename Response>
  grpc::Status Try(grpc::Status (MediaStub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                   const Request& request, Response* response) {
    return ServiceHarness::Call(method, *service_.media, request, response);
  }
  v1::RtpTransceiver AddTransceiver(const std::string& id, v1::MediaKind kind,
                                    v1::RtpTransceiverDirection direction) {
    v1::AddTransceiverRequest request;
    request.set_peer_connection_id(id);
    request.set_kind(kind);
    request.set_direction(direction);
    return Must(&Stub::AddTransceiver, request).transceiver();
  }
  v1::CreateSinkRequest SinkRequest(const std::string& id, uint32_t port) {
    v1::CreateSinkRequest request;
    request.set_peer_connection_id(id);
    request.mutable_spec()->set_sink_id("video");
    request.mutable_spec()->mutable_selector()->mutable_kind_and_ordinal()->set_kind(
        v1::MEDIA_KIND_VIDEO);
    request.mutable_spec()->mutable_destination()->set_host("127.0.0.1");
    request.mutable_spec()->mutable_destination()->set_port(port);
    request.mutable_spec()->set_paused(true);
    return request;
  }

  ServiceHarness service_;
};

TEST_F(NegotiationTest, OfferAndAnswerConnectTwoConnections) {
  const std::string offerer = service_.Create("offerer");
  const std::string answerer = service_.Create("answerer");
  AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY);
  EXPECT_TRUE(service_.Get(offerer).negotiation_needed());

  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(offerer);
  EventReader events(service_, watch);
  events.Initial();
  service_.Negotiate(offerer, answerer);
  events.Until([](const v1::WatchEventsResponse& response) {
    return response.event().connection_state_change().connection_state() ==
           v1::PEER_CONNECTION_STATE_CONNECTED;
  });

  const v1::PeerConnection pc = service_.Get(offerer);
  EXPECT_EQ(pc.signaling_state(), v1::SIGNALING_STATE_STABLE);
  EXPECT_EQ(pc.current_local_description().type(), v1::SDP_TYPE_OFFER);
  EXPECT_EQ(pc.current_remote_description().type(), v1::SDP_TYPE_ANSWER);
  EXPECT_FALSE(pc.has_pending_local_description());
  EXPECT_FALSE(pc.negotiation_needed());
  ASSERT_EQ(pc.dtls_transports_size(), 1);
  EXPECT_EQ(pc.dtls_transports(0).state(), v1::DTLS_TRANSPORT_STATE_CONNECTED);
  EXPECT_EQ(pc.dtls_transports(0).remote_certificates_size(), 1);
  ASSERT_EQ(pc.ice_transports_size(), 1);
  EXPECT_EQ(pc.ice_transports(0).mids_size(), 1);

  v1::ListTransceiversRequest list;
  list.set_peer_connection_id(answerer);
  const auto transceivers = Must(&Stub::ListTransceivers, list);
  ASSERT_EQ(transceivers.transceivers_size(), 1);
  EXPECT_EQ(transceivers.transceivers(0).current_direction(),
            v1::RTP_TRANSCEIVER_DIRECTION_RECVONLY);
  EXPECT_FALSE(transceivers.transceivers(0).receiver().track_id().empty());
  EXPECT_EQ(transceivers.transceivers(0).receiver().transport_id(),
            pc.dtls_transports(0).transport_id());
  EXPECT_EQ(transceivers.transceivers(0).sender().transport_id(),
            pc.dtls_transports(0).transport_id());
}

TEST_F(NegotiationTest, AWrongFingerprintIsToldAsSuch) {
  const std::string offerer = service_.Create();
  const std::string answerer = service_.Create();
  EXPECT_EQ(AddTransceiver(offerer, v1::MEDIA_KIND_AUDIO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV)
                .receiver()
                .transport_id(),
            "");
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(answerer);
  EventReader events(service_, watch);
  events.Initial();
  v1::SetLocalDescriptionRequest local;
  local.set_peer_connection_id(offerer);
  v1::SetRemoteDescriptionRequest remote;
  remote.set_peer_connection_id(answerer);
  *remote.mutable_description() =
      Must(&Stub::SetLocalDescription, local).peer_connection().local_description();
  std::string& sdp = *remote.mutable_description()->mutable_sdp();
  const std::string attribute = "a=fingerprint:sha-256 ";
  const size_t at = sdp.find(attribute);
  ASSERT_NE(at, std::string::npos);
  char& digit = sdp[at + attribute.size()];
  digit = digit == 'A' ? 'B' : 'A';
  Must(&Stub::SetRemoteDescription, remote);
  local.set_peer_connection_id(answerer);
  remote.set_peer_connection_id(offerer);
  *remote.mutable_description() =
      Must(&Stub::SetLocalDescription, local).peer_connection().local_description();
  Must(&Stub::SetRemoteDescription, remote);
  const auto failed = [](const v1::WatchEventsResponse& r) {
    return r.event().dtls_transport_change().dtls_transport().state() ==
           v1::DTLS_TRANSPORT_STATE_FAILED;
  };
  EXPECT_EQ(events.Until(failed).event().dtls_transport_change().error_detail(),
            "fingerprint-failure");
}

TEST_F(NegotiationTest, StatisticsAreReportedByType) {
  const std::string offerer = service_.Create();
  const std::string answerer = service_.Create();
  AddTransceiver(offerer, v1::MEDIA_KIND_AUDIO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  service_.Negotiate(offerer, answerer);
  v1::GetStatsRequest request;
  request.set_peer_connection_id(offerer);
  const v1::StatsReport all = Must(&Stub::GetStats, request).report();
  EXPECT_GT(all.timestamp().seconds(), 0);
  bool transport = false;
  for (const auto& [id, stats] : all.stats()) {
    EXPECT_EQ(id, stats.id());
    EXPECT_NE(stats.type(), v1::STATS_TYPE_UNSPECIFIED);
    if (stats.type() == v1::STATS_TYPE_TRANSPORT) transport = stats.has_transport();
  }
  EXPECT_TRUE(transport);
  request.add_types(v1::STATS_TYPE_TRANSPORT);
  const v1::StatsReport some = Must(&Stub::GetStats, request).report();
  EXPECT_EQ(some.stats_size(), 1);
  request.add_types(static_cast<v1::StatsType>(99));
  v1::GetStatsResponse response;
  EXPECT_EQ(
      Reason(ServiceHarness::Call(&Stub::GetStats, *service_.connections, request, &response)),
      "INVALID_ARGUMENT");
}

TEST_F(NegotiationTest, StatisticsOfASenderOrReceiverAreItsOwn) {
  const std::string offerer = service_.Create();
  const v1::RtpTransceiver transceiver =
      AddTransceiver(offerer, v1::MEDIA_KIND_AUDIO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  service_.Negotiate(offerer, service_.Create());
  v1::GetStatsRequest request;
  request.set_peer_connection_id(offerer);
  request.set_sender_id(transceiver.sender().sender_id());
  const v1::GetStatsResponse of_sender = Must(&Stub::GetStats, request);
  for (const auto& [id, stats] : of_sender.report().stats()) {
    EXPECT_FALSE(stats.has_peer_connection()) << id;
  }
  request.set_receiver_id(transceiver.receiver().receiver_id());
  EXPECT_EQ(Must(&Stub::GetStats, request).report().stats_size(), 0) << "nothing arrived";
  v1::GetStatsResponse response;
  request.set_receiver_id("nobody");
  EXPECT_EQ(
      Reason(ServiceHarness::Call(&Stub::GetStats, *service_.connections, request, &response)),
      "RECEIVER_NOT_FOUND");
  request.set_sender_id("nobody");
  EXPECT_EQ(
      Reason(ServiceHarness::Call(&Stub::GetStats, *service_.connections, request, &response)),
      "SENDER_NOT_FOUND");
}

TEST_F(NegotiationTest, ANegotiationIsExplained) {
  const std::string offerer = service_.Create();
  const std::string answerer = service_.Create();
  v1::ExplainNegotiationRequest request;
  v1::ExplainNegotiationResponse response;
  request.set_peer_connection_id(answerer);
  EXPECT_EQ(Reason(ServiceHarness::Call(&Stub::ExplainNegotiation, *service_.connections, request,
                                        &response)),
            "NOT_NEGOTIATED");
  const v1::RtpTransceiver transceiver =
      AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  service_.Negotiate(offerer, answerer);
  const auto explain = [&](const std::string& id) {
    request.set_peer_connection_id(id);
    return Must(&Stub::ExplainNegotiation, request);
  };
  const v1::ExplainNegotiationResponse ours = explain(answerer), theirs = explain(offerer);
  EXPECT_EQ(ours.revision(), service_.Get(answerer).revision());
  for (const auto* side : {&ours, &theirs}) {
    ASSERT_EQ(side->sections_size(), 1);
    const v1::MediaSectionExplanation& section = side->sections(0);
    EXPECT_EQ(section.kind(), v1::MEDIA_KIND_VIDEO);
    EXPECT_TRUE(section.section().kept());
    EXPECT_EQ(section.section().rule(), "accepted");
    EXPECT_GT(section.section().sdp_line_number(), 1u);
    ASSERT_GT(section.codecs_size(), 0);
    EXPECT_EQ(section.codecs(0).subject().rfind("VP8/90000 ", 0), 0u);
    EXPECT_TRUE(section.codecs(0).kept());
    ASSERT_GT(section.header_extensions_size(), 0);
    EXPECT_FALSE(section.header_extensions(0).reference().empty());
  }
  EXPECT_EQ(ours.sections(0).codecs(0).rule(), "supported");
  EXPECT_EQ(theirs.sections(0).codecs(0).rule(), "answered");
  EXPECT_EQ(theirs.sections(0).transceiver_id(), transceiver.transceiver_id());
}

TEST_F(NegotiationTest, AReceiversParametersAreWhatTheRemoteMaySend) {
  const std::string offerer = service_.Create();
  const v1::RtpTransceiver transceiver =
      AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  v1::GetReceiverParametersRequest request;
  request.set_peer_connection_id(offerer);
  request.set_receiver_id(transceiver.receiver().receiver_id());
  EXPECT_EQ(Must(&Stub::GetReceiverParameters, request).parameters().codecs_size(), 0)
      << "not negotiated";
  const std::string answerer = service_.Create();
  AddTransceiver(answerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  service_.Negotiate(offerer, answerer);
  // The answerer's own transceiver was not made by AddTrack: the offer made one that only
  // receives, so nothing comes this way.
  EXPECT_EQ(Must(&Stub::GetReceiverParameters, request).parameters().codecs_size(), 0);
  v1::ListReceiversRequest list;
  list.set_peer_connection_id(answerer);
  const v1::ListReceiversResponse receivers = Must(&Stub::ListReceivers, list);
  request.set_peer_connection_id(answerer);
  int receiving = 0;
  for (const v1::RtpReceiver& receiver : receivers.receivers()) {
    request.set_receiver_id(receiver.receiver_id());
    const auto parameters = Must(&Stub::GetReceiverParameters, request).parameters();
    if (parameters.codecs_size() == 0) continue;
    ++receiving;
    EXPECT_EQ(parameters.codecs(0).codec().mime_type(), "video/VP8");
    EXPECT_GE(parameters.codecs(0).payload_type(), 35u);
    EXPECT_GT(parameters.header_extensions_size(), 0);
    EXPECT_EQ(parameters.rtcp().cname(), "") << "W3C leaves it out";
  }
  EXPECT_EQ(receiving, 1);
  request.set_receiver_id("nobody");
  v1::GetReceiverParametersResponse response;
  EXPECT_EQ(Reason(ServiceHarness::Call(&Stub::GetReceiverParameters, *service_.connections,
                                        request, &response)),
            "RECEIVER_NOT_FOUND");
}

TEST_F(NegotiationTest, AnErrorInTheSdpNamesTheLine) {
  v1::SetRemoteDescriptionRequest request;
  request.set_peer_connection_id(service_.Create());
  request.mutable_description()->set_type(v1::SDP_TYPE_OFFER);
  request.mutable_description()->set_sdp("v=0\r\nthis is not SDP\r\n");
  v1::SetRemoteDescriptionResponse response;
  const grpc::Status status =
      ServiceHarness::Call(&Stub::SetRemoteDescription, *service_.connections, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(status), "INVALID_SDP");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "RTCError");
  EXPECT_EQ(InfoOf(status).metadata().at("sdpLineNumber"), "2");
  EXPECT_EQ(InfoOf(status).metadata().at("rule"), "RFC 8866, 5");
}

TEST_F(NegotiationTest, PlainRtpAndSdesAreRefusedByName) {
  const std::string telephone =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
  for (const char* crypto :
       {"",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"}) {
    v1::SetRemoteDescriptionRequest request;
    request.set_peer_connection_id(service_.Create());
    request.mutable_description()->set_type(v1::SDP_TYPE_OFFER);
    request.mutable_description()->set_sdp(telephone + crypto);
    v1::SetRemoteDescriptionResponse response;
    const grpc::Status status = ServiceHarness::Call(&Stub::SetRemoteDescription,
                                                     *service_.connections, request, &response);
    EXPECT_EQ(Reason(status), "UNSUPPORTED_SDP");
    EXPECT_EQ(InfoOf(status).metadata().at("domException"), "NotSupportedError");
    EXPECT_EQ(InfoOf(status).metadata().at("sdpLineNumber"), "5");
    EXPECT_EQ(InfoOf(status).metadata().at("rule"), "RFC 8827, 6.5");
  }
}

TEST_F(NegotiationTest, AnAnswerWithoutAnOfferIsAnInvalidState) {
  v1::CreateAnswerRequest request;
  request.set_peer_connection_id(service_.Create());
  v1::CreateAnswerResponse response;
  const grpc::Status status =
      ServiceHarness::Call(&Stub::CreateAnswer, *service_.connections, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Reason(status), "INVALID_STATE");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidStateError");
}

TEST_F(NegotiationTest, AcceptOfferDoesItAllInOneCall) {
  const std::string offerer = service_.Create();
  AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY);
  v1::SetLocalDescriptionRequest local;
  local.set_peer_connection_id(offerer);
  const auto offered = Must(&Stub::SetLocalDescription, local);

  v1::AcceptOfferRequest request;
  *request.mutable_offer() = offered.peer_connection().local_description();
  *request.add_sinks() = SinkRequest("", 40000).spec();
  const v1::AcceptOfferResponse accepted = Must(&Stub::AcceptOffer, request);
  EXPECT_EQ(accepted.answer().type(), v1::SDP_TYPE_ANSWER);
  EXPECT_TRUE(accepted.gathering_complete());
  ASSERT_EQ(accepted.sinks_size(), 1);
  EXPECT_EQ(accepted.sinks(0).state(), v1::SINK_STATE_PAUSED);
  EXPECT_GT(accepted.sinks(0).create_time().seconds(), 1'600'000'000);
  ASSERT_TRUE(accepted.sinks(0).spec().has_payload_type());
  EXPECT_EQ(accepted.sinks(0).spec().payload_type(), accepted.sinks(0).codec().payload_type());
  EXPECT_EQ(accepted.transceivers_size(), 1);
  EXPECT_EQ(accepted.peer_connection().signaling_state(), v1::SIGNALING_STATE_STABLE);

  v1::GetSinkSdpRequest sdp_request;
  sdp_request.set_peer_connection_id(accepted.peer_connection().peer_connection_id());
  sdp_request.add_sink_ids("video");
  v1::GetSinkSdpResponse sdp;
  ASSERT_TRUE(Try(&MediaStub::GetSinkSdp, sdp_request, &sdp).ok());
  EXPECT_NE(sdp.sdp().find("m=video 40000"), std::string::npos) << sdp.sdp();
}

// The same messages as in CreateSink and CreateLocalTrack mean the same here.
TEST_F(NegotiationTest, AcceptOfferTakesWholeSpecsOfSinksAndTracks) {
  const std::string offerer = service_.Create();
  AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  v1::SetLocalDescriptionRequest local;
  local.set_peer_connection_id(offerer);
  v1::AcceptOfferRequest request;
  *request.mutable_offer() =
      Must(&Stub::SetLocalDescription, local).peer_connection().local_description();
  v1::SinkSpec& sink = *request.add_sinks();
  sink = SinkRequest("", 40020).spec();
  sink.set_rid("high");
  sink.mutable_max_reorder_delay()->set_nanos(50'000'000);
  v1::LocalTrackSpec& track = *request.add_local_tracks();
  track.set_track_id("clip");
  track.set_kind(v1::MEDIA_KIND_VIDEO);
  track.mutable_source()->mutable_test();
  track.add_stream_ids("stream");

  const v1::AcceptOfferResponse accepted = Must(&Stub::AcceptOffer, request);
  ASSERT_EQ(accepted.sinks_size(), 1);
  EXPECT_EQ(accepted.sinks(0).spec().rid(), "high");
  EXPECT_EQ(accepted.sinks(0).spec().max_reorder_delay().nanos(), 50'000'000);
  ASSERT_EQ(accepted.transceivers_size(), 1);
  EXPECT_EQ(accepted.transceivers(0).current_direction(), v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  EXPECT_NE(accepted.answer().sdp().find("a=msid:stream "), std::string::npos);

  request.mutable_local_tracks(0)->mutable_source()->mutable_relay();
  v1::AcceptOfferResponse response;
  const grpc::Status status =
      ServiceHarness::Call(&Stub::AcceptOffer, *service_.connections, request, &response);
  EXPECT_EQ(Reason(status), "FIELD_NOT_IMPLEMENTED");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "local_tracks[0].source.relay");
}

TEST_F(NegotiationTest, AGatheringTimeoutWithoutWaitingIsAnError) {
  v1::AcceptOfferRequest request;
  request.mutable_offer()->set_type(v1::SDP_TYPE_OFFER);
  request.mutable_offer()->set_sdp("v=0\r\n");
  request.set_gathering(v1::GATHERING_MODE_TRICKLE);
  request.mutable_gathering_timeout()->set_seconds(1);
  v1::AcceptOfferResponse response;
  const grpc::Status status =
      ServiceHarness::Call(&Stub::AcceptOffer, *service_.connections, request, &response);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "gathering_timeout");
}

TEST_F(NegotiationTest, AnAcceptOfferThatFailsLeavesNothing) {
  const std::string offerer = service_.Create();
  AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY);
  v1::SetLocalDescriptionRequest local;
  local.set_peer_connection_id(offerer);
  const auto offered = Must(&Stub::SetLocalDescription, local);
  v1::AcceptOfferRequest request;
  *request.mutable_offer() = offered.peer_connection().local_description();
  *request.add_sinks() = SinkRequest("", 40000).spec();
  request.mutable_sinks(0)->mutable_destination()->set_host("192.0.2.1");
  v1::AcceptOfferResponse response;
  const grpc::Status status =
      ServiceHarness::Call(&Stub::AcceptOffer, *service_.connections, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Reason(status), "SINK_DESTINATION_DENIED");
  EXPECT_EQ(service_.host().size(), 1u);
}

TEST_F(NegotiationTest, SinksAreCreatedChangedListedAndDeleted) {
  const std::string id = service_.Create();
  v1::CreateSinkResponse created;
  ASSERT_TRUE(Try(&MediaStub::CreateSink, SinkRequest(id, 40010), &created).ok());
  EXPECT_EQ(created.sink().state(), v1::SINK_STATE_WAITING);
  EXPECT_EQ(created.sink().spec().rtcp_port(), 40011u);
  EXPECT_NE(created.sink().ssrc(), 0u);
  EXPECT_GT(created.sink().local_rtp().port(), 0u);
  EXPECT_EQ(Reason(Try(&MediaStub::CreateSink, SinkRequest(id, 40012), &created)),
            "SINK_ALREADY_EXISTS");

  v1::UpdateSinkRequest update;
  update.set_peer_connection_id(id);
  update.set_sink_id("video");
  update.mutable_spec()->mutable_destination()->set_host("127.0.0.1");
  update.mutable_spec()->mutable_destination()->set_port(40020);
  update.mutable_spec()->set_paused(false);
  update.mutable_update_mask()->add_paths("destination");
  v1::UpdateSinkResponse updated;
  ASSERT_TRUE(Try(&MediaStub::UpdateSink, update, &updated).ok());
  EXPECT_EQ(updated.sink().spec().destination().port(), 40020u);
  EXPECT_EQ(updated.sink().spec().rtcp_port(), 40021u);
  EXPECT_TRUE(updated.sink().spec().paused()) << "the mask did not name it";
  update.mutable_update_mask()->add_paths("selector");
  EXPECT_EQ(Reason(Try(&MediaStub::UpdateSink, update, &updated)), "INVALID_ARGUMENT");
  update.clear_update_mask();
  EXPECT_EQ(InfoOf(Try(&MediaStub::UpdateSink, update, &updated)).metadata().at("field"),
            "update_mask");

  v1::GetSinkSdpRequest sdp;
  sdp.set_peer_connection_id(id);
  sdp.add_sink_ids("video");
  v1::GetSinkSdpResponse sdp_response;
  EXPECT_EQ(Reason(Try(&MediaStub::GetSinkSdp, sdp, &sdp_response)), "SINK_NOT_NEGOTIATED");

  v1::ListSinksRequest list;
  list.set_peer_connection_id(id);
  v1::ListSinksResponse listed;
  ASSERT_TRUE(Try(&MediaStub::ListSinks, list, &listed).ok());
  EXPECT_EQ(listed.sinks_size(), 1);
  v1::DeleteSinkRequest remove;
  remove.set_peer_connection_id(id);
  remove.set_sink_id("video");
  v1::DeleteSinkResponse removed;
  ASSERT_TRUE(Try(&MediaStub::DeleteSink, remove, &removed).ok());
  EXPECT_EQ(removed.sink().sink_id(), "video");
  EXPECT_EQ(Reason(Try(&MediaStub::DeleteSink, remove, &removed)), "SINK_NOT_FOUND");
}

TEST_F(NegotiationTest, ASinkChecksItsSpec) {
  const std::string id = service_.Create();
  v1::CreateSinkResponse response;
  v1::CreateSinkRequest request = SinkRequest(id, 0);
  EXPECT_EQ(InfoOf(Try(&MediaStub::CreateSink, request, &response)).metadata().at("field"),
            "spec.destination.port");
  request = SinkRequest(id, 1);
  request.mutable_spec()->mutable_destination()->set_host("localhost");
  EXPECT_EQ(InfoOf(Try(&MediaStub::CreateSink, request, &response)).metadata().at("field"),
            "spec.destination.host");
  request = SinkRequest(id, 1);
  request.mutable_spec()->set_payload_type(128);
  EXPECT_EQ(InfoOf(Try(&MediaStub::CreateSink, request, &response)).metadata().at("field"),
            "spec.payload_type");
  request = SinkRequest(id, 1);
  request.mutable_spec()->clear_selector();
  EXPECT_EQ(InfoOf(Try(&MediaStub::CreateSink, request, &response)).metadata().at("field"),
            "spec.selector");
  request = SinkRequest(id, 1);
  request.mutable_spec()->mutable_max_reorder_delay()->set_seconds(2);
  EXPECT_EQ(InfoOf(Try(&MediaStub::CreateSink, request, &response)).metadata().at("field"),
            "spec.max_reorder_delay");
  request = SinkRequest(id, 1);
  request.mutable_spec()->mutable_srtp();
  EXPECT_EQ(Reason(Try(&MediaStub::CreateSink, request, &response)), "FIELD_NOT_IMPLEMENTED");
}

TEST_F(NegotiationTest, AKeyFrameCanOnlyBeAskedOfAVideoTrackThatIsThere) {
  v1::RequestKeyFrameRequest request;
  request.set_peer_connection_id(service_.Create());
  request.mutable_track()->set_mid("0");
  v1::RequestKeyFrameResponse response;
  EXPECT_EQ(Reason(Try(&MediaStub::RequestKeyFrame, request, &response)), "TRACK_NOT_FOUND");
  request.set_sink_id("x");
  EXPECT_EQ(Reason(Try(&MediaStub::RequestKeyFrame, request, &response)), "SINK_NOT_FOUND");
  request.set_method(v1::KEY_FRAME_REQUEST_METHOD_FIR);
  EXPECT_EQ(Reason(Try(&MediaStub::RequestKeyFrame, request, &response)), "FIELD_NOT_IMPLEMENTED");
}

TEST_F(NegotiationTest, ACandidateIsParsedForItsReader) {
  const std::string offerer = service_.Create();
  const std::string answerer = service_.Create();
  AddTransceiver(offerer, v1::MEDIA_KIND_AUDIO, v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(offerer);
  EventReader events(service_, watch);
  events.Initial();
  service_.Negotiate(offerer, answerer);
  const v1::WatchEventsResponse response =
      events.Until([](const v1::WatchEventsResponse& r) { return r.event().has_ice_candidate(); });
  const v1::IceCandidate& candidate = response.event().ice_candidate().candidate();
  EXPECT_FALSE(candidate.candidate().empty());
  EXPECT_EQ(candidate.type(), v1::ICE_CANDIDATE_TYPE_HOST);
  EXPECT_EQ(candidate.protocol(), v1::ICE_PROTOCOL_UDP);
  EXPECT_TRUE(candidate.has_sdp_mid());

  v1::AddIceCandidateRequest add;
  add.set_peer_connection_id(answerer);
  *add.mutable_candidate() = candidate;
  v1::AddIceCandidateResponse added;
  grpc::Status status =
      ServiceHarness::Call(&Stub::AddIceCandidate, *service_.connections, add, &added);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT") << "output-only members";
  add.mutable_candidate()->Clear();
  add.mutable_candidate()->set_candidate("candidate:1 1 udp nonsense");
  add.mutable_candidate()->set_sdp_mid("0");
  status = ServiceHarness::Call(&Stub::AddIceCandidate, *service_.connections, add, &added);
  EXPECT_EQ(Reason(status), "INVALID_CANDIDATE");
}

TEST_F(NegotiationTest, ACandidateTellsWhetherItIsUsed) {
  const std::string offerer = service_.Create();
  const std::string answerer = service_.Create();
  AddTransceiver(offerer, v1::MEDIA_KIND_VIDEO, v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY);
  const auto is_used = [&](const std::string& line) {
    v1::AddIceCandidateRequest add;
    add.set_peer_connection_id(answerer);
    add.mutable_candidate()->set_candidate(line);
    add.mutable_candidate()->set_sdp_mid("0");
    return Must(&Stub::AddIceCandidate, add).used();
  };
  const std::string first = "candidate:1 1 udp 5 192.0.2.7 7000 typ host";
  const std::string second = "candidate:2 1 udp 5 192.0.2.8 7000 typ host";
  // Nothing is described yet: kept.
  EXPECT_FALSE(is_used(first));
  v1::SetLocalDescriptionRequest offer;
  offer.set_peer_connection_id(offerer);
  v1::SetRemoteDescriptionRequest remote;
  remote.set_peer_connection_id(answerer);
  *remote.mutable_description() =
      Must(&Stub::SetLocalDescription, offer).peer_connection().local_description();
  // More may come.
  const std::string end = "a=end-of-candidates\r\n";
  std::string& sdp = *remote.mutable_description()->mutable_sdp();
  if (const size_t at = sdp.find(end); at != std::string::npos) sdp.erase(at, end.size());
  Must(&Stub::SetRemoteDescription, remote);
  v1::SetLocalDescriptionRequest answer;
  answer.set_peer_connection_id(answerer);
  Must(&Stub::SetLocalDescription, answer);
  EXPECT_FALSE(is_used(first)) << "it came with the description";
  EXPECT_TRUE(is_used(second));
  EXPECT_FALSE(is_used(second)) << "a repetition";
  EXPECT_FALSE(is_used("candidate:3 1 udp 5 3f1c.local 7000 typ host")) << "an mDNS name";
  EXPECT_FALSE(is_used("candidate:4 2 udp 5 192.0.2.9 7001 typ host")) << "another component";
  EXPECT_TRUE(is_used(""));
  EXPECT_FALSE(is_used("")) << "a repetition";
}

TEST_F(NegotiationTest, AnEndOfCandidatesThatIsKeptIsNotUsed) {
  v1::AddIceCandidateRequest end;
  end.set_peer_connection_id(service_.Create());
  end.mutable_candidate()->set_sdp_mid("0");
  EXPECT_FALSE(Must(&Stub::AddIceCandidate, end).used());
}

}  // namespace
}  // namespace pcd::service
