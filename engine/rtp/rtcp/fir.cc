#include "engine/rtp/rtcp/fir.h"

namespace pcd::rtp {
namespace {

constexpr size_t kEntryBytes = 8;

}  // namespace

std::optional<Fir> ParseFir(const RtcpPacketView& packet) {
  if (!packet.IsFeedback(kRtcpPayloadFeedback, kPsfbFir) || packet.body.size() < 8 + kEntryBytes) {
    return std::nullopt;
  }
  const size_t count = (packet.body.size() - 8) / kEntryBytes;
  return Fir{LoadU32(packet.body.data()), count, packet.body.subspan(8, count * kEntryBytes)};
}

void WriteFir(ByteWriter& out, uint32_t sender_ssrc, std::span<const FirEntry> entries) {
  WriteRtcpHeader(out, kRtcpPayloadFeedback, kPsfbFir, 8 + entries.size() * kEntryBytes);
  out.U32(sender_ssrc);
  out.U32(0);  // The media source of the header is unused in FIR.
  for (const FirEntry& entry : entries) {
    out.U32(entry.media_ssrc);
    out.U8(entry.command_sequence);
    out.Zeros(3);
  }
}

}  // namespace pcd::rtp
