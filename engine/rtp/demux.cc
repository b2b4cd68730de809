#include "engine/rtp/demux.h"

namespace pcd::rtp {
namespace {

constexpr size_t kMinRtpBytes = 12;
constexpr size_t kMinRtcpBytes = 4;

PacketKind ClassifyMedia(ByteSpan packet) {
  if (packet.size() < kMinRtcpBytes) return PacketKind::kUnknown;
  // 192..223 are RTCP packet types; as RTP they would be the payload types 64..95 with the
  // marker set, which RFC 5761 forbids to use.
  if (packet[1] >= 192 && packet[1] <= 223) return PacketKind::kRtcp;
  return packet.size() >= kMinRtpBytes ? PacketKind::kRtp : PacketKind::kUnknown;
}

}  // namespace

PacketKind ClassifyPacket(ByteSpan packet) {
  if (packet.empty()) return PacketKind::kUnknown;
  const uint8_t first = packet[0];
  if (first <= 3) return PacketKind::kStun;
  if (first <= 15) return PacketKind::kUnknown;
  if (first <= 19) return PacketKind::kZrtp;
  if (first <= 63) return PacketKind::kDtls;
  if (first <= 79) return PacketKind::kTurnChannel;
  if (first <= 127) return PacketKind::kQuic;
  if (first <= 191) return ClassifyMedia(packet);
  return PacketKind::kQuic;
}

}  // namespace pcd::rtp
