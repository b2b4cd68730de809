#include "engine/rtp/rtcp/nack.h"

namespace pcd::rtp {
namespace {

constexpr size_t kItemBytes = 4;

// How many of `missing` one item takes: the first and those up to 16 behind it.
size_t ItemLength(std::span<const uint16_t> missing, uint16_t& mask) {
  mask = 0;
  size_t taken = 1;
  for (; taken < missing.size(); ++taken) {
    const auto distance = static_cast<uint16_t>(missing[taken] - missing[0]);
    if (distance == 0 || distance > 16) break;
    mask = static_cast<uint16_t>(mask | (1u << (distance - 1)));
  }
  return taken;
}

}  // namespace

bool Nack::Reader::Next(uint16_t& sequence) {
  while (items_.size() >= kItemBytes) {
    const uint16_t id = LoadU16(items_.data());
    const uint16_t mask = LoadU16(items_.data() + 2);
    while (bit_ <= 16) {
      const unsigned bit = bit_++;
      if (bit == 0 || (mask & (1u << (bit - 1))) != 0) {
        sequence = static_cast<uint16_t>(id + bit);
        return true;
      }
    }
    bit_ = 0;
    items_ = items_.subspan(kItemBytes);
  }
  return false;
}

std::optional<Nack> ParseNack(const RtcpPacketView& packet) {
  if (!packet.IsFeedback(kRtcpTransportFeedback, kRtpfbNack) ||
      packet.body.size() < 8 + kItemBytes) {
    return std::nullopt;
  }
  return Nack{LoadU32(packet.body.data()), LoadU32(packet.body.data() + 4), packet.body.subspan(8)};
}

void WriteNack(ByteWriter& out, uint32_t sender_ssrc, uint32_t media_ssrc,
               std::span<const uint16_t> missing) {
  uint16_t mask = 0;
  size_t items = 0;
  for (auto rest = missing; !rest.empty(); rest = rest.subspan(ItemLength(rest, mask))) ++items;
  WriteRtcpHeader(out, kRtcpTransportFeedback, kRtpfbNack, 8 + items * kItemBytes);
  out.U32(sender_ssrc);
  out.U32(media_ssrc);
  while (!missing.empty()) {
    const size_t taken = ItemLength(missing, mask);
    out.U16(missing[0]);
    out.U16(mask);
    missing = missing.subspan(taken);
  }
}

}  // namespace pcd::rtp
