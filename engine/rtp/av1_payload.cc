#include "engine/rtp/av1_payload.h"

namespace pcd::rtp {
namespace {

constexpr uint8_t kSequenceHeader = 1;
// An element is smaller than a packet: two bytes of seven bits, and one to spare.
constexpr int kMaxSizeBytes = 3;

// Leb128; ok() is false when it is truncated.
std::optional<size_t> ReadSize(ByteReader& in) {
  size_t value = 0;
  for (int i = 0; i < kMaxSizeBytes; ++i) {
    const uint8_t byte = in.U8();
    value |= static_cast<size_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) return in.ok() ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Av1Payload> ParseAv1Payload(ByteSpan payload) {
  if (payload.size() < 2) return std::nullopt;
  Av1Payload out;
  out.continues_obu = (payload[0] & 0x80) != 0;
  out.obu_continues = (payload[0] & 0x40) != 0;
  out.element_count = static_cast<uint8_t>((payload[0] >> 4) & 0x03);
  out.starts_coded_sequence = (payload[0] & 0x08) != 0;
  if (out.starts_coded_sequence && out.continues_obu) return std::nullopt;
  ByteReader in(payload.subspan(1));
  for (int element = 1; in.remaining() > 0; ++element) {
    // The last of a counted list takes the rest.
    std::optional<size_t> size = in.remaining();
    if (element != out.element_count) size = ReadSize(in);
    if (!size) return std::nullopt;
    const ByteSpan obu = in.Bytes(*size);
    if (!in.ok()) return std::nullopt;
    const bool begins = element > 1 || !out.continues_obu;
    if (begins && !obu.empty() && ((obu[0] >> 3) & 0x0F) == kSequenceHeader) {
      out.sequence_header = obu;
    }
  }
  return out;
}

}  // namespace pcd::rtp
