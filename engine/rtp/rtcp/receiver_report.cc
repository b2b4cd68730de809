#include "engine/rtp/rtcp/receiver_report.h"

namespace pcd::rtp {

std::optional<ReceiverReport> ParseReceiverReport(const RtcpPacketView& packet) {
  const size_t blocks = packet.count * kReportBlockBytes;
  if (packet.type != kRtcpReceiverReport || packet.body.size() < 4 + blocks) return std::nullopt;
  return ReceiverReport{LoadU32(packet.body.data()), packet.count, packet.body.subspan(4, blocks)};
}

void WriteReceiverReport(ByteWriter& out, uint32_t sender_ssrc,
                         std::span<const ReportBlock> blocks) {
  blocks = blocks.first(blocks.size() < kMaxReportBlocks ? blocks.size() : kMaxReportBlocks);
  WriteRtcpHeader(out, kRtcpReceiverReport, static_cast<uint8_t>(blocks.size()),
                  4 + blocks.size() * kReportBlockBytes);
  out.U32(sender_ssrc);
  for (const ReportBlock& block : blocks) WriteReportBlock(out, block);
}

}  // namespace pcd::rtp
