#ifndef ENGINE_RTP_RTCP_REPORT_BLOCK_H_
#define ENGINE_RTP_RTCP_REPORT_BLOCK_H_

#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::rtp {

inline constexpr size_t kReportBlockBytes = 24;
inline constexpr size_t kMaxReportBlocks = 31;  // The count field has five bits.

// One reception report block (RFC 3550 section 6.4.1).
struct ReportBlock {
  uint32_t ssrc = 0;                 // Whom it is about.
  uint8_t fraction_lost = 0;         // Of 256, since the previous report.
  int32_t cumulative_lost = 0;       // 24 bits signed on the wire; clamped when written.
  uint32_t extended_sequence = 0;    // Cycles in the upper half, highest number in the lower.
  uint32_t jitter = 0;               // Timestamp units.
  uint32_t last_sr = 0;              // Middle 32 bits of the last SR's NTP time; 0: none.
  uint32_t delay_since_last_sr = 0;  // 1/65536 s.
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

// `bytes` holds at least kReportBlockBytes.
ReportBlock LoadReportBlock(const uint8_t* bytes);
void WriteReportBlock(ByteWriter& out, const ReportBlock& block);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_REPORT_BLOCK_H_
