#ifndef ENGINE_RTP_VP8_PACKETIZER_H_
#define ENGINE_RTP_VP8_PACKETIZER_H_

#include "engine/base/bytes.h"

namespace pcd::rtp {

// Cuts one encoded VP8 frame into RTP payloads with the one-byte descriptor of RFC 7741 section
// 4.2 (no picture id: a receiver then orders frames by sequence number).
//
//   Vp8Packetizer packetizer(frame, 1100);
//   while (!packetizer.done()) {
//     const size_t size = packetizer.Next(payload);   // the last one takes the marker bit
//   }
// Borrows the frame. Threading: a value.
class Vp8Packetizer {
 public:
  // `max_payload` is at least 2. Parts are of about the same size. An empty frame has none.
  Vp8Packetizer(ByteSpan frame, size_t max_payload);

  bool done() const { return rest_.empty(); }
  // Writes the next payload, descriptor included, and returns its size; 0 when done, or when
  // `out` is smaller than the payload.
  size_t Next(MutableByteSpan out);

 private:
  ByteSpan rest_;
  size_t part_ = 0;  // Bytes of frame in each payload but the last.
  bool first_ = true;
};

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_VP8_PACKETIZER_H_
