#include "engine/rtp/rtx.h"

#include <algorithm>

namespace pcd::rtp {
namespace {

constexpr size_t kOriginalSequenceBytes = 2;

}  // namespace

std::optional<uint16_t> OriginalSequenceOf(const RtpPacketView& retransmission) {
  const ByteSpan payload = retransmission.payload();
  if (payload.size() < kOriginalSequenceBytes) return std::nullopt;
  return LoadU16(payload.data());
}

size_t RestoreOriginal(MutableByteSpan packet, const RtpPacketView& view, uint32_t ssrc,
                       uint8_t payload_type) {
  const auto sequence = OriginalSequenceOf(view);
  if (!sequence) return 0;
  const size_t payload = view.header_size();
  std::copy(packet.begin() + static_cast<ptrdiff_t>(payload + kOriginalSequenceBytes), packet.end(),
            packet.begin() + static_cast<ptrdiff_t>(payload));
  SetSsrc(packet, ssrc);
  SetPayloadType(packet, payload_type);
  SetSequenceNumber(packet, *sequence);
  return packet.size() - kOriginalSequenceBytes;
}

size_t WriteRetransmission(const RtpPacketView& original, uint32_t ssrc, uint8_t payload_type,
                           uint16_t sequence, MutableByteSpan out) {
  const ByteSpan header = original.header();
  if (original.size() + kOriginalSequenceBytes > out.size()) return 0;
  std::copy(header.begin(), header.end(), out.begin());
  StoreU16(&out[header.size()], original.sequence_number());
  std::copy_n(header.data() + header.size(), original.size() - header.size(),
              &out[header.size() + kOriginalSequenceBytes]);
  SetSsrc(out, ssrc);
  SetPayloadType(out, payload_type);
  SetSequenceNumber(out, sequence);
  return original.size() + kOriginalSequenceBytes;
}

}  // namespace pcd::rtp
