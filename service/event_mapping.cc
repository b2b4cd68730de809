#include "service/event_mapping.h"

#include <algorithm>
#include <string>
#include <variant>

#include "engine/ice/server_url.h"
#include "service/data_channel_mapping.h"
#include "service/enum_mapping.h"
#include "service/local_track_mapping.h"
#include "service/peer_connection_mapping.h"
#include "service/sink_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

namespace pc = ::pcd::peerconnection;

v1::IceCandidate CandidateToProto(const pc::LocalCandidate& local) {
  v1::IceCandidate out = ToProto(local.candidate);
  out.set_url(local.url);
  if (out.type() == v1::ICE_CANDIDATE_TYPE_RELAY) {
    out.set_relay_protocol(std::string(ice::RelayProtocolOf(local.url)));
  }
  return out;
}

// One overload per kind of event; each sets the member of the oneof.
class Filler {
 public:
  Filler(const std::string& id, v1::Event& out) : id_(id), out_(out) {}

  void operator()(const pc::CreatedEvent& in) {
    *out_.mutable_created()->mutable_peer_connection() = ToProto(*in.info);
  }
  void operator()(const pc::NegotiationNeededEvent&) { out_.mutable_negotiation_needed(); }
  void operator()(const pc::IceCandidateEvent& in) {
    v1::IceCandidateEvent& event = *out_.mutable_ice_candidate();
    if (!in.candidate.has_value()) return;
    *event.mutable_candidate() = CandidateToProto(*in.candidate);
    event.set_transport_id(in.candidate->transport_id);
  }
  void operator()(const pc::IceCandidateErrorEvent& in) {
    v1::IceCandidateErrorEvent& event = *out_.mutable_ice_candidate_error();
    event.set_address(in.address);
    event.set_port(in.port);
    event.set_url(in.url);
    event.set_error_code(static_cast<uint32_t>(in.error_code));
    event.set_error_text(in.error_text);
  }
  void operator()(const pc::SignalingStateChangeEvent& in) {
    out_.mutable_signaling_state_change()->set_signaling_state(ToProto(in.state));
  }
  void operator()(const pc::IceGatheringStateChangeEvent& in) {
    out_.mutable_ice_gathering_state_change()->set_ice_gathering_state(ToProto(in.state));
  }
  void operator()(const pc::IceConnectionStateChangeEvent& in) {
    out_.mutable_ice_connection_state_change()->set_ice_connection_state(ToProto(in.state));
  }
  void operator()(const pc::ConnectionStateChangeEvent& in) {
    out_.mutable_connection_state_change()->set_connection_state(ToProto(in.state));
  }
  void operator()(const pc::DescriptionChangeEvent& in) {
    v1::DescriptionChangeEvent& event = *out_.mutable_description_change();
    *event.mutable_peer_connection() = ToProto(*in.info);
    FillTransceivers(in.transceivers, event.mutable_transceivers());
    for (const pc::DataChannelView& channel : in.numbered) {
      *event.add_numbered_data_channels() = ToProto(id_, channel);
    }
  }
  void operator()(const pc::ConfigurationChangeEvent& in) {
    *out_.mutable_configuration_change()->mutable_peer_connection() = ToProto(*in.info);
  }
  void operator()(const pc::IceTransportChangeEvent& in) {
    v1::IceTransportChangeEvent& event = *out_.mutable_ice_transport_change();
    *event.mutable_ice_transport() = ToProto(*in.transport);
    event.set_ice_connection_state(ToProto(in.ice_connection_state));
    event.set_connection_state(ToProto(in.connection_state));
    event.set_ice_gathering_state(ToProto(in.ice_gathering_state));
  }
  void operator()(const pc::DtlsTransportChangeEvent& in) {
    v1::DtlsTransportChangeEvent& event = *out_.mutable_dtls_transport_change();
    *event.mutable_dtls_transport() = ToProto(*in.transport);
    event.set_connection_state(ToProto(in.connection_state));
    event.set_error_text(in.error_text);
    if (in.error_text.empty()) return;
    event.set_error_detail(in.failure.fingerprint ? "fingerprint-failure" : "dtls-failure");
    if (in.failure.sent_alert.has_value()) event.set_sent_alert(*in.failure.sent_alert);
    if (in.failure.received_alert.has_value()) event.set_received_alert(*in.failure.received_alert);
  }
  void operator()(const pc::SctpTransportChangeEvent& in) {
    *out_.mutable_sctp_transport_change()->mutable_sctp_transport() = ToProto(in.transport);
  }
  void operator()(const pc::ClosingEvent& in) {
    *out_.mutable_closing()->mutable_deadline() = TimestampFromUnixMicros(in.deadline_unix_us);
  }
  void operator()(const pc::ClosedEvent& in) {
    out_.mutable_closed()->set_reason(ToProto(in.reason));
    out_.mutable_closed()->set_message(in.message);
  }
  void operator()(const pc::TrackEvent& in) {
    v1::TrackEvent& event = *out_.mutable_track();
    *event.mutable_track() = RemoteTrack(id_, *in.transceiver, in.muted);
    *event.mutable_transceiver() = ToProto(*in.transceiver);
    AddStreamIds(*in.transceiver, *event.mutable_stream_ids());
  }
  void operator()(const pc::TrackRemovedEvent& in) {
    v1::TrackRemovedEvent& event = *out_.mutable_track_removed();
    event.set_track_id(in.track_id);
    event.set_transceiver_id(in.transceiver_id);
    for (const std::string& id : in.stream_ids) event.add_stream_ids(id);
    event.set_goes_on(in.goes_on);
  }
  void operator()(const pc::TrackMutedEvent& in) {
    if (in.muted) {
      out_.mutable_track_muted()->set_track_id(in.track_id);
    } else {
      out_.mutable_track_unmuted()->set_track_id(in.track_id);
    }
  }
  void operator()(const pc::TrackEndedEvent& in) {
    out_.mutable_track_ended()->set_track_id(in.track_id);
  }
  void operator()(const pc::TransceiverChangeEvent& in) {
    FillTransceivers(in.transceivers, out_.mutable_transceiver_change()->mutable_transceivers());
  }
  void operator()(const pc::FirstPacketEvent& in) {
    v1::FirstPacketEvent& event = *out_.mutable_first_packet();
    event.set_track_id(in.track_id);
    v1::TrackLayer& layer = *event.mutable_layer();
    layer.set_rid(in.rid);
    layer.set_ssrc(in.ssrc);
    layer.set_active(true);
    layer.set_payload_type(in.payload_type);
  }
  void operator()(const pc::LayerActiveChangeEvent& in) {
    v1::LayerActiveChangeEvent& event = *out_.mutable_layer_active_change();
    event.set_track_id(in.track_id);
    v1::TrackLayer& layer = *event.mutable_layer();
    layer.set_rid(in.rid);
    layer.set_ssrc(in.ssrc);
    layer.set_active(in.active);
    layer.set_payload_type(in.payload_type);
  }
  void operator()(const pc::SinkChangeEvent& in) {
    *out_.mutable_sink_change()->mutable_sink() = ToProto(id_, *in.sink);
  }
  void operator()(const pc::SinkDeletedEvent& in) {
    out_.mutable_sink_deleted()->set_sink_id(in.sink_id);
  }
  void operator()(const pc::LocalTrackChangeEvent& in) {
    v1::LocalTrackChangeEvent& event = *out_.mutable_local_track_change();
    *event.mutable_track() = ToProto(id_, *in.track);
    event.set_previous_state(ToProto(in.previous));
  }
  void operator()(const pc::LocalTrackDeletedEvent& in) {
    out_.mutable_local_track_deleted()->set_track_id(in.track_id);
  }
  void operator()(const pc::KeyFrameRequestedEvent& in) {
    v1::KeyFrameRequestedEvent& event = *out_.mutable_key_frame_requested();
    event.set_track_id(in.track_id);
    event.set_sender_id(in.sender_id);
    event.set_rid(in.rid);
  }
  void operator()(const pc::ToneChangeEvent& in) {
    v1::ToneChangeEvent& event = *out_.mutable_tone_change();
    event.set_sender_id(in.sender_id);
    event.set_tone(in.tone);
  }
  void operator()(const pc::DataChannelEvent& in) {
    *out_.mutable_data_channel()->mutable_data_channel() = ToProto(id_, *in.channel);
  }
  void operator()(const pc::DataChannelCreatedEvent& in) {
    *out_.mutable_data_channel_created()->mutable_data_channel() = ToProto(id_, *in.channel);
  }
  void operator()(const pc::DataChannelOpenEvent& in) {
    *out_.mutable_data_channel_open()->mutable_data_channel() = ToProto(id_, *in.channel);
  }
  void operator()(const pc::DataChannelClosingEvent& in) {
    out_.mutable_data_channel_closing()->set_data_channel_id(in.channel_id);
  }
  void operator()(const pc::DataChannelCloseEvent& in) {
    *out_.mutable_data_channel_close()->mutable_data_channel() = ToProto(id_, *in.channel);
  }
  void operator()(const pc::DataChannelErrorEvent& in) {
    v1::DataChannelErrorEvent& event = *out_.mutable_data_channel_error();
    event.set_data_channel_id(in.channel_id);
    event.set_error_detail(in.sctp_failure ? "sctp-failure" : "data-channel-failure");
    event.set_error_text(in.error_text);
    if (in.sctp_cause_code.has_value()) event.set_sctp_cause_code(*in.sctp_cause_code);
  }
  void operator()(const pc::DataChannelBufferedAmountLowEvent& in) {
    v1::DataChannelBufferedAmountLowEvent& event = *out_.mutable_data_channel_buffered_amount_low();
    event.set_data_channel_id(in.channel_id);
    event.set_buffered_amount(in.buffered_amount);
  }

 private:
  const std::string& id_;
  v1::Event& out_;
};

}  // namespace

v1::Event ToProto(const std::string& peer_connection_id, const peerconnection::Event& event) {
  v1::Event out;
  out.set_peer_connection_id(peer_connection_id);
  out.set_sequence(event.sequence);
  *out.mutable_time() = TimestampFromUnixMicros(event.unix_us);
  out.set_revision(event.revision);
  std::visit(Filler(peer_connection_id, out), event.payload);
  return out;
}

v1::PeerConnectionSnapshot ToProto(const peerconnection::Snapshot& snapshot) {
  const std::string& id = snapshot.info.id;
  v1::PeerConnectionSnapshot out;
  *out.mutable_peer_connection() = ToProto(snapshot.info);
  FillTransceivers(snapshot.transceivers, out.mutable_transceivers());
  for (const jsep::Transceiver& transceiver : snapshot.transceivers) {
    const auto& unmuted = snapshot.unmuted_track_ids;
    const bool muted =
        std::find(unmuted.begin(), unmuted.end(), transceiver.track_id) == unmuted.end();
    *out.add_tracks() = RemoteTrack(id, transceiver, muted);
  }
  for (const media::LocalTrackInfo& track : snapshot.local_tracks) {
    *out.add_tracks() = ToProto(id, track);
  }
  for (const media::SinkInfo& sink : snapshot.sinks) *out.add_sinks() = ToProto(id, sink);
  for (const pc::DataChannelView& channel : snapshot.data_channels) {
    *out.add_data_channels() = ToProto(id, channel);
  }
  for (const pc::LocalCandidate& candidate : snapshot.local_candidates) {
    *out.add_local_candidates() = CandidateToProto(candidate);
  }
  return out;
}

}  // namespace pcd::service
