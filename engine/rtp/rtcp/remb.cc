#include "engine/rtp/rtcp/remb.h"

#include <bit>

namespace pcd::rtp {
namespace {

constexpr uint32_t kIdentifier = 0x52454D42;  // "REMB"
constexpr size_t kFixedBytes = 16;            // Up to the SSRC list.

}  // namespace

std::optional<Remb> ParseRemb(const RtcpPacketView& packet) {
  if (!packet.IsFeedback(kRtcpPayloadFeedback, kPsfbApplicationLayer) ||
      packet.body.size() < kFixedBytes) {
    return std::nullopt;
  }
  ByteReader in(packet.body);
  Remb remb;
  remb.sender_ssrc = in.U32();
  in.Skip(4);
  if (in.U32() != kIdentifier) return std::nullopt;
  remb.ssrc_count = in.U8();
  const uint32_t rate = in.U24();
  const uint64_t mantissa = rate & 0x3FFFF;
  const unsigned exponent = rate >> 18;
  if (mantissa != 0 && exponent > static_cast<unsigned>(std::countl_zero(mantissa))) {
    return std::nullopt;
  }
  remb.bitrate_bps = mantissa << exponent;
  remb.ssrcs = in.Bytes(4 * remb.ssrc_count);
  if (!in.ok()) return std::nullopt;
  return remb;
}

void WriteRemb(ByteWriter& out, uint32_t sender_ssrc, uint64_t bitrate_bps,
               std::span<const uint32_t> ssrcs) {
  ssrcs = ssrcs.first(ssrcs.size() < 255 ? ssrcs.size() : 255);
  unsigned exponent = 0;
  for (; (bitrate_bps >> exponent) > 0x3FFFF; ++exponent) {
  }
  WriteRtcpHeader(out, kRtcpPayloadFeedback, kPsfbApplicationLayer, kFixedBytes + 4 * ssrcs.size());
  out.U32(sender_ssrc);
  out.U32(0);
  out.U32(kIdentifier);
  out.U8(static_cast<uint8_t>(ssrcs.size()));
  out.U24((exponent << 18) | static_cast<uint32_t>(bitrate_bps >> exponent));
  for (const uint32_t ssrc : ssrcs) out.U32(ssrc);
}

}  // namespace pcd::rtp
