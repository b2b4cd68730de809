#ifndef ENGINE_RTP_H265_PAYLOAD_H_
#define ENGINE_RTP_H265_PAYLOAD_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// What an H.265 RTP payload holds (RFC 7798: single NAL unit, aggregation packet, fragmentation
// unit; without DONL, which tx-mode SRST with sprop-max-don-diff 0 has not).
struct H265Payload {
  bool has_irap = false;         // Of a picture that decoding can begin at (IRAP).
  bool starts_irap = false;      // Its first slice begins here.
  ByteSpan vps{}, sps{}, pps{};  // The first NAL unit of each kind that is whole in here.
  bool starts_frame = false;     // The first slice of a picture begins here.

  // As H264Payload. VPS comes first, SPS where a sender has no VPS in this packet.
  bool start_of_key_frame(bool parameters_out_of_band) const {
    return !vps.empty() || !sps.empty() || (parameters_out_of_band && starts_irap);
  }
};

// Nullopt when the payload is truncated or a PACI packet. Spans point into `payload`.
std::optional<H265Payload> ParseH265Payload(ByteSpan payload);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_H265_PAYLOAD_H_
