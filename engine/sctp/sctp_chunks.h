// A look at the chunks of an SCTP packet (RFC 9260 section 3).
#ifndef ENGINE_SCTP_SCTP_CHUNKS_H_
#define ENGINE_SCTP_SCTP_CHUNKS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::sctp {

inline constexpr size_t kSctpCommonHeader = 12;
inline constexpr size_t kSctpChecksumOffset = 8;
inline constexpr size_t kSctpChunkHeader = 4;
inline constexpr size_t kSctpParameterHeader = 4;

enum SctpChunkType : uint8_t {
  kDataChunk = 0,
  kInitChunk = 1,
  kInitAckChunk = 2,
  kSackChunk = 3,
  kHeartbeatChunk = 4,
  kHeartbeatAckChunk = 5,
  kAbortChunk = 6,
  kShutdownChunk = 7,
  kShutdownAckChunk = 8,
  kErrorChunk = 9,
  kCookieEchoChunk = 10,
  kCookieAckChunk = 11,
  kShutdownCompleteChunk = 14,
  kReConfigChunk = 130,   // RFC 6525.
  kPadChunk = 132,        // RFC 4820: ignored by every receiver.
  kForwardTsnChunk = 192  // RFC 3758.
};

// Parameters of RE-CONFIG (RFC 6525 section 4).
enum ReConfigParameterType : uint16_t {
  kOutgoingResetRequest = 13,
  kIncomingResetRequest = 14,
  kTsnResetRequest = 15,
  kResetResponse = 16,
  kAddOutgoingStreamsRequest = 17,
  kAddIncomingStreamsRequest = 18
};

// Calls visit(offset, chunk) for each chunk that is whole, its padding left out.
template <typename Visit>
void ForEachSctpChunk(ByteSpan packet, Visit&& visit) {
  size_t at = kSctpCommonHeader;
  while (at + kSctpChunkHeader <= packet.size()) {
    const size_t length = LoadU16(packet.data() + at + 2);
    if (length < kSctpChunkHeader || length > packet.size() - at) return;
    visit(at, packet.subspan(at, length));
    at += (length + 3) & ~size_t{3};
  }
}

// Calls visit(parameter) for each parameter that is whole, its padding left out.
template <typename Visit>
void ForEachSctpParameter(ByteSpan parameters, Visit&& visit) {
  while (parameters.size() >= kSctpParameterHeader) {
    const size_t length = LoadU16(parameters.data() + 2);
    if (length < kSctpParameterHeader || length > parameters.size()) return;
    visit(parameters.first(length));
    parameters = parameters.subspan(std::min((length + 3) & ~size_t{3}, parameters.size()));
  }
}

inline bool HasReConfigChunk(ByteSpan packet) {
  bool found = false;
  ForEachSctpChunk(packet,
                   [&](size_t, ByteSpan chunk) { found = found || chunk[0] == kReConfigChunk; });
  return found;
}

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_SCTP_CHUNKS_H_
