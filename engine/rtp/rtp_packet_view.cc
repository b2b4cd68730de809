#include "engine/rtp/rtp_packet_view.h"

#include <cstring>

namespace pcd::rtp {
namespace {

constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kExtensionBit = 0x10;
constexpr size_t kExtensionHeadBytes = 4;

}  // namespace

std::optional<RtpPacketView> RtpPacketView::Parse(ByteSpan packet) {
  if (packet.size() < kFixedHeaderBytes || (packet[0] >> 6) != 2) return std::nullopt;
  RtpPacketView view(packet.data(), packet.size());
  size_t header = view.extension_offset();
  if (header > packet.size()) return std::nullopt;
  if (view.has_extension()) {
    if (header + kExtensionHeadBytes > packet.size()) return std::nullopt;
    header += kExtensionHeadBytes + 4 * size_t{LoadU16(packet.data() + header + 2)};
    if (header > packet.size()) return std::nullopt;
  }
  view.header_size_ = header;
  if ((packet[0] & kPaddingBit) != 0) {
    if (header == packet.size()) return std::nullopt;
    const size_t padding = packet.back();
    if (padding == 0 || padding > packet.size() - header) return std::nullopt;
    view.padding_size_ = padding;
  }
  return view;
}

ExtensionReader RtpPacketView::extensions() const {
  if (!has_extension()) return ExtensionReader(0, {});
  const size_t offset = extension_offset();
  return ExtensionReader(LoadU16(data_ + offset), {data_ + offset + kExtensionHeadBytes,
                                                   header_size_ - offset - kExtensionHeadBytes});
}

std::optional<ByteSpan> RtpPacketView::FindExtension(uint8_t id) const {
  ExtensionElement element;
  for (ExtensionReader reader = extensions(); reader.Next(element);) {
    if (element.id == id) return element.data;
  }
  return std::nullopt;
}

void RewriteInPlace(MutableByteSpan packet, const RtpRewrite& fields) {
  SetPayloadType(packet, fields.payload_type);
  SetSequenceNumber(packet, fields.sequence_number);
  SetTimestamp(packet, fields.timestamp);
  SetSsrc(packet, fields.ssrc);
}

size_t RewriteStrippedInPlace(MutableByteSpan packet, const RtpPacketView& view,
                              const RtpRewrite& fields) {
  const size_t head = kFixedHeaderBytes + 4 * view.csrc_count();
  const ByteSpan payload = view.payload();
  if (view.header_size() != head && !payload.empty()) {
    std::memmove(packet.data() + head, payload.data(), payload.size());
  }
  packet[0] = static_cast<uint8_t>(packet[0] & ~(kPaddingBit | kExtensionBit));
  RewriteInPlace(packet, fields);
  return head + payload.size();
}

size_t RewriteStrippedInto(MutableByteSpan out, const RtpPacketView& view,
                           const RtpRewrite& fields) {
  const size_t head = kFixedHeaderBytes + 4 * view.csrc_count();
  const ByteSpan payload = view.payload();
  if (out.size() < head + payload.size()) return 0;
  std::memcpy(out.data(), view.header().data(), head);
  if (!payload.empty()) std::memcpy(out.data() + head, payload.data(), payload.size());
  out[0] = static_cast<uint8_t>(out[0] & ~(kPaddingBit | kExtensionBit));
  RewriteInPlace(out, fields);
  return head + payload.size();
}

}  // namespace pcd::rtp
