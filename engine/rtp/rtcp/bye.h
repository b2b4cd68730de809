#ifndef ENGINE_RTP_RTCP_BYE_H_
#define ENGINE_RTP_RTCP_BYE_H_

#include <cstdint>
#include <optional>
#include <span>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// BYE (RFC 3550 section 6.6): these sources end. The reason text is ignored.
struct Bye {
  size_t ssrc_count = 0;
  ByteSpan ssrcs{};
  uint32_t ssrc(size_t index) const { return LoadU32(ssrcs.data() + 4 * index); }
};

// Nullopt when the packet is no BYE or shorter than its count says.
std::optional<Bye> ParseBye(const RtcpPacketView& packet);

void WriteBye(ByteWriter& out, uint32_t ssrc);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_BYE_H_
