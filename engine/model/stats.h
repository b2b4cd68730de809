// webrtc-stats dictionaries (W3C names in snake_case) as far as they have meaning here.
// `id` values are stable for the life of the object they describe. Times are seconds where
// W3C says seconds; `timestamp_us` is microseconds of Unix time.
#ifndef ENGINE_MODEL_STATS_H_
#define ENGINE_MODEL_STATS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/ice.h"

namespace pcd {

struct CodecStats {
  std::string id{}, transport_id{}, mime_type{}, sdp_fmtp_line{};
  uint8_t payload_type = 0;
  uint32_t clock_rate = 0;
  uint16_t channels = 0;
};

struct InboundRtpStats {
  std::string id{}, transport_id{}, codec_id{}, track_identifier{}, mid{}, rid{};
  uint32_t ssrc = 0;
  MediaKind kind = MediaKind::kAudio;
  uint64_t packets_received = 0, bytes_received = 0, header_bytes_received = 0;
  int64_t packets_lost = 0;
  uint64_t packets_discarded = 0, packets_duplicated = 0;
  double jitter = 0;                                      // Seconds.
  std::optional<int64_t> last_packet_received_us{};       // Unix time.
  uint32_t nack_count = 0, fir_count = 0, pli_count = 0;  // Sent by us.
  uint64_t frames_received = 0, key_frames_received = 0;  // Video; counted by marker and payload.
  uint32_t frames_per_second = 0;                         // Video.
  uint32_t frame_width = 0, frame_height = 0;             // Pixels; 0: not known.
  std::optional<uint8_t> audio_level{};                   // RFC 6464, -dBov, of the last packet.
  // What came on its retransmission SSRC (RFC 4588), probing included; unset: none came.
  std::optional<uint64_t> retransmitted_packets_received{}, retransmitted_bytes_received{};
  std::optional<uint32_t> rtx_ssrc{};
};

// What the remote sender told about itself in its sender reports.
struct RemoteOutboundRtpStats {
  std::string id{}, transport_id{}, codec_id{}, local_id{};
  uint32_t ssrc = 0;
  MediaKind kind = MediaKind::kAudio;
  uint64_t packets_sent = 0, bytes_sent = 0, reports_sent = 0;
  std::optional<int64_t> remote_timestamp_us{};
  std::optional<int64_t> arrived_us{};  // The last report, by our clock.
  // Where RTCP XR tells them (RFC 3611); seconds, the last one; unset: not measured yet.
  std::optional<double> round_trip_time{};
  double total_round_trip_time = 0;  // Seconds.
  uint64_t round_trip_time_measurements = 0;
};

struct OutboundRtpStats {
  std::string id{}, transport_id{}, codec_id{}, media_source_id{}, remote_id{}, mid{};
  std::string rid{};            // Of its encoding; empty: no simulcast is negotiated.
  uint32_t encoding_index = 0;  // Among those of its sender.
  uint32_t ssrc = 0;
  MediaKind kind = MediaKind::kAudio;
  bool active = true;                                                // Of its encoding.
  uint64_t packets_sent = 0, bytes_sent = 0, header_bytes_sent = 0;  // With retransmissions.
  uint64_t retransmitted_packets_sent = 0, retransmitted_bytes_sent = 0;
  std::optional<uint32_t> rtx_ssrc{};
  uint64_t frames_sent = 0, key_frames_sent = 0;          // Video; by marker and payload.
  uint64_t huge_frames_sent = 0;                          // Video.
  uint32_t frames_per_second = 0;                         // Video.
  uint32_t frame_width = 0, frame_height = 0;             // Pixels; 0: not known.
  uint64_t nack_count = 0, fir_count = 0, pli_count = 0;  // Received.
};

// What the remote tells in its reports about a stream of ours.
struct RemoteInboundRtpStats {
  std::string id{}, transport_id{}, codec_id{}, local_id{};
  uint32_t ssrc = 0;
  MediaKind kind = MediaKind::kAudio;
  std::optional<int64_t> arrived_us{};  // The last report, by our clock.
  uint64_t packets_received = 0;
  int64_t packets_lost = 0;
  double fraction_lost = 0;                 // 0 to 1, in its last report.
  double jitter = 0;                        // Seconds.
  std::optional<double> round_trip_time{};  // Seconds, the last one; unset: not measured yet.
  double total_round_trip_time = 0;         // Seconds.
  uint64_t round_trip_time_measurements = 0;
};

// A local track that a sender has.
struct MediaSourceStats {
  std::string id{}, track_identifier{};
  MediaKind kind = MediaKind::kAudio;
  uint64_t packets_received = 0, bytes_received = 0;  // By its source; payload only.
  uint64_t frames = 0;                                // Video, by marker.
  uint32_t frames_per_second = 0;                     // Video.
  uint32_t width = 0, height = 0;                     // Pixels; 0: not known.
};

// What a shared port did not take or could not send, of all its connections and of strangers, since
// it was opened. In datagrams; over TCP, in frames.
struct SharedPortStats {
  uint64_t kernel_drops = 0;   // Arrived while the receive buffer was full (SO_RXQ_OVFL).
  uint64_t send_drops = 0;     // The system had no room for them.
  uint64_t receive_drops = 0;  // Longer than Packet::kMaxPayload.
  uint64_t malformed = 0;      // Looked like STUN and was not.
  uint64_t not_requests = 0;   // STUN, but no Binding request.
  uint64_t unknown_ufrag = 0;  // Names no connection.
  uint64_t refused = 0;        // Answered by an error: credentials, role, unknown attributes.
  uint64_t foreign = 0;        // A valid check from an address of another connection.
  uint64_t replayed = 0;       // A check that was accepted before, from another address.
  uint64_t unvalidated = 0;    // Not STUN, from an address that passed no check.
  uint64_t withheld = 0;       // Replies not sent: too long, or too many.
  uint64_t over_share = 0;     // Of a source that took more than its share, under overload.
};

struct TransportStats {
  std::string id{};
  uint64_t packets_sent = 0, packets_received = 0, bytes_sent = 0, bytes_received = 0;
  IceRole ice_role = IceRole::kControlled;
  std::string ice_local_username_fragment{};
  IceConnectionState ice_state = IceConnectionState::kNew;
  DtlsState dtls_state = DtlsState::kNew;
  DtlsRole dtls_role = DtlsRole::kAuto;
  IceBackend ice_backend = IceBackend::kFull;
  std::string selected_candidate_pair_id{}, local_certificate_id{}, remote_certificate_id{};
  std::string tls_version{}, dtls_cipher{}, srtp_cipher{};
  uint32_t selected_candidate_pair_changes = 0;
  std::optional<SharedPortStats> shared_port{};  // Unset: it has sockets of its own.
};

enum class CandidatePairState { kFrozen, kWaiting, kInProgress, kFailed, kSucceeded };
std::string_view ToString(CandidatePairState state);

struct CandidatePairStats {
  std::string id{}, transport_id{}, local_candidate_id{}, remote_candidate_id{};
  CandidatePairState state = CandidatePairState::kFrozen;
  bool nominated = false;
  uint64_t packets_sent = 0, packets_received = 0, bytes_sent = 0, bytes_received = 0;
  std::optional<int64_t> last_packet_sent_us{}, last_packet_received_us{};
  std::optional<uint64_t> available_incoming_bitrate{};  // Bits per second.
  // Connectivity checks; unset: whoever makes them does not tell. Received ones include those for
  // consent, as do responses_received.
  std::optional<uint64_t> requests_received{}, responses_sent{};
  std::optional<uint64_t> requests_sent{}, responses_received{}, consent_requests_sent{};
  // Seconds, of what responses_received counts.
  std::optional<double> current_round_trip_time{}, total_round_trip_time{};
  // What the system refused to send; unset: not known of a pair.
  std::optional<uint64_t> packets_discarded_on_send{}, bytes_discarded_on_send{};
};

struct IceCandidateStats {
  std::string id{}, transport_id{}, url{};
  bool remote = false;
  Candidate candidate{};
};

struct CertificateStats {
  std::string id{}, fingerprint{}, fingerprint_algorithm{}, base64_certificate{};
};

struct DataChannelStats {
  std::string id{}, label{}, protocol{}, data_channel_id{};  // data_channel_id: the API's id.
  std::optional<uint16_t> data_channel_identifier{};         // SCTP stream id.
  DataChannelState state = DataChannelState::kConnecting;
  uint64_t messages_sent = 0, bytes_sent = 0, messages_received = 0, bytes_received = 0;
};

// The SCTP association; members as sctp::SctpPath has them.
struct SctpTransportStats {
  std::string id{}, transport_id{};
  std::optional<double> smoothed_round_trip_time{};  // Seconds.
  std::optional<uint64_t> congestion_window{};       // Bytes.
  std::optional<uint64_t> receiver_window{};         // Bytes.
  uint64_t mtu = 0;                                  // Bytes.
  uint64_t unack_data = 0;                           // Chunks.
};

struct PeerConnectionStats {
  std::string id{};
  uint32_t data_channels_opened = 0, data_channels_closed = 0;
};

using StatsEntry = std::variant<PeerConnectionStats, TransportStats, CandidatePairStats,
                                IceCandidateStats, CertificateStats, CodecStats, InboundRtpStats,
                                RemoteOutboundRtpStats, OutboundRtpStats, RemoteInboundRtpStats,
                                MediaSourceStats, DataChannelStats, SctpTransportStats>;

struct StatsReport {
  int64_t timestamp_us = 0;
  std::vector<StatsEntry> entries{};
};

}  // namespace pcd

#endif  // ENGINE_MODEL_STATS_H_
