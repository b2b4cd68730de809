#ifndef ENGINE_RTP_AV1_PAYLOAD_H_
#define ENGINE_RTP_AV1_PAYLOAD_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// The aggregation header of an AV1 RTP payload (RTP Payload Format for AV1, section 4.4).
struct Av1Payload {
  bool continues_obu = false;          // Z: the first element continues an OBU.
  bool obu_continues = false;          // Y: the last element goes on in the next packet.
  uint8_t element_count = 0;           // W; 0: each element has its size.
  bool starts_coded_sequence = false;  // N.
  ByteSpan sequence_header{};          // The OBU that is one, or its part in here; empty: none.

  // A decoder can begin here.
  bool start_of_key_frame() const { return starts_coded_sequence && !continues_obu; }
};

// Nullopt when the payload is empty, an element does not fit, or N comes with Z. The
// span points into `payload`.
std::optional<Av1Payload> ParseAv1Payload(ByteSpan payload);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_AV1_PAYLOAD_H_
