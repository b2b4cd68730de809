#include "engine/rtp/vp8_payload.h"

namespace pcd::rtp {
namespace {

// Reads the extension octets that `bits` announces (figure 2 of RFC 7741).
void ParseExtensions(ByteReader& in, uint8_t bits, Vp8Payload& out) {
  if ((bits & 0x80) != 0) {  // I
    const uint8_t first = in.U8();
    out.picture_id_is_long = (first & 0x80) != 0;
    const unsigned high = first & 0x7Fu;
    out.picture_id = static_cast<uint16_t>(out.picture_id_is_long ? (high << 8) | in.U8() : high);
  }
  if ((bits & 0x40) != 0) out.tl0_picture = in.U8();  // L
  if ((bits & 0x30) != 0) {                           // T or K share one octet.
    const uint8_t octet = in.U8();
    if ((bits & 0x20) != 0) {
      out.temporal_layer = static_cast<uint8_t>(octet >> 6);
      out.layer_sync = (octet & 0x20) != 0;
    }
    if ((bits & 0x10) != 0) out.key_index = static_cast<uint8_t>(octet & 0x1F);
  }
}

// The frame header of RFC 6386 section 9.1: three octets of tag, and in a key frame the start
// code and the dimensions.
void ParseFrameHeader(ByteSpan frame, Vp8Payload& out) {
  out.start_of_key_frame = (frame[0] & 0x01) == 0;
  if (!out.start_of_key_frame || frame.size() < 10) return;
  if (frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A) return;
  // Little endian, 14 bits each.
  out.width = static_cast<uint16_t>((frame[6] | (frame[7] << 8)) & 0x3FFF);
  out.height = static_cast<uint16_t>((frame[8] | (frame[9] << 8)) & 0x3FFF);
}

}  // namespace

std::optional<Vp8Payload> ParseVp8Payload(ByteSpan payload) {
  ByteReader in(payload);
  Vp8Payload out;
  const uint8_t first = in.U8();
  out.non_reference = (first & 0x20) != 0;
  out.start_of_partition = (first & 0x10) != 0;
  out.partition_index = first & 0x07;
  if ((first & 0x80) != 0) ParseExtensions(in, in.U8(), out);
  if (!in.ok() || in.remaining() == 0) return std::nullopt;
  out.descriptor_size = in.offset();
  out.start_of_frame = out.start_of_partition && out.partition_index == 0;
  if (out.start_of_frame) ParseFrameHeader(payload.subspan(out.descriptor_size), out);
  return out;
}

}  // namespace pcd::rtp
