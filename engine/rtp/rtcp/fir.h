#ifndef ENGINE_RTP_RTCP_FIR_H_
#define ENGINE_RTP_RTCP_FIR_H_

#include <cstdint>
#include <optional>
#include <span>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// One entry of a full intra request: whom it asks, and a number that grows with each new
// request and stays with a repeated one.
struct FirEntry {
  uint32_t media_ssrc = 0;
  uint8_t command_sequence = 0;
  friend bool operator==(const FirEntry&, const FirEntry&) = default;
};

// Full intra request (RFC 5104 section 4.3.1).
struct Fir {
  uint32_t sender_ssrc = 0;
  size_t entry_count = 0;
  ByteSpan entries{};
  FirEntry entry(size_t index) const {
    return {LoadU32(entries.data() + 8 * index), entries[8 * index + 4]};
  }
};

// Nullopt when the packet is no FIR or has no whole entry.
std::optional<Fir> ParseFir(const RtcpPacketView& packet);
void WriteFir(ByteWriter& out, uint32_t sender_ssrc, std::span<const FirEntry> entries);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_FIR_H_
