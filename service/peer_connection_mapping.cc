#include "service/peer_connection_mapping.h"

#include "engine/base/status.h"
#include "service/certificate_mapping.h"
#include "service/enum_mapping.h"
#include "service/field_guard.h"
#include "service/rtp_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr uint32_t kMaxPoolSize = 255;

void FillDescriptions(const peerconnection::PeerConnectionInfo& info, v1::PeerConnection& out) {
  if (info.local_description) *out.mutable_local_description() = ToProto(*info.local_description);
  if (info.remote_description) {
    *out.mutable_remote_description() = ToProto(*info.remote_description);
  }
  if (info.current_local_description) {
    *out.mutable_current_local_description() = ToProto(*info.current_local_description);
  }
  if (info.pending_local_description) {
    *out.mutable_pending_local_description() = ToProto(*info.pending_local_description);
  }
  if (info.current_remote_description) {
    *out.mutable_current_remote_description() = ToProto(*info.current_remote_description);
  }
  if (info.pending_remote_description) {
    *out.mutable_pending_remote_description() = ToProto(*info.pending_remote_description);
  }
}

void FillTransports(const peerconnection::PeerConnectionInfo& info, v1::PeerConnection& out) {
  for (const auto& transport : info.ice_transports) {
    *out.add_ice_transports() = ToProto(transport);
  }
  for (const auto& transport : info.dtls_transports) {
    *out.add_dtls_transports() = ToProto(transport);
  }
  if (info.sctp.has_value()) *out.mutable_sctp() = ToProto(*info.sctp);
}

void FillCertificates(const peerconnection::PeerConnectionInfo& info, v1::PeerConnection& out) {
  for (const auto& certificate : info.certificates) {
    *out.add_certificates() = ToProto(*certificate);
  }
  FillSources(info.certificates, *out.mutable_configuration());
}

}  // namespace

v1::PeerConnection ToListedProto(const peerconnection::PeerConnectionInfo& info) {
  v1::PeerConnection out;
  out.set_peer_connection_id(info.id);
  for (const auto& [key, value] : info.labels) (*out.mutable_labels())[key] = value;
  *out.mutable_create_time() = TimestampFromUnixMicros(info.create_unix_us);
  out.set_revision(info.revision);
  out.set_last_event_sequence(info.last_event_sequence);
  *out.mutable_configuration() = ToProto(info.configuration);
  out.set_signaling_state(ToProto(info.signaling_state));
  out.set_ice_gathering_state(ToProto(info.ice_gathering_state));
  out.set_ice_connection_state(ToProto(info.ice_connection_state));
  out.set_connection_state(ToProto(info.connection_state));
  out.set_can_trickle_ice_candidates(ToProto(info.can_trickle_ice_candidates));
  out.set_negotiation_needed(info.negotiation_needed);
  out.set_ice_backend(ToProto(info.ice_backend));
  out.set_close_reason(ToProto(info.close_reason));
  out.set_close_message(info.close_message);
  return out;
}

v1::PeerConnection ToProto(const peerconnection::PeerConnectionInfo& info) {
  v1::PeerConnection out = ToListedProto(info);
  FillDescriptions(info, out);
  FillTransports(info, out);
  FillCertificates(info, out);
  return out;
}

v1::IceTransport ToProto(const peerconnection::IceTransportInfo& transport) {
  v1::IceTransport out;
  out.set_transport_id(transport.transport_id);
  out.set_role(ToProto(transport.role));
  out.set_state(ToProto(transport.state));
  out.set_gathering_state(ToProto(transport.gathering_state));
  if (transport.selected_pair.has_value()) {
    *out.mutable_selected_candidate_pair()->mutable_local() =
        ToProto(transport.selected_pair->local);
    *out.mutable_selected_candidate_pair()->mutable_remote() =
        ToProto(transport.selected_pair->remote);
  }
  for (const std::string& mid : transport.mids) out.add_mids(mid);
  return out;
}

v1::DtlsTransport ToProto(const peerconnection::DtlsTransportInfo& transport) {
  v1::DtlsTransport out;
  out.set_transport_id(transport.transport_id);
  out.set_state(ToProto(transport.state));
  out.set_role(ToProto(transport.role));
  if (!transport.remote_certificate_der.empty()) {
    out.add_remote_certificates(transport.remote_certificate_der.data(),
                                transport.remote_certificate_der.size());
  }
  return out;
}

v1::SctpTransport ToProto(const peerconnection::SctpTransportInfo& transport) {
  v1::SctpTransport out;
  out.set_transport_id(transport.transport_id);
  out.set_state(ToProto(transport.state));
  out.set_max_message_size(transport.max_message_size);
  out.set_max_channels(transport.max_channels);
  return out;
}

v1::RtpTransceiver ToProto(const peerconnection::TransceiverInfo& transceiver) {
  v1::RtpTransceiver out;
  out.set_transceiver_id(transceiver.id);
  if (transceiver.mid.has_value()) out.set_mid(*transceiver.mid);
  out.set_kind(ToProto(transceiver.kind));
  out.set_direction(transceiver.stopping || transceiver.stopped ? ToProto(Direction::kStopped)
                                                                : ToProto(transceiver.direction));
  if (transceiver.stopped) {
    out.set_current_direction(ToProto(Direction::kStopped));
  } else if (transceiver.current_direction.has_value()) {
    out.set_current_direction(ToProto(*transceiver.current_direction));
  }
  v1::RtpSender& sender = *out.mutable_sender();
  sender.set_sender_id(transceiver.sender_id);
  sender.set_track_id(transceiver.local_track_id);
  for (const std::string& id : transceiver.sender_stream_ids) sender.add_stream_ids(id);
  sender.set_transport_id(transceiver.transport_id);
  // Layers are told by their rids.
  if (transceiver.mid.has_value() && transceiver.send_encodings.size() == 1) {
    sender.add_ssrcs(transceiver.sender_ssrc);
  }
  for (const SendEncoding& encoding : transceiver.send_encodings) {
    *sender.add_encodings() = ToProto(encoding);
  }
  sender.set_can_insert_dtmf(transceiver.sends_telephone_events && !transceiver.stopping &&
                             !transceiver.local_track_id.empty());
  v1::RtpReceiver& receiver = *out.mutable_receiver();
  receiver.set_receiver_id(transceiver.receiver_id);
  receiver.set_track_id(transceiver.track_id);
  AddStreamIds(transceiver, *receiver.mutable_stream_ids());
  receiver.set_transport_id(transceiver.transport_id);
  for (const Codec& codec : transceiver.codec_preferences) {
    *out.add_codec_preferences() = ToProto(codec, transceiver.kind);
  }
  out.set_stopping(transceiver.stopping && !transceiver.stopped);
  return out;
}

void AddStreamIds(const jsep::Transceiver& transceiver,
                  google::protobuf::RepeatedPtrField<std::string>& out) {
  for (const std::string& id : transceiver.remote_stream_ids) {
    if (id != "-") *out.Add() = id;  // RFC 8830: "-" says that it is in no stream.
  }
}

void FillTransceivers(const std::vector<peerconnection::TransceiverInfo>& transceivers,
                      google::protobuf::RepeatedPtrField<v1::RtpTransceiver>* out) {
  for (const peerconnection::TransceiverInfo& transceiver : transceivers) {
    *out->Add() = ToProto(transceiver);
  }
}

v1::Track RemoteTrack(const std::string& peer_connection_id, const jsep::Transceiver& transceiver,
                      bool muted, const std::vector<media::TrackLayer>& layers) {
  v1::Track out;
  out.set_track_id(transceiver.track_id);
  out.set_peer_connection_id(peer_connection_id);
  out.set_kind(ToProto(transceiver.kind));
  out.set_origin(v1::TRACK_ORIGIN_REMOTE);
  // W3C: the track ends when its transceiver begins to stop.
  out.set_state(transceiver.stopping || transceiver.stopped ? v1::TRACK_STATE_ENDED
                                                            : v1::TRACK_STATE_LIVE);
  out.set_muted(muted);
  if (transceiver.mid.has_value()) out.set_mid(*transceiver.mid);
  out.set_receiver_id(transceiver.receiver_id);
  AddStreamIds(transceiver, *out.mutable_stream_ids());
  for (const media::TrackLayer& layer : layers) {
    v1::TrackLayer& added = *out.add_layers();
    added.set_rid(layer.rid);
    added.set_ssrc(layer.ssrc);
    added.set_rtx_ssrc(layer.rtx_ssrc);
    added.set_active(layer.active);
    added.set_payload_type(layer.payload_type);
  }
  return out;
}

v1::Configuration ToProto(const Configuration& configuration) {
  v1::Configuration out;
  for (const IceServer& server : configuration.ice_servers) {
    v1::IceServer& added = *out.add_ice_servers();
    for (const std::string& url : server.urls) added.add_urls(url);
    added.set_username(server.username);
  }
  out.set_ice_transport_policy(ToProto(configuration.ice_transport_policy));
  out.set_bundle_policy(ToProto(configuration.bundle_policy));
  out.set_rtcp_mux_policy(v1::RTCP_MUX_POLICY_REQUIRE);
  out.set_ice_backend(ToProto(configuration.ice_backend));
  out.set_ice_candidate_pool_size(configuration.ice_candidate_pool_size);
  return out;
}

absl::StatusOr<Configuration> FromProto(const v1::Configuration& configuration) {
  Configuration out;
  for (const v1::IceServer& server : configuration.ice_servers()) {
    out.ice_servers.push_back({.urls = {server.urls().begin(), server.urls().end()},
                               .username = server.username(),
                               .credential = server.credential()});
  }
  switch (configuration.ice_transport_policy()) {
    case v1::ICE_TRANSPORT_POLICY_UNSPECIFIED:
    case v1::ICE_TRANSPORT_POLICY_ALL:
      break;
    case v1::ICE_TRANSPORT_POLICY_RELAY:
      out.ice_transport_policy = IceTransportPolicy::kRelay;
      break;
    default:
      return InvalidArgument("the policy is all or relay", "configuration.ice_transport_policy");
  }
  switch (configuration.bundle_policy()) {
    case v1::BUNDLE_POLICY_UNSPECIFIED:
    case v1::BUNDLE_POLICY_MAX_BUNDLE:
      break;
    case v1::BUNDLE_POLICY_BALANCED:
      out.bundle_policy = BundlePolicy::kBalanced;
      break;
    case v1::BUNDLE_POLICY_MAX_COMPAT:
      out.bundle_policy = BundlePolicy::kMaxCompat;
      break;
    default:
      return InvalidArgument("the policy is balanced, max-compat or max-bundle",
                             "configuration.bundle_policy");
  }
  switch (configuration.rtcp_mux_policy()) {
    case v1::RTCP_MUX_POLICY_UNSPECIFIED:
    case v1::RTCP_MUX_POLICY_REQUIRE:
      break;
    default:
      return MakeError(
          absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT,
          "RTCP always shares the port of RTP",
          {.dom_exception = "NotSupportedError", .field = "configuration.rtcp_mux_policy"});
  }
  switch (configuration.ice_backend()) {
    case v1::ICE_BACKEND_UNSPECIFIED:
    case v1::ICE_BACKEND_AUTO:
      break;
    case v1::ICE_BACKEND_FULL:
      out.ice_backend = IceBackend::kFull;
      break;
    case v1::ICE_BACKEND_SHARED_PORT:
      out.ice_backend = IceBackend::kSharedPort;
      break;
    default:
      return InvalidArgument("the backend is auto, full or shared-port",
                             "configuration.ice_backend");
  }
  if (configuration.ice_candidate_pool_size() > kMaxPoolSize) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT, "at most 255",
        {.dom_exception = "TypeError", .field = "configuration.ice_candidate_pool_size"});
  }
  out.ice_candidate_pool_size = static_cast<uint8_t>(configuration.ice_candidate_pool_size());
  return out;
}

}  // namespace pcd::service
