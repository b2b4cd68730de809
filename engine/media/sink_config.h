// What a caller asks of a sink, and what a sink tells about itself.
#ifndef ENGINE_MEDIA_SINK_CONFIG_H_
#define ENGINE_MEDIA_SINK_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::media {

// Names a remote track before or after it exists.
struct TrackIdSelector {
  std::string track_id{};
  friend bool operator==(const TrackIdSelector&, const TrackIdSelector&) = default;
};
struct MidSelector {
  std::string mid{};
  friend bool operator==(const MidSelector&, const MidSelector&) = default;
};
// The n-th section of a kind, from 0, among those given to MediaSession::SetReceivers.
struct KindSelector {
  MediaKind kind = MediaKind::kAudio;
  uint32_t ordinal = 0;
  friend bool operator==(const KindSelector&, const KindSelector&) = default;
};
using TrackSelector = std::variant<TrackIdSelector, MidSelector, KindSelector>;

inline constexpr Duration kMaxReorderDelay = std::chrono::seconds(1);

struct SinkConfig {
  std::string id{};  // 1..64 of [A-Za-z0-9._-]; unique within the session.
  TrackSelector selector{};
  SocketAddress rtp_destination{};  // Port 1..65535; the address policy must allow it.
  // Unset: the RTP destination's port + 1. Equal to the RTP destination: RTP and RTCP share
  // one socket (RFC 5761).
  std::optional<SocketAddress> rtcp_destination{};
  std::optional<uint8_t> payload_type{};  // 0..127; unset: the negotiated one.
  std::optional<uint32_t> ssrc{};         // Above 0; unset: chosen once for the sink's life.
  bool paused = false;                    // While true nothing is sent.
  std::string rid{};  // The simulcast layer to take; empty: the highest that is active.
  // How long packets are held back to put them in order; 0: not at all. At most
  // kMaxReorderDelay. What comes later than that is left out.
  Duration max_reorder_delay{0};
  friend bool operator==(const SinkConfig&, const SinkConfig&) = default;
};

// Only the fields that are set change. A new destination starts the sink anew: video waits
// for a key frame there.
struct SinkUpdate {
  std::optional<bool> paused{};
  std::optional<SocketAddress> rtp_destination{};
  // Absent while rtp_destination changes: RTCP moves along, to the new RTP port + 1 or to the
  // RTP port itself if it was there before, else it keeps its port.
  std::optional<SocketAddress> rtcp_destination{};
  std::optional<uint8_t> payload_type{};
  std::optional<uint32_t> ssrc{};
  std::optional<std::string> rid{};
  std::optional<Duration> max_reorder_delay{};
};

enum class SinkState {
  kWaiting,   // Its track does not exist, or its section does not receive.
  kPaused,    // Its track is negotiated and the sink is paused.
  kStarting,  // Not paused; the first packet (video: the first key frame) has not come.
  kActive,    // Packets are sent.
  kEnded      // Its track's section is gone; the sink can only be deleted.
};
std::string_view ToString(SinkState state);  // "waiting", ...

struct SinkCounters {
  uint64_t packets_sent = 0, bytes_sent = 0;  // RTP, with its header; without IP and UDP.
  uint64_t packets_dropped = 0;               // RTP and RTCP that the kernel refused.
  // Left out on purpose: while paused or waiting for a key frame, older than the start, too
  // late for the order that was asked for.
  uint64_t packets_skipped = 0;
  uint64_t rtcp_packets_sent = 0, rtcp_packets_received = 0;  // Datagrams.
  uint64_t rtcp_malformed = 0;                                // Datagrams that came back.
  uint64_t receiver_reports = 0;                              // RRs that came back.
  uint64_t nacks = 0;               // Sequence numbers asked for; there is no history to answer.
  uint64_t key_frame_requests = 0;  // PLI and FIR that came back.
  std::optional<int64_t> last_packet_us{};  // Unix time of the last RTP packet sent.
};

// A snapshot.
struct SinkInfo {
  SinkConfig config{};  // Defaults filled in as they apply (rtcp_destination, ssrc).
  SinkState state = SinkState::kWaiting;
  std::string mid{};                   // Empty until bound to a negotiated section.
  std::string track_id{};              // Empty until known.
  MediaKind kind = MediaKind::kAudio;  // Of its section, once bound.
  std::optional<Codec> codec{};        // As sent now, with the sink's payload type.
  std::vector<Codec> events{};         // Telephone events that may come beside it.
  uint32_t ptime = 0, maxptime = 0;    // As ReceiveParameters has them.
  std::string active_rid{};            // Of the layer sent now; empty without simulcast.
  uint32_t ssrc = 0;                   // As sent.
  std::string cname{};                 // As sent in RTCP SDES.
  SocketAddress local_rtp{};           // Where RTP is sent from.
  SocketAddress local_rtcp{};          // Where RTCP is sent from and taken; may equal local_rtp.
  SinkCounters counters{};
  int64_t create_unix_us = 0;
  // Of sending to the destination that it has now; empty: none.
  std::string last_error{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SINK_CONFIG_H_
