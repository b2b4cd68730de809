#ifndef ENGINE_RTP_VP9_PAYLOAD_H_
#define ENGINE_RTP_VP9_PAYLOAD_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// The VP9 payload descriptor (RFC 9628 section 4.2).
struct Vp9Payload {
  size_t descriptor_size = 0;
  bool inter_predicted = false;             // P: uses another picture.
  bool flexible = false;                    // F.
  bool start_of_frame = false;              // B: of a layer frame.
  bool end_of_frame = false;                // E: of a layer frame.
  bool has_structure = false;               // V: a scalability structure follows.
  std::optional<uint16_t> picture_id{};     // 7 or 15 bits.
  std::optional<uint8_t> temporal_layer{};  // TID.
  std::optional<uint8_t> spatial_layer{};   // SID.
  bool switching_up = false;                // U; with temporal_layer only.
  bool inter_layer_predicted = false;       // D; with spatial_layer only.
  std::optional<uint8_t> tl0_picture{};     // TL0PICIDX; not in flexible mode.
  // Of the largest spatial layer, where a structure tells it; 0: unknown.
  uint16_t width = 0, height = 0;

  // The first packet of a key picture: a decoder can begin here.
  bool start_of_key_frame = false;
};

// Nullopt when the descriptor is truncated, has more reference indices than allowed, or leaves
// no payload.
std::optional<Vp9Payload> ParseVp9Payload(ByteSpan payload);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_VP9_PAYLOAD_H_
