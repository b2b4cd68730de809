#ifndef ENGINE_RTP_RTCP_PLI_H_
#define ENGINE_RTP_RTCP_PLI_H_

#include <cstdint>
#include <optional>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// Picture loss indication (RFC 4585 section 6.3.1): asks for a key frame.
struct Pli {
  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
};

std::optional<Pli> ParsePli(const RtcpPacketView& packet);
void WritePli(ByteWriter& out, const Pli& pli);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_PLI_H_
