// Which protocol a datagram of a shared port belongs to, by its first byte (RFC 7983 as
// updated by RFC 9443), and RTP against RTCP by the second (RFC 5761 section 4).
#ifndef ENGINE_RTP_DEMUX_H_
#define ENGINE_RTP_DEMUX_H_

#include "engine/base/bytes.h"

namespace pcd::rtp {

enum class PacketKind {
  kStun,         // 0..3
  kZrtp,         // 16..19
  kDtls,         // 20..63
  kTurnChannel,  // 64..79
  kQuic,         // 80..127 and 192..255
  kRtp,          // 128..191, at least a fixed RTP header (12 bytes)
  kRtcp,         // 128..191 with a second byte of 192..223, at least an RTCP header (4 bytes)
  kUnknown       // Empty, too short for what it claims to be, or an unassigned first byte.
};

// Looks at the first two bytes and the length only: a kind says where to send the packet,
// not that it is well formed. SRTP and SRTCP classify as RTP and RTCP, whose first bytes
// stay in the clear.
PacketKind ClassifyPacket(ByteSpan packet);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_DEMUX_H_
