#ifndef ENGINE_RTP_RTCP_SENDER_REPORT_H_
#define ENGINE_RTP_RTCP_SENDER_REPORT_H_

#include <optional>
#include <span>

#include "engine/base/time.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/report_block.h"

namespace pcd::rtp {

// SR (RFC 3550 section 6.4.1). Its sender information; report blocks are read one by one.
struct SenderReport {
  uint32_t sender_ssrc = 0;
  NtpTime ntp{};
  uint32_t rtp_timestamp = 0;  // The same instant as `ntp`, in the stream's clock.
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;  // Payload only.
  size_t block_count = 0;
  ByteSpan blocks{};  // As read; block(i) loads one.

  ReportBlock block(size_t index) const {
    return LoadReportBlock(blocks.data() + index * kReportBlockBytes);
  }
};

// Nullopt when the packet is no SR or shorter than its count says. A profile extension
// behind the blocks is ignored.
std::optional<SenderReport> ParseSenderReport(const RtcpPacketView& packet);

// Writes the sender information of `report` and `blocks` (at most kMaxReportBlocks).
void WriteSenderReport(ByteWriter& out, const SenderReport& report,
                       std::span<const ReportBlock> blocks);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_SENDER_REPORT_H_
