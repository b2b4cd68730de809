#include "service/stats_mapping.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/ice/server_url.h"
#include "service/enum_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

template <typename In, typename Out>
void SetSize(const In& in, Out& out) {
  if (in.frame_width == 0) return;
  out.set_frame_width(in.frame_width);
  out.set_frame_height(in.frame_height);
}

// One overload per kind of entry: fills the values, returns the type.

v1::StatsType Fill(const PeerConnectionStats& in, v1::Stats& out) {
  v1::PeerConnectionStats& stats = *out.mutable_peer_connection();
  stats.set_data_channels_opened(in.data_channels_opened);
  stats.set_data_channels_closed(in.data_channels_closed);
  return v1::STATS_TYPE_PEER_CONNECTION;
}

void Fill(const SharedPortStats& in, v1::SharedPortStats& stats) {
  stats.set_kernel_drops(in.kernel_drops);
  stats.set_send_drops(in.send_drops);
  stats.set_receive_drops(in.receive_drops);
  stats.set_malformed(in.malformed);
  stats.set_not_requests(in.not_requests);
  stats.set_unknown_ufrag(in.unknown_ufrag);
  stats.set_refused(in.refused);
  stats.set_foreign(in.foreign);
  stats.set_replayed(in.replayed);
  stats.set_unvalidated(in.unvalidated);
  stats.set_withheld(in.withheld);
  stats.set_over_share(in.over_share);
}

v1::StatsType Fill(const TransportStats& in, v1::Stats& out) {
  v1::TransportStats& stats = *out.mutable_transport();
  stats.set_packets_sent(in.packets_sent);
  stats.set_packets_received(in.packets_received);
  stats.set_bytes_sent(in.bytes_sent);
  stats.set_bytes_received(in.bytes_received);
  stats.set_ice_role(ToProto(in.ice_role));
  stats.set_ice_local_username_fragment(in.ice_local_username_fragment);
  stats.set_dtls_state(ToProto(in.dtls_state));
  stats.set_ice_state(ToProto(in.ice_state));
  stats.set_dtls_role(ToProto(in.dtls_role));
  stats.set_selected_candidate_pair_changes(in.selected_candidate_pair_changes);
  stats.set_ice_backend(ToProto(in.ice_backend));
  if (!in.selected_candidate_pair_id.empty()) {
    stats.set_selected_candidate_pair_id(in.selected_candidate_pair_id);
  }
  if (!in.local_certificate_id.empty()) stats.set_local_certificate_id(in.local_certificate_id);
  if (!in.remote_certificate_id.empty()) stats.set_remote_certificate_id(in.remote_certificate_id);
  if (!in.tls_version.empty()) stats.set_tls_version(in.tls_version);
  if (!in.dtls_cipher.empty()) stats.set_dtls_cipher(in.dtls_cipher);
  if (!in.srtp_cipher.empty()) stats.set_srtp_cipher(in.srtp_cipher);
  if (in.shared_port) Fill(*in.shared_port, *stats.mutable_shared_port());
  return v1::STATS_TYPE_TRANSPORT;
}

v1::StatsType Fill(const CandidatePairStats& in, v1::Stats& out) {
  v1::CandidatePairStats& stats = *out.mutable_candidate_pair();
  stats.set_transport_id(in.transport_id);
  stats.set_local_candidate_id(in.local_candidate_id);
  stats.set_remote_candidate_id(in.remote_candidate_id);
  stats.set_state(ToProto(in.state));
  stats.set_nominated(in.nominated);
  stats.set_packets_sent(in.packets_sent);
  stats.set_packets_received(in.packets_received);
  stats.set_bytes_sent(in.bytes_sent);
  stats.set_bytes_received(in.bytes_received);
  if (in.last_packet_sent_us.has_value()) {
    *stats.mutable_last_packet_sent_timestamp() = TimestampFromUnixMicros(*in.last_packet_sent_us);
  }
  if (in.last_packet_received_us.has_value()) {
    *stats.mutable_last_packet_received_timestamp() =
        TimestampFromUnixMicros(*in.last_packet_received_us);
  }
  if (in.available_incoming_bitrate) {
    stats.set_available_incoming_bitrate(static_cast<double>(*in.available_incoming_bitrate));
  }
  if (in.requests_received) stats.set_requests_received(*in.requests_received);
  if (in.requests_sent) stats.set_requests_sent(*in.requests_sent);
  if (in.responses_received) stats.set_responses_received(*in.responses_received);
  if (in.responses_sent) stats.set_responses_sent(*in.responses_sent);
  if (in.current_round_trip_time) stats.set_current_round_trip_time(*in.current_round_trip_time);
  if (in.total_round_trip_time) stats.set_total_round_trip_time(*in.total_round_trip_time);
  if (in.consent_requests_sent) stats.set_consent_requests_sent(*in.consent_requests_sent);
  if (in.packets_discarded_on_send) {
    stats.set_packets_discarded_on_send(*in.packets_discarded_on_send);
  }
  if (in.bytes_discarded_on_send) stats.set_bytes_discarded_on_send(*in.bytes_discarded_on_send);
  return v1::STATS_TYPE_CANDIDATE_PAIR;
}

v1::StatsType Fill(const IceCandidateStats& in, v1::Stats& out) {
  v1::IceCandidateStats& stats =
      in.remote ? *out.mutable_remote_candidate() : *out.mutable_local_candidate();
  const Candidate& candidate = in.candidate;
  stats.set_transport_id(in.transport_id);
  stats.set_address(candidate.address);
  stats.set_port(candidate.port);
  stats.set_protocol(ProtocolToProto(candidate.transport));
  stats.set_candidate_type(ToProto(candidate.type));
  stats.set_priority(candidate.priority);
  stats.set_foundation(candidate.foundation);
  if (!in.url.empty()) stats.set_url(in.url);
  if (candidate.type == CandidateType::kRelay && !in.url.empty()) {
    stats.set_relay_protocol(std::string(ice::RelayProtocolOf(in.url)));
  }
  if (!candidate.related_address.empty()) {
    stats.set_related_address(candidate.related_address);
    stats.set_related_port(candidate.related_port);
  }
  if (const std::string ufrag = candidate.Ufrag(); !ufrag.empty()) {
    stats.set_username_fragment(ufrag);
  }
  if (!candidate.tcp_type.empty()) stats.set_tcp_type(TcpTypeToProto(candidate.tcp_type));
  return in.remote ? v1::STATS_TYPE_REMOTE_CANDIDATE : v1::STATS_TYPE_LOCAL_CANDIDATE;
}

v1::StatsType Fill(const CertificateStats& in, v1::Stats& out) {
  v1::CertificateStats& stats = *out.mutable_certificate();
  stats.set_fingerprint(in.fingerprint);
  stats.set_fingerprint_algorithm(in.fingerprint_algorithm);
  stats.set_base64_certificate(in.base64_certificate);
  return v1::STATS_TYPE_CERTIFICATE;
}

v1::StatsType Fill(const CodecStats& in, v1::Stats& out) {
  v1::CodecStats& stats = *out.mutable_codec();
  stats.set_payload_type(in.payload_type);
  stats.set_transport_id(in.transport_id);
  stats.set_mime_type(in.mime_type);
  stats.set_clock_rate(in.clock_rate);
  if (in.channels > 0) stats.set_channels(in.channels);
  if (!in.sdp_fmtp_line.empty()) stats.set_sdp_fmtp_line(in.sdp_fmtp_line);
  return v1::STATS_TYPE_CODEC;
}

v1::StatsType Fill(const InboundRtpStats& in, v1::Stats& out) {
  v1::InboundRtpStreamStats& stats = *out.mutable_inbound_rtp();
  stats.set_ssrc(in.ssrc);
  stats.set_kind(ToProto(in.kind));
  stats.set_transport_id(in.transport_id);
  if (!in.codec_id.empty()) stats.set_codec_id(in.codec_id);
  stats.set_packets_received(in.packets_received);
  stats.set_packets_lost(in.packets_lost);
  stats.set_jitter(in.jitter);
  stats.set_track_identifier(in.track_identifier);
  stats.set_mid(in.mid);
  if (!in.rid.empty()) stats.set_rid(in.rid);
  stats.set_bytes_received(in.bytes_received);
  stats.set_header_bytes_received(in.header_bytes_received);
  stats.set_packets_discarded(in.packets_discarded);
  stats.set_nack_count(in.nack_count);
  if (in.retransmitted_packets_received) {
    stats.set_retransmitted_packets_received(*in.retransmitted_packets_received);
  }
  if (in.retransmitted_bytes_received) {
    stats.set_retransmitted_bytes_received(*in.retransmitted_bytes_received);
  }
  if (in.rtx_ssrc) stats.set_rtx_ssrc(*in.rtx_ssrc);
  if (in.audio_level) stats.set_audio_level(LinearLevel(*in.audio_level));
  if (in.last_packet_received_us.has_value()) {
    *stats.mutable_last_packet_received_timestamp() =
        TimestampFromUnixMicros(*in.last_packet_received_us);
  }
  if (in.kind == MediaKind::kVideo) {
    stats.set_fir_count(in.fir_count);
    stats.set_pli_count(in.pli_count);
    stats.set_frames_received(in.frames_received);
    stats.set_key_frames_received(in.key_frames_received);
    stats.set_frames_per_second(in.frames_per_second);
    SetSize(in, stats);
  }
  return v1::STATS_TYPE_INBOUND_RTP;
}

v1::StatsType Fill(const RemoteOutboundRtpStats& in, v1::Stats& out) {
  v1::RemoteOutboundRtpStreamStats& stats = *out.mutable_remote_outbound_rtp();
  stats.set_ssrc(in.ssrc);
  stats.set_kind(ToProto(in.kind));
  stats.set_transport_id(in.transport_id);
  if (!in.codec_id.empty()) stats.set_codec_id(in.codec_id);
  stats.set_packets_sent(in.packets_sent);
  stats.set_bytes_sent(in.bytes_sent);
  stats.set_local_id(in.local_id);
  stats.set_reports_sent(in.reports_sent);
  if (in.remote_timestamp_us.has_value()) {
    *stats.mutable_remote_timestamp() = TimestampFromUnixMicros(*in.remote_timestamp_us);
  }
  if (in.round_trip_time_measurements > 0) {
    stats.set_round_trip_time(*in.round_trip_time);
    stats.set_total_round_trip_time(in.total_round_trip_time);
    stats.set_round_trip_time_measurements(in.round_trip_time_measurements);
  }
  return v1::STATS_TYPE_REMOTE_OUTBOUND_RTP;
}

v1::StatsType Fill(const OutboundRtpStats& in, v1::Stats& out) {
  v1::OutboundRtpStreamStats& stats = *out.mutable_outbound_rtp();
  stats.set_ssrc(in.ssrc);
  stats.set_kind(ToProto(in.kind));
  stats.set_transport_id(in.transport_id);
  if (!in.codec_id.empty()) stats.set_codec_id(in.codec_id);
  if (!in.media_source_id.empty()) stats.set_media_source_id(in.media_source_id);
  if (!in.remote_id.empty()) stats.set_remote_id(in.remote_id);
  stats.set_mid(in.mid);
  if (!in.rid.empty()) stats.set_rid(in.rid);
  stats.set_encoding_index(in.encoding_index);
  stats.set_active(in.active);
  stats.set_packets_sent(in.packets_sent);
  stats.set_bytes_sent(in.bytes_sent);
  stats.set_header_bytes_sent(in.header_bytes_sent);
  stats.set_retransmitted_packets_sent(in.retransmitted_packets_sent);
  stats.set_retransmitted_bytes_sent(in.retransmitted_bytes_sent);
  if (in.rtx_ssrc.has_value()) stats.set_rtx_ssrc(*in.rtx_ssrc);
  stats.set_nack_count(in.nack_count);
  if (in.kind == MediaKind::kVideo) {
    stats.set_frames_sent(in.frames_sent);
    stats.set_key_frames_sent(in.key_frames_sent);
    stats.set_huge_frames_sent(in.huge_frames_sent);
    stats.set_frames_per_second(in.frames_per_second);
    SetSize(in, stats);
    stats.set_fir_count(in.fir_count);
    stats.set_pli_count(in.pli_count);
  }
  return v1::STATS_TYPE_OUTBOUND_RTP;
}

v1::StatsType Fill(const RemoteInboundRtpStats& in, v1::Stats& out) {
  v1::RemoteInboundRtpStreamStats& stats = *out.mutable_remote_inbound_rtp();
  stats.set_ssrc(in.ssrc);
  stats.set_kind(ToProto(in.kind));
  stats.set_transport_id(in.transport_id);
  if (!in.codec_id.empty()) stats.set_codec_id(in.codec_id);
  stats.set_local_id(in.local_id);
  stats.set_packets_received(in.packets_received);
  stats.set_packets_lost(in.packets_lost);
  stats.set_fraction_lost(in.fraction_lost);
  stats.set_jitter(in.jitter);
  if (in.round_trip_time.has_value()) stats.set_round_trip_time(*in.round_trip_time);
  stats.set_total_round_trip_time(in.total_round_trip_time);
  stats.set_round_trip_time_measurements(in.round_trip_time_measurements);
  return v1::STATS_TYPE_REMOTE_INBOUND_RTP;
}

v1::StatsType Fill(const MediaSourceStats& in, v1::Stats& out) {
  v1::MediaSourceStats& stats = *out.mutable_media_source();
  stats.set_track_identifier(in.track_identifier);
  stats.set_kind(ToProto(in.kind));
  stats.set_packets_received(in.packets_received);
  stats.set_bytes_received(in.bytes_received);
  if (in.kind == MediaKind::kVideo) {
    stats.set_frames(in.frames);
    stats.set_frames_per_second(in.frames_per_second);
    if (in.width != 0) {
      stats.set_width(in.width);
      stats.set_height(in.height);
    }
  }
  return v1::STATS_TYPE_MEDIA_SOURCE;
}

v1::StatsType Fill(const DataChannelStats& in, v1::Stats& out) {
  v1::DataChannelStats& stats = *out.mutable_data_channel();
  stats.set_label(in.label);
  stats.set_protocol(in.protocol);
  if (in.data_channel_identifier.has_value()) {
    stats.set_data_channel_identifier(*in.data_channel_identifier);
  }
  stats.set_state(ToProto(in.state));
  stats.set_messages_sent(static_cast<uint32_t>(in.messages_sent));
  stats.set_bytes_sent(in.bytes_sent);
  stats.set_messages_received(static_cast<uint32_t>(in.messages_received));
  stats.set_bytes_received(in.bytes_received);
  return v1::STATS_TYPE_DATA_CHANNEL;
}

v1::StatsType Fill(const SctpTransportStats& in, v1::Stats& out) {
  v1::SctpTransportStats& stats = *out.mutable_sctp_transport();
  stats.set_transport_id(in.transport_id);
  if (in.smoothed_round_trip_time.has_value()) {
    stats.set_smoothed_round_trip_time(*in.smoothed_round_trip_time);
  }
  if (in.congestion_window.has_value()) stats.set_congestion_window(*in.congestion_window);
  if (in.receiver_window.has_value()) stats.set_receiver_window(*in.receiver_window);
  stats.set_mtu(in.mtu);
  stats.set_unack_data(in.unack_data);
  return v1::STATS_TYPE_SCTP_TRANSPORT;
}

// By the id of what we receive, the id of what the remote says about it.
std::map<std::string, std::string> RemoteIds(const StatsReport& report) {
  std::map<std::string, std::string> ids;
  for (const StatsEntry& entry : report.entries) {
    if (const auto* remote = std::get_if<RemoteOutboundRtpStats>(&entry)) {
      ids[remote->local_id] = remote->id;
    }
  }
  return ids;
}

// Of the remote's report, where the values are what that says.
template <typename Entry>
std::optional<int64_t> ArrivalOf(const Entry& entry) {
  if constexpr (requires { entry.arrived_us; }) return entry.arrived_us;
  return std::nullopt;
}

}  // namespace

v1::StatsReport ToProto(const StatsReport& report, const std::set<int>& types) {
  v1::StatsReport out;
  *out.mutable_timestamp() = TimestampFromUnixMicros(report.timestamp_us);
  const std::map<std::string, std::string> remote_ids = RemoteIds(report);
  for (const StatsEntry& entry : report.entries) {
    v1::Stats stats;
    const std::string& id =
        std::visit([](const auto& value) -> const std::string& { return value.id; }, entry);
    stats.set_type(std::visit([&stats](const auto& value) { return Fill(value, stats); }, entry));
    if (!types.empty() && types.count(stats.type()) == 0) continue;
    stats.set_id(id);
    if (const auto remote = remote_ids.find(id);
        remote != remote_ids.end() && stats.has_inbound_rtp()) {
      stats.mutable_inbound_rtp()->set_remote_id(remote->second);
    }
    const auto arrived = std::visit([](const auto& value) { return ArrivalOf(value); }, entry);
    *stats.mutable_timestamp() = arrived ? TimestampFromUnixMicros(*arrived) : out.timestamp();
    (*out.mutable_stats())[id] = std::move(stats);
  }
  return out;
}

}  // namespace pcd::service
