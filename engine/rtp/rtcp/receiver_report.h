#ifndef ENGINE_RTP_RTCP_RECEIVER_REPORT_H_
#define ENGINE_RTP_RTCP_RECEIVER_REPORT_H_

#include <optional>
#include <span>

#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/report_block.h"

namespace pcd::rtp {

// RR (RFC 3550 section 6.4.2).
struct ReceiverReport {
  uint32_t sender_ssrc = 0;
  size_t block_count = 0;
  ByteSpan blocks{};

  ReportBlock block(size_t index) const {
    return LoadReportBlock(blocks.data() + index * kReportBlockBytes);
  }
};

// Nullopt when the packet is no RR or shorter than its count says.
std::optional<ReceiverReport> ParseReceiverReport(const RtcpPacketView& packet);

// `blocks` may be empty; at most kMaxReportBlocks are written.
void WriteReceiverReport(ByteWriter& out, uint32_t sender_ssrc,
                         std::span<const ReportBlock> blocks);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_RECEIVER_REPORT_H_
