// What a caller asks of a local track, and what it tells about itself.
#ifndef ENGINE_MEDIA_SENDING_LOCAL_TRACK_CONFIG_H_
#define ENGINE_MEDIA_SENDING_LOCAL_TRACK_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/socket_address.h"
#include "engine/model/enums.h"
#include "engine/model/rtp_parameters.h"

namespace pcd::media {

// RTP that arrives on a UDP port.
struct UdpSourceConfig {
  SocketAddress bind{IpAddress::V4({127, 0, 0, 1}), 0};  // Port 0: the system chooses.
  // Unset: the RTP port + 1. The RTP port itself: both share it (RFC 5761).
  std::optional<uint16_t> rtcp_port{};
  Codec codec{};                          // Of the packets; payload_type is not read.
  std::optional<uint8_t> payload_type{};  // 0..127; unset: any.
  // Unset: that of the first packet, until it was silent for 5 seconds.
  std::optional<uint32_t> ssrc{};
  // Who may send. Unset: the sender of the first packet, until it was silent for 5 seconds.
  std::optional<SocketAddress> remote{};
  friend bool operator==(const UdpSourceConfig&, const UdpSourceConfig&) = default;
};

// The built-in clip, in a loop. It runs while somebody is sent it.
struct TestSourceConfig {
  std::optional<Codec> codec{};  // Unset: VP8 for video, Opus for audio, the only ones there are.
  bool blank = false;            // Instead: a black picture once a second; silence.
  friend bool operator==(const TestSourceConfig&, const TestSourceConfig&) = default;
};

using SourceConfig = std::variant<UdpSourceConfig, TestSourceConfig>;

struct LocalTrackConfig {
  std::string id{};  // 1..64 of [A-Za-z0-9._-]; unique within the session.
  MediaKind kind = MediaKind::kAudio;
  SourceConfig source{};
  friend bool operator==(const LocalTrackConfig&, const LocalTrackConfig&) = default;
};

enum class SourceState {
  kWaiting,  // No packet has come yet.
  kActive,   // Packets come.
  kSilent,   // None came for 2 seconds.
  kEnded     // It was deleted.
};
std::string_view ToString(SourceState state);  // "waiting", ...

struct SourceCounters {
  uint64_t packets_received = 0, bytes_received = 0;  // Taken; with RTP header.
  uint64_t payload_bytes_received = 0;
  // Refused: malformed, of another payload type, SSRC or sender, or a repetition.
  uint64_t packets_discarded = 0;
  uint64_t frames = 0, key_frames = 0;      // Video, by marker and payload.
  std::optional<int64_t> last_packet_us{};  // Unix time.
};

// A snapshot.
struct LocalTrackInfo {
  LocalTrackConfig config{};
  Codec codec{};  // That the source carries.
  SourceState state = SourceState::kWaiting;
  // UDP sources: where RTP and RTCP are expected, and who sends.
  std::optional<SocketAddress> local_rtp{}, local_rtcp{}, remote_rtp{};
  SourceCounters counters{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_LOCAL_TRACK_CONFIG_H_
