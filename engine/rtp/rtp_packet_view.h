// One RTP packet in a buffer of the caller's (RFC 3550 section 5.1): bounds-checked reading
// and rewriting in place.
#ifndef ENGINE_RTP_RTP_PACKET_VIEW_H_
#define ENGINE_RTP_RTP_PACKET_VIEW_H_

#include <optional>

#include "engine/base/bytes.h"
#include "engine/rtp/header_extension.h"

namespace pcd::rtp {

inline constexpr size_t kFixedHeaderBytes = 12;

// Borrows the packet: it must outlive the view and keep its size. Copyable, no allocation.
// Threading: a value.
class RtpPacketView {
 public:
  // Nullopt when the version is not 2 or when CSRC list, extension or padding do not fit.
  // Malformed extension elements inside a fitting extension are not an error.
  static std::optional<RtpPacketView> Parse(ByteSpan packet);

  bool marker() const { return (data_[1] & 0x80) != 0; }
  uint8_t payload_type() const { return data_[1] & 0x7F; }
  uint16_t sequence_number() const { return LoadU16(data_ + 2); }
  uint32_t timestamp() const { return LoadU32(data_ + 4); }
  uint32_t ssrc() const { return LoadU32(data_ + 8); }
  size_t csrc_count() const { return data_[0] & 0x0F; }
  uint32_t csrc(size_t index) const { return LoadU32(data_ + kFixedHeaderBytes + 4 * index); }

  size_t size() const { return size_; }
  ByteSpan header() const { return {data_, header_size_}; }
  // Fixed header, CSRC list and extension: where the payload begins.
  size_t header_size() const { return header_size_; }
  // Bytes of padding at the end, the count byte included; 0: none.
  size_t padding_size() const { return padding_size_; }
  ByteSpan payload() const { return {data_ + header_size_, size_ - header_size_ - padding_size_}; }
  // Nothing but padding: bandwidth probing, which is no media.
  bool IsPaddingOnly() const { return padding_size_ > 0 && payload().empty(); }

  bool has_extension() const { return (data_[0] & 0x10) != 0; }
  // The extension's elements; none without extension.
  ExtensionReader extensions() const;
  // The data of the first element with this id; nullopt when there is none.
  std::optional<ByteSpan> FindExtension(uint8_t id) const;

 private:
  RtpPacketView(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  size_t extension_offset() const { return kFixedHeaderBytes + 4 * csrc_count(); }

  const uint8_t* data_;
  size_t size_;
  size_t header_size_ = kFixedHeaderBytes;
  size_t padding_size_ = 0;
};

// In-place setters. The packet must hold at least a fixed header.
inline void SetMarker(MutableByteSpan packet, bool marker) {
  packet[1] = static_cast<uint8_t>((packet[1] & 0x7F) | (marker ? 0x80 : 0));
}
inline void SetPayloadType(MutableByteSpan packet, uint8_t payload_type) {
  packet[1] = static_cast<uint8_t>((packet[1] & 0x80) | (payload_type & 0x7F));
}
inline void SetSequenceNumber(MutableByteSpan packet, uint16_t v) { StoreU16(&packet[2], v); }
inline void SetTimestamp(MutableByteSpan packet, uint32_t v) { StoreU32(&packet[4], v); }
inline void SetSsrc(MutableByteSpan packet, uint32_t v) { StoreU32(&packet[8], v); }

// The fields that a forwarder replaces.
struct RtpRewrite {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  uint16_t sequence_number = 0;
  uint32_t timestamp = 0;
};

// Replaces the fields and keeps everything else.
void RewriteInPlace(MutableByteSpan packet, const RtpRewrite& fields);

// Replaces the fields and removes header extension and padding; CSRC list and marker stay.
// Returns the new size, which is never larger. `view` must view `packet` and is stale after.
size_t RewriteStrippedInPlace(MutableByteSpan packet, const RtpPacketView& view,
                              const RtpRewrite& fields);

// As above, into another buffer; 0 when `out` is too small.
size_t RewriteStrippedInto(MutableByteSpan out, const RtpPacketView& view,
                           const RtpRewrite& fields);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTP_PACKET_VIEW_H_
