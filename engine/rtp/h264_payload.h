#ifndef ENGINE_RTP_H264_PAYLOAD_H_
#define ENGINE_RTP_H264_PAYLOAD_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// What an H.264 RTP payload holds (RFC 6184: single NAL unit, STAP-A, FU-A).
struct H264Payload {
  bool has_idr = false;       // A slice of an IDR picture, or a fragment of one.
  bool starts_idr = false;    // The first slice of an IDR picture begins here.
  ByteSpan sps{}, pps{};      // The first NAL unit of each kind that is whole in here.
  bool starts_frame = false;  // The first slice of a picture begins here.

  // A decoder can begin here: parameter sets come with, or right before, each IDR picture of a
  // stream; those that carry them out of band begin with the picture itself.
  bool start_of_key_frame(bool parameters_out_of_band) const {
    return !sps.empty() || (parameters_out_of_band && starts_idr);
  }
};

// Nullopt when the payload is truncated or of a type that is reserved or not negotiated here
// (STAP-B, MTAP, FU-B). Spans point into `payload`.
std::optional<H264Payload> ParseH264Payload(ByteSpan payload);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_H264_PAYLOAD_H_
