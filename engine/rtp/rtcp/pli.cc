#include "engine/rtp/rtcp/pli.h"

namespace pcd::rtp {

std::optional<Pli> ParsePli(const RtcpPacketView& packet) {
  if (!packet.IsFeedback(kRtcpPayloadFeedback, kPsfbPli) || packet.body.size() < 8) {
    return std::nullopt;
  }
  return Pli{LoadU32(packet.body.data()), LoadU32(packet.body.data() + 4)};
}

void WritePli(ByteWriter& out, const Pli& pli) {
  WriteRtcpHeader(out, kRtcpPayloadFeedback, kPsfbPli, 8);
  out.U32(pli.sender_ssrc);
  out.U32(pli.media_ssrc);
}

}  // namespace pcd::rtp
