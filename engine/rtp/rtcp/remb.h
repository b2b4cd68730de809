#ifndef ENGINE_RTP_RTCP_REMB_H_
#define ENGINE_RTP_RTCP_REMB_H_

#include <cstdint>
#include <optional>
#include <span>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03).
struct Remb {
  uint32_t sender_ssrc = 0;
  uint64_t bitrate_bps = 0;  // Of all the listed streams together.
  size_t ssrc_count = 0;
  ByteSpan ssrcs{};
  uint32_t ssrc(size_t index) const { return LoadU32(ssrcs.data() + 4 * index); }
};

// Nullopt when the packet is no REMB, is shorter than its count says, or carries a rate that
// does not fit in 64 bits.
std::optional<Remb> ParseRemb(const RtcpPacketView& packet);

// The rate is written with 18 significant bits, rounded down. At most 255 SSRCs.
void WriteRemb(ByteWriter& out, uint32_t sender_ssrc, uint64_t bitrate_bps,
               std::span<const uint32_t> ssrcs);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_REMB_H_
