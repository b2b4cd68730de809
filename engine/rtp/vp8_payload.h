#ifndef ENGINE_RTP_VP8_PAYLOAD_H_
#define ENGINE_RTP_VP8_PAYLOAD_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// The VP8 payload descriptor and what follows it (RFC 7741 section 4.2 and 4.3).
struct Vp8Payload {
  size_t descriptor_size = 0;
  bool non_reference = false;               // N: may be discarded.
  bool start_of_partition = false;          // S.
  uint8_t partition_index = 0;              // PID.
  std::optional<uint16_t> picture_id{};     // 7 or 15 bits.
  bool picture_id_is_long = false;          // M: 15 bits.
  std::optional<uint8_t> tl0_picture{};     // TL0PICIDX.
  std::optional<uint8_t> temporal_layer{};  // TID.
  bool layer_sync = false;                  // Y; with temporal_layer only.
  std::optional<uint8_t> key_index{};       // KEYIDX.

  // The first packet of a frame.
  bool start_of_frame = false;
  // The first packet of a key frame: a decoder can begin here.
  bool start_of_key_frame = false;
  // From a key frame's own header, where the packet holds it; 0: unknown.
  uint16_t width = 0, height = 0;
};

// Nullopt when the descriptor is truncated or leaves no payload.
std::optional<Vp8Payload> ParseVp8Payload(ByteSpan payload);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_VP8_PAYLOAD_H_
