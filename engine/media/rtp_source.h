// Who was heard of a track lately (W3C WebRTC 1.0, 5.3: RTCRtpContributingSource and
// RTCRtpSynchronizationSource).
#ifndef ENGINE_MEDIA_RTP_SOURCE_H_
#define ENGINE_MEDIA_RTP_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.h"

namespace pcd::media {

// One source, as its newest packet of media told. Threading: a value.
struct RtpSource {
  uint32_t source = 0;         // SSRC or CSRC.
  int64_t unix_us = 0;         // When that packet arrived.
  uint32_t rtp_timestamp = 0;  // Of that packet.
  // RFC 6464: 0 (loudest) to 127 (silence), in -dBov. Nullopt: the packet did not tell. Never of
  // a CSRC: the extension that tells of those (RFC 6465) is not negotiated.
  std::optional<uint8_t> audio_level{};
};

// One RTP stream of a track that was seen; with simulcast a layer. Threading: a value.
struct TrackLayer {
  std::string rid{};  // Empty without simulcast.
  uint32_t ssrc = 0;
  uint32_t rtx_ssrc = 0;     // 0: none came.
  bool active = false;       // Its media arrives.
  uint8_t payload_type = 0;  // Of its last packet of media.
};

// The newest first. Threading: a value.
struct RtpSources {
  // Older sources are left out.
  static constexpr Duration kMaxAge = std::chrono::seconds(10);

  int64_t unix_us = 0;                       // When this was read.
  std::vector<RtpSource> synchronization{};  // By SSRC; retransmissions are no source of their own.
  std::vector<RtpSource> contributing{};     // By CSRC.
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_RTP_SOURCE_H_
