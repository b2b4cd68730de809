// Local tracks, senders and what they send through the API, between two connections of one
// service.
#include <string>

#include "service/service_harness_testing.h"

namespace pcd::service {
namespace {

using Stub = v1::PeerConnectionService::Stub;
using MediaStub = v1::MediaService::Stub;

class ServiceSendingTest : public ::testing::Test {
 protected:
  template <typename Base, typename Request, typename Response>
  grpc::Status Try(grpc::Status (Base::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response* response) {
    if constexpr (std::is_base_of_v<Base, MediaStub>) {
      return ServiceHarness::Call(method, *service_.media, request, response);
    } else {
      return ServiceHarness::Call(method, *service_.connections, request, response);
    }
  }
  template <typename Base, typename Request, typename Response>
  Response Must(grpc::Status (Base::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    Response response;
    const grpc::Status status = Try(method, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  v1::CreateLocalTrackRequest TrackRequest(const std::string& track_id) {
    v1::CreateLocalTrackRequest request;
    request.set_peer_connection_id(sender_);
    request.set_track_id(track_id);
    request.set_kind(v1::MEDIA_KIND_VIDEO);
    request.mutable_source()->mutable_test();
    return request;
  }
  v1::RtpTransceiver AddTrack(const std::string& track_id) {
    v1::AddTrackRequest request;
    request.set_peer_connection_id(sender_);
    request.set_track_id(track_id);
    request.add_stream_ids("stream");
    return Must(&Stub::AddTrack, request).transceiver();
  }
  std::string FailureOf(const v1::CreateLocalTrackRequest& request) {
    v1::CreateLocalTrackResponse response;
    const grpc::Status status = Try(&MediaStub::CreateLocalTrack, request, &response);
    return Reason(status) + " " + InfoOf(status).metadata().at("field");
  }
  v1::RtpSendParameters Parameters(const std::string& sender_id) {
    v1::GetSenderParametersRequest request;
    request.set_peer_connection_id(sender_);
    request.set_sender_id(sender_id);
    return Must(&Stub::GetSenderParameters, request).parameters();
  }
  grpc::Status SetParameters(const std::string& sender_id, const v1::RtpSendParameters& parameters,
                             v1::SetSenderParametersResponse* response) {
    v1::SetSenderParametersRequest request;
    request.set_peer_connection_id(sender_);
    request.set_sender_id(sender_id);
    *request.mutable_parameters() = parameters;
    return Try(&Stub::SetSenderParameters, request, response);
  }

  ServiceHarness service_;
  const std::string sender_ = service_.Create("sender");
  const std::string receiver_ = service_.Create("receiver");
};

TEST_F(ServiceSendingTest, AUdpSourceShowsWhereItListens) {
  v1::CreateLocalTrackRequest request = TrackRequest("cam");
  v1::UdpSource& udp = *request.mutable_source()->mutable_udp();
  udp.mutable_codec()->set_mime_type("video/VP8");
  udp.mutable_codec()->set_clock_rate(90000);
  udp.set_payload_type(96);
  const v1::Track track = Must(&MediaStub::CreateLocalTrack, request).track();
  EXPECT_EQ(track.track_id(), "cam");
  EXPECT_EQ(track.peer_connection_id(), sender_);
  EXPECT_EQ(track.origin(), v1::TRACK_ORIGIN_LOCAL);
  EXPECT_EQ(track.state(), v1::TRACK_STATE_LIVE);
  EXPECT_EQ(track.source().state(), v1::SOURCE_STATE_WAITING);
  EXPECT_EQ(track.source().local_rtp().host(), "127.0.0.1");
  EXPECT_EQ(track.source().local_rtcp().port(), track.source().local_rtp().port() + 1);
  EXPECT_EQ(track.source().spec().udp().codec().mime_type(), "video/VP8");
  EXPECT_EQ(track.source().spec().udp().payload_type(), 96u);
  EXPECT_FALSE(track.source().has_remote_rtp());
}

TEST_F(ServiceSendingTest, ASendersSsrcIsThatOfItsDescription) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  EXPECT_EQ(AddTrack("clip").sender().ssrcs_size(), 0) << "not negotiated";
  v1::SetLocalDescriptionRequest request;
  request.set_peer_connection_id(sender_);
  const std::string sdp =
      Must(&Stub::SetLocalDescription, request).peer_connection().local_description().sdp();
  v1::ListTransceiversRequest list;
  list.set_peer_connection_id(sender_);
  const auto listed = Must(&Stub::ListTransceivers, list);
  ASSERT_EQ(listed.transceivers_size(), 1);
  ASSERT_EQ(listed.transceivers(0).sender().ssrcs_size(), 1);
  const std::string ssrc = std::to_string(listed.transceivers(0).sender().ssrcs(0));
  EXPECT_NE(sdp.find("a=ssrc:" + ssrc + " cname:"), std::string::npos) << sdp;
}

TEST_F(ServiceSendingTest, ARequestThatCannotBeMetNamesItsField) {
  v1::CreateLocalTrackRequest request = TrackRequest("cam");
  request.clear_source();
  EXPECT_EQ(FailureOf(request), "INVALID_ARGUMENT source");
  request.mutable_source()->mutable_udp();
  EXPECT_EQ(FailureOf(request), "INVALID_ARGUMENT source.udp.codec");
  request.mutable_source()->mutable_udp()->mutable_codec()->set_mime_type("audio/opus");
  EXPECT_EQ(FailureOf(request), "INVALID_CODEC source.udp.codec.mime_type");
  v1::UdpSource& udp = *request.mutable_source()->mutable_udp();
  udp.mutable_codec()->set_mime_type("video/VP8");
  udp.mutable_codec()->set_clock_rate(90000);
  udp.mutable_bind()->set_host("0.0.0.0");
  EXPECT_EQ(FailureOf(request), "SOURCE_ADDRESS_DENIED source.udp.bind");
  udp.mutable_bind()->set_host("localhost");
  EXPECT_EQ(FailureOf(request), "INVALID_ARGUMENT source.udp.bind.host");
  udp.mutable_srtp();
  EXPECT_EQ(FailureOf(request), "FIELD_NOT_IMPLEMENTED source.udp.srtp");
  request.mutable_source()->mutable_packet_stream();
  EXPECT_EQ(FailureOf(request), "FIELD_NOT_IMPLEMENTED source.packet_stream");
  request.mutable_source()->mutable_relay();
  EXPECT_EQ(FailureOf(request), "FIELD_NOT_IMPLEMENTED source.relay");
  request.mutable_source()->mutable_test()->mutable_codec()->set_mime_type("video/H264");
  EXPECT_EQ(FailureOf(request), "INVALID_CODEC source.test.codec");
  request = TrackRequest("a b");
  EXPECT_EQ(FailureOf(request), "INVALID_ARGUMENT track_id");
  EXPECT_TRUE(Must(&MediaStub::CreateLocalTrack, TrackRequest("cam")).has_track());
  EXPECT_EQ(FailureOf(TrackRequest("cam")), "ALREADY_EXISTS track_id");
}

TEST_F(ServiceSendingTest, TracksAreListedByOrigin) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  AddTrack("clip");
  v1::ListTracksRequest list;
  list.set_peer_connection_id(sender_);
  const v1::ListTracksResponse all = Must(&MediaStub::ListTracks, list);
  ASSERT_EQ(all.tracks_size(), 2);
  EXPECT_EQ(all.tracks(0).origin(), v1::TRACK_ORIGIN_REMOTE);
  list.set_origin(v1::TRACK_ORIGIN_LOCAL);
  ASSERT_EQ(Must(&MediaStub::ListTracks, list).tracks_size(), 1);
  v1::GetTrackRequest get;
  get.set_peer_connection_id(sender_);
  get.set_track_id("clip");
  EXPECT_TRUE(Must(&MediaStub::GetTrack, get).track().source().spec().has_test());
  get.set_track_id(all.tracks(0).track_id());
  EXPECT_EQ(Must(&MediaStub::GetTrack, get).track().origin(), v1::TRACK_ORIGIN_REMOTE);
  get.set_track_id("none");
  v1::GetTrackResponse response;
  EXPECT_EQ(Reason(Try(&MediaStub::GetTrack, get, &response)), "TRACK_NOT_FOUND");

  v1::DeleteLocalTrackRequest remove;
  remove.set_peer_connection_id(sender_);
  remove.set_track_id("clip");
  const v1::Track last = Must(&MediaStub::DeleteLocalTrack, remove).track();
  EXPECT_EQ(last.state(), v1::TRACK_STATE_ENDED);
  EXPECT_EQ(last.source().state(), v1::SOURCE_STATE_ENDED);
  EXPECT_EQ(Must(&MediaStub::ListTracks, list).tracks_size(), 0);
}

TEST_F(ServiceSendingTest, TonesAreSentOnceSoundIsAndAreTold) {
  v1::CreateLocalTrackRequest track = TrackRequest("sound");
  track.set_kind(v1::MEDIA_KIND_AUDIO);
  Must(&MediaStub::CreateLocalTrack, track);
  const v1::RtpSender sender = AddTrack("sound").sender();
  EXPECT_FALSE(sender.can_insert_dtmf());
  v1::InsertDtmfRequest request;
  request.set_peer_connection_id(sender_);
  request.set_sender_id(sender.sender_id());
  request.set_tones("1#");
  v1::InsertDtmfResponse response;
  EXPECT_EQ(Reason(Try(&Stub::InsertDtmf, request, &response)), "INVALID_STATE");

  service_.Negotiate(sender_, receiver_);
  v1::ListSendersRequest list;
  list.set_peer_connection_id(sender_);
  EXPECT_TRUE(Must(&Stub::ListSenders, list).senders(0).can_insert_dtmf());
  request.set_tones("1x");
  EXPECT_EQ(Reason(Try(&Stub::InsertDtmf, request, &response)), "INVALID_ARGUMENT");
  request.set_tones("1#");
  request.mutable_duration()->set_nanos(39'000'000);
  EXPECT_EQ(Reason(Try(&Stub::InsertDtmf, request, &response)), "INVALID_ARGUMENT");
  request.mutable_duration()->set_nanos(40'000'000);
  request.mutable_inter_tone_gap()->set_nanos(30'000'000);
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(sender_);
  EventReader events(service_, watch);
  events.Initial();
  Must(&Stub::InsertDtmf, request);
  std::string tones;
  events.Until([&](const v1::WatchEventsResponse& read) {
    if (!read.event().has_tone_change()) return false;
    EXPECT_EQ(read.event().tone_change().sender_id(), sender.sender_id());
    tones += read.event().tone_change().tone();
    return read.event().tone_change().tone().empty();
  });
  EXPECT_EQ(tones, "1#");
  request.set_sender_id("none");
  EXPECT_EQ(Reason(Try(&Stub::InsertDtmf, request, &response)), "SENDER_NOT_FOUND");
}

TEST_F(ServiceSendingTest, AClipIsSentReplacedAndToldInEventsAndStatistics) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("one"));
  Must(&MediaStub::CreateLocalTrack, TrackRequest("two"));
  const v1::RtpTransceiver transceiver = AddTrack("one");
  EXPECT_EQ(transceiver.sender().track_id(), "one");
  ASSERT_EQ(transceiver.sender().stream_ids_size(), 1);
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(sender_);
  EventReader events(service_, watch);
  events.Initial();
  service_.Negotiate(sender_, receiver_);
  v1::LocalTrackChangeEvent active;
  bool connected = false;
  events.Until([&](const v1::WatchEventsResponse& response) {
    const v1::LocalTrackChangeEvent& change = response.event().local_track_change();
    if (change.track().source().state() == v1::SOURCE_STATE_ACTIVE) active = change;
    connected = connected || response.event().connection_state_change().connection_state() ==
                                 v1::PEER_CONNECTION_STATE_CONNECTED;
    return connected && active.has_track();
  });
  EXPECT_EQ(active.track().track_id(), "one");
  EXPECT_EQ(active.previous_state(), v1::SOURCE_STATE_WAITING);

  v1::ReplaceTrackRequest replace;
  replace.set_peer_connection_id(sender_);
  replace.set_sender_id(transceiver.sender().sender_id());
  replace.set_track_id("two");
  EXPECT_EQ(Must(&Stub::ReplaceTrack, replace).transceiver().sender().track_id(), "two");
  events.Until([](const v1::WatchEventsResponse& response) {
    const v1::Track& track = response.event().local_track_change().track();
    return track.track_id() == "two" && track.source().state() == v1::SOURCE_STATE_ACTIVE;
  });
  v1::GetStatsRequest stats;
  stats.set_peer_connection_id(sender_);
  stats.add_types(v1::STATS_TYPE_OUTBOUND_RTP);
  const v1::GetStatsResponse outbound = Must(&Stub::GetStats, stats);
  ASSERT_EQ(outbound.report().stats_size(), 1);
  const v1::OutboundRtpStreamStats& sent = outbound.report().stats().begin()->second.outbound_rtp();
  EXPECT_GT(sent.packets_sent(), 0u);
  EXPECT_GT(sent.frame_width(), 0u);
  EXPECT_GT(sent.frame_height(), 0u);
  EXPECT_TRUE(sent.has_frames_per_second());
  EXPECT_FALSE(sent.has_rid()) << "no simulcast is negotiated";
  EXPECT_EQ(sent.encoding_index(), 0u);
  EXPECT_FALSE(service_.Get(sender_).negotiation_needed());
}

TEST_F(ServiceSendingTest, WhoIsHeardIsToldToWhoAsks) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  AddTrack("clip");
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(receiver_);
  EventReader events(service_, watch);
  events.Initial();
  service_.Negotiate(sender_, receiver_);
  const v1::WatchEventsResponse first = events.Until(
      [](const v1::WatchEventsResponse& read) { return read.event().has_first_packet(); });
  v1::ListReceiverSourcesRequest request;
  request.set_peer_connection_id(receiver_);
  const v1::ListReceiverSourcesResponse all = Must(&Stub::ListReceiverSources, request);
  ASSERT_EQ(all.receivers_size(), 1);
  const v1::ReceiverSources& heard = all.receivers(0);
  ASSERT_EQ(heard.synchronization_sources_size(), 1);
  const v1::ReceiverSource& source = heard.synchronization_sources(0);
  EXPECT_EQ(source.source(), first.event().first_packet().layer().ssrc());
  EXPECT_GT(source.timestamp().seconds(), 1'600'000'000);
  EXPECT_LE(source.timestamp().seconds(), heard.timestamp().seconds());
  EXPECT_FALSE(source.has_audio_level()) << "it is video";
  EXPECT_EQ(heard.contributing_sources_size(), 0);

  request.set_receiver_id(heard.receiver_id());
  EXPECT_EQ(Must(&Stub::ListReceiverSources, request).receivers_size(), 1);
  request.set_receiver_id("nobody");
  v1::ListReceiverSourcesResponse response;
  EXPECT_EQ(Reason(Try(&Stub::ListReceiverSources, request, &response)), "RECEIVER_NOT_FOUND");
}

TEST_F(ServiceSendingTest, ARemoteTrackIsMutedWhileNoMediaArrives) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  const std::string transceiver_id = AddTrack("clip").transceiver_id();
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(receiver_);
  EventReader events(service_, watch);
  events.Initial();
  service_.Negotiate(sender_, receiver_);
  const v1::Track track = events.Until([](const auto& read) { return read.event().has_track(); })
                              .event()
                              .track()
                              .track();
  EXPECT_TRUE(track.muted());
  const auto unmuted =
      events.Until([](const auto& read) { return read.event().has_track_unmuted(); });
  EXPECT_EQ(unmuted.event().track_unmuted().track_id(), track.track_id());
  v1::GetTrackRequest get;
  get.set_peer_connection_id(receiver_);
  get.set_track_id(track.track_id());
  const v1::Track seen = Must(&MediaStub::GetTrack, get).track();
  EXPECT_FALSE(seen.muted());
  ASSERT_EQ(seen.layers_size(), 1);
  EXPECT_NE(seen.layers(0).ssrc(), 0u);
  EXPECT_TRUE(seen.layers(0).active());
  EXPECT_EQ(seen.layers(0).rid(), "");
  size_t listed = 0;
  for (const auto& initial : EventReader(service_, watch).Initial()) {
    for (const v1::Track& each : initial.snapshot().tracks()) {
      ++listed;
      EXPECT_FALSE(each.muted());
    }
  }
  EXPECT_EQ(listed, 1u);

  v1::SetTransceiverDirectionRequest direction;
  direction.set_peer_connection_id(sender_);
  direction.set_transceiver_id(transceiver_id);
  direction.set_direction(v1::RTP_TRANSCEIVER_DIRECTION_INACTIVE);
  Must(&Stub::SetTransceiverDirection, direction);
  service_.Negotiate(sender_, receiver_);
  const auto muted = events.Until([](const auto& read) { return read.event().has_track_muted(); });
  EXPECT_EQ(muted.event().track_muted().track_id(), track.track_id());
  EXPECT_TRUE(Must(&MediaStub::GetTrack, get).track().muted());
}

TEST_F(ServiceSendingTest, ATransceiverIsMadeForATrack) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  v1::AddTransceiverRequest request;
  request.set_peer_connection_id(sender_);
  request.set_track_id("clip");
  request.set_direction(v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY);
  const v1::RtpTransceiver transceiver = Must(&Stub::AddTransceiver, request).transceiver();
  EXPECT_EQ(transceiver.sender().track_id(), "clip");
  EXPECT_EQ(transceiver.kind(), v1::MEDIA_KIND_VIDEO);
  request.set_track_id("none");
  v1::AddTransceiverResponse response;
  EXPECT_EQ(Reason(Try(&Stub::AddTransceiver, request, &response)), "TRACK_NOT_FOUND");
}

TEST_F(ServiceSendingTest, ParametersAreReadBeforeTheyAreSet) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  const std::string id = AddTrack("clip").sender().sender_id();
  service_.Negotiate(sender_, receiver_);
  v1::RtpSendParameters parameters = Parameters(id);
  EXPECT_FALSE(parameters.transaction_id().empty());
  ASSERT_EQ(parameters.encodings_size(), 1);
  EXPECT_TRUE(parameters.encodings(0).active());
  EXPECT_GT(parameters.codecs_size(), 0);
  EXPECT_FALSE(parameters.rtcp().cname().empty());

  v1::SetSenderParametersResponse response;
  v1::RtpSendParameters changed = parameters;
  changed.mutable_codecs(0)->set_payload_type(1);
  grpc::Status status = SetParameters(id, changed, &response);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidModificationError");
  changed = parameters;
  changed.add_encodings();
  status = SetParameters(id, changed, &response);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidModificationError");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "parameters.encodings");
  changed = parameters;
  changed.mutable_encodings(0)->mutable_codec()->set_mime_type("video/VP8");
  EXPECT_EQ(Reason(SetParameters(id, changed, &response)), "FIELD_NOT_IMPLEMENTED");
  changed = parameters;
  changed.mutable_encodings(0)->set_scale_resolution_down_by(0.5);
  status = SetParameters(id, changed, &response);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "RangeError");

  changed = parameters;
  changed.mutable_encodings(0)->set_active(false);
  changed.mutable_encodings(0)->set_max_bitrate(1000);
  ASSERT_TRUE(SetParameters(id, changed, &response).ok());
  EXPECT_FALSE(response.parameters().encodings(0).active());
  EXPECT_EQ(response.parameters().encodings(0).max_bitrate(), 1000u);
  status = SetParameters(id, changed, &response);
  EXPECT_EQ(Reason(status), "INVALID_STATE") << "not read again";
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidStateError");
  const v1::RtpSendParameters again = Parameters(id);
  status = SetParameters(id, changed, &response);
  EXPECT_EQ(Reason(status), "STALE_PARAMETERS") << "of an earlier read";
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "InvalidModificationError");
  EXPECT_TRUE(SetParameters(id, again, &response).ok());
  EXPECT_FALSE(Parameters(id).encodings(0).active());
}

TEST_F(ServiceSendingTest, ATransceiverIsMadeWithSeveralEncodings) {
  v1::AddTransceiverRequest request;
  request.set_peer_connection_id(sender_);
  request.set_kind(v1::MEDIA_KIND_VIDEO);
  request.add_send_encodings()->set_rid("low");
  v1::RtpEncodingParameters& high = *request.add_send_encodings();
  high.set_rid("high");
  high.set_active(false);
  high.set_max_framerate(30);
  const v1::RtpSender sender = Must(&Stub::AddTransceiver, request).transceiver().sender();
  ASSERT_EQ(sender.encodings_size(), 2);
  EXPECT_EQ(sender.encodings(0).rid(), "low");
  EXPECT_EQ(sender.encodings(0).scale_resolution_down_by(), 2);
  EXPECT_TRUE(sender.encodings(0).active());
  EXPECT_EQ(sender.encodings(1).scale_resolution_down_by(), 1);
  EXPECT_EQ(sender.encodings(1).max_framerate(), 30);
  EXPECT_FALSE(sender.encodings(1).active());
  EXPECT_EQ(sender.ssrcs_size(), 0);

  request.mutable_send_encodings(1)->set_rid("low");
  v1::AddTransceiverResponse response;
  const grpc::Status status = Try(&Stub::AddTransceiver, request, &response);
  EXPECT_EQ(Reason(status), "INVALID_ARGUMENT");
  EXPECT_EQ(InfoOf(status).metadata().at("domException"), "TypeError");
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "send_encodings");
}

TEST_F(ServiceSendingTest, StatisticsTellWhichEncodingIsSent) {
  Must(&MediaStub::CreateLocalTrack, TrackRequest("clip"));
  v1::AddTransceiverRequest request;
  request.set_peer_connection_id(sender_);
  request.set_track_id("clip");
  request.set_direction(v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY);
  v1::RtpEncodingParameters& low = *request.add_send_encodings();
  low.set_rid("low");
  low.set_active(false);
  request.add_send_encodings()->set_rid("high");
  Must(&Stub::AddTransceiver, request);
  v1::WatchEventsRequest watch;
  watch.add_peer_connection_ids(receiver_);
  EventReader events(service_, watch);
  events.Initial();
  service_.Negotiate(sender_, receiver_);
  const v1::WatchEventsResponse first = events.Until(
      [](const v1::WatchEventsResponse& read) { return read.event().has_first_packet(); });
  v1::GetStatsRequest stats;
  stats.set_peer_connection_id(sender_);
  stats.add_types(v1::STATS_TYPE_OUTBOUND_RTP);
  const v1::StatsReport report = Must(&Stub::GetStats, stats).report();
  ASSERT_EQ(report.stats_size(), 1);
  const v1::OutboundRtpStreamStats& sent = report.stats().begin()->second.outbound_rtp();
  EXPECT_EQ(sent.ssrc(), first.event().first_packet().layer().ssrc());
  EXPECT_EQ(sent.rid(), "high");
  EXPECT_EQ(sent.encoding_index(), 1u);
}

TEST_F(ServiceSendingTest, RtcpIsCheckedBeforeItIsSent) {
  v1::WriteRtcpRequest request;
  request.set_peer_connection_id(sender_);
  v1::WriteRtcpResponse response;
  EXPECT_EQ(Reason(Try(&Stub::WriteRtcp, request, &response)), "INVALID_ARGUMENT");
  request.add_packets("nonsense");
  EXPECT_EQ(Reason(Try(&Stub::WriteRtcp, request, &response)), "INVALID_PACKET");
  request.set_packets(0, std::string("\x80\xC9\x00\x01\x00\x00\x00\x09", 8));
  EXPECT_EQ(Reason(Try(&Stub::WriteRtcp, request, &response)), "INVALID_STATE");
}

}  // namespace
}  // namespace pcd::service
