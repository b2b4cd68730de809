#ifndef ENGINE_RTP_RTX_H_
#define ENGINE_RTP_RTX_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::rtp {

// The sequence number of the packet that a retransmission repeats (RFC 4588 section 4); nullopt
// when it repeats none: probing with padding only.
std::optional<uint16_t> OriginalSequenceOf(const RtpPacketView& retransmission);

// Turns a retransmission back, in place, into the packet that it repeats: with SSRC and payload
// type of the original stream, its own sequence number, and header extensions and padding as
// they came. `view` must view `packet` and is stale after. Returns the new size; 0, with
// nothing changed, when it repeats no packet.
size_t RestoreOriginal(MutableByteSpan packet, const RtpPacketView& view, uint32_t ssrc,
                       uint8_t payload_type);

// Writes a retransmission of `original` (RFC 4588 section 4): everything as it was, with the
// SSRC, payload type and sequence number of the retransmission stream. Its size; 0: `out` is too
// small.
size_t WriteRetransmission(const RtpPacketView& original, uint32_t ssrc, uint8_t payload_type,
                           uint16_t sequence, MutableByteSpan out);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTX_H_
