#include "engine/rtp/rtcp/report_block.h"

#include <algorithm>

namespace pcd::rtp {

ReportBlock LoadReportBlock(const uint8_t* bytes) {
  ReportBlock block;
  block.ssrc = LoadU32(bytes);
  block.fraction_lost = bytes[4];
  const uint32_t lost = LoadU24(bytes + 5);
  block.cumulative_lost =
      static_cast<int32_t>(lost) - ((lost & 0x800000) != 0 ? int32_t{0x1000000} : 0);
  block.extended_sequence = LoadU32(bytes + 8);
  block.jitter = LoadU32(bytes + 12);
  block.last_sr = LoadU32(bytes + 16);
  block.delay_since_last_sr = LoadU32(bytes + 20);
  return block;
}

void WriteReportBlock(ByteWriter& out, const ReportBlock& block) {
  const int32_t lost = std::clamp(block.cumulative_lost, -0x800000, 0x7FFFFF);
  out.U32(block.ssrc);
  out.U8(block.fraction_lost);
  out.U24(static_cast<uint32_t>(lost) & 0xFFFFFF);
  out.U32(block.extended_sequence);
  out.U32(block.jitter);
  out.U32(block.last_sr);
  out.U32(block.delay_since_last_sr);
}

}  // namespace pcd::rtp
