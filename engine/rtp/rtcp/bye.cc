#include "engine/rtp/rtcp/bye.h"

namespace pcd::rtp {

std::optional<Bye> ParseBye(const RtcpPacketView& packet) {
  const size_t bytes = size_t{4} * packet.count;
  if (packet.type != kRtcpBye || packet.body.size() < bytes) return std::nullopt;
  return Bye{packet.count, packet.body.first(bytes)};
}

void WriteBye(ByteWriter& out, uint32_t ssrc) {
  WriteRtcpHeader(out, kRtcpBye, 1, 4);
  out.U32(ssrc);
}

}  // namespace pcd::rtp
