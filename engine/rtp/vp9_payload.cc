#include "engine/rtp/vp9_payload.h"

namespace pcd::rtp {
namespace {

constexpr int kMaxReferences = 3;

uint16_t ReadPictureId(ByteReader& in) {
  const uint8_t first = in.U8();
  const unsigned high = first & 0x7Fu;
  return static_cast<uint16_t>((first & 0x80) != 0 ? (high << 8) | in.U8() : high);
}

void ReadLayers(ByteReader& in, Vp9Payload& out) {
  const uint8_t octet = in.U8();
  out.temporal_layer = static_cast<uint8_t>(octet >> 5);
  out.switching_up = (octet & 0x10) != 0;
  out.spatial_layer = static_cast<uint8_t>((octet >> 1) & 0x07);
  out.inter_layer_predicted = (octet & 0x01) != 0;
  if (!out.flexible) out.tl0_picture = in.U8();
}

// False: a list longer than the format allows.
bool SkipReferences(ByteReader& in) {
  for (int i = 0; i < kMaxReferences; ++i) {
    if ((in.U8() & 0x01) == 0) return true;
  }
  return false;
}

// Section 4.2.1: sizes of the spatial layers, then the pictures of a group.
void ReadStructure(ByteReader& in, Vp9Payload& out) {
  const uint8_t head = in.U8();
  const int layers = (head >> 5) + 1;
  if ((head & 0x10) != 0) {  // Y
    for (int i = 0; i < layers; ++i) {
      const uint16_t width = in.U16();
      const uint16_t height = in.U16();
      if (uint32_t{width} * height < uint32_t{out.width} * out.height) continue;
      out.width = width;
      out.height = height;
    }
  }
  if ((head & 0x08) == 0) return;  // G
  const int pictures = in.U8();
  for (int i = 0; i < pictures && in.ok(); ++i) {
    in.Skip((in.U8() >> 2) & 0x03);
  }
}

}  // namespace

std::optional<Vp9Payload> ParseVp9Payload(ByteSpan payload) {
  ByteReader in(payload);
  Vp9Payload out;
  const uint8_t first = in.U8();
  out.inter_predicted = (first & 0x40) != 0;
  out.flexible = (first & 0x10) != 0;
  out.start_of_frame = (first & 0x08) != 0;
  out.end_of_frame = (first & 0x04) != 0;
  out.has_structure = (first & 0x02) != 0;
  if ((first & 0x80) != 0) out.picture_id = ReadPictureId(in);
  if ((first & 0x20) != 0) ReadLayers(in, out);
  if (out.flexible && out.inter_predicted && !SkipReferences(in)) return std::nullopt;
  if (out.has_structure) ReadStructure(in, out);
  if (!in.ok() || in.remaining() == 0) return std::nullopt;
  out.descriptor_size = in.offset();
  out.start_of_key_frame =
      out.start_of_frame && !out.inter_predicted && out.spatial_layer.value_or(0) == 0;
  return out;
}

}  // namespace pcd::rtp
