#include "engine/rtp/rtcp/sender_report.h"

namespace pcd::rtp {
namespace {

constexpr size_t kSenderInfoBytes = 24;  // With the sender's SSRC.

}  // namespace

std::optional<SenderReport> ParseSenderReport(const RtcpPacketView& packet) {
  const size_t need = kSenderInfoBytes + packet.count * kReportBlockBytes;
  if (packet.type != kRtcpSenderReport || packet.body.size() < need) return std::nullopt;
  ByteReader in(packet.body);
  SenderReport report;
  report.sender_ssrc = in.U32();
  report.ntp.value = in.U64();
  report.rtp_timestamp = in.U32();
  report.packet_count = in.U32();
  report.octet_count = in.U32();
  report.block_count = packet.count;
  report.blocks = in.Bytes(packet.count * kReportBlockBytes);
  return report;
}

void WriteSenderReport(ByteWriter& out, const SenderReport& report,
                       std::span<const ReportBlock> blocks) {
  blocks = blocks.first(blocks.size() < kMaxReportBlocks ? blocks.size() : kMaxReportBlocks);
  WriteRtcpHeader(out, kRtcpSenderReport, static_cast<uint8_t>(blocks.size()),
                  kSenderInfoBytes + blocks.size() * kReportBlockBytes);
  out.U32(report.sender_ssrc);
  out.U64(report.ntp.value);
  out.U32(report.rtp_timestamp);
  out.U32(report.packet_count);
  out.U32(report.octet_count);
  for (const ReportBlock& block : blocks) WriteReportBlock(out, block);
}

}  // namespace pcd::rtp
