#include "engine/sctp/sctp_packet_check.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/sctp/sctp_chunks.h"

namespace pcd::sctp {
namespace {

constexpr size_t kInitFixedPart = 20;  // With the chunk header.

bool IsUsed(uint8_t type) {
  switch (type) {
    case kDataChunk:
    case kInitChunk:
    case kInitAckChunk:
    case kSackChunk:
    case kHeartbeatChunk:
    case kHeartbeatAckChunk:
    case kAbortChunk:
    case kShutdownChunk:
    case kShutdownAckChunk:
    case kErrorChunk:
    case kCookieEchoChunk:
    case kCookieAckChunk:
    case kShutdownCompleteChunk:
    case kReConfigChunk:
    case kPadChunk:
    case kForwardTsnChunk:
      return true;
    default:
      return false;
  }
}

bool HasWholeParameters(ByteSpan parameters) {
  while (!parameters.empty()) {
    if (parameters.size() < kSctpParameterHeader) return false;
    const size_t length = LoadU16(parameters.data() + 2);
    if (length < kSctpParameterHeader || length > parameters.size()) return false;
    parameters = parameters.subspan(std::min((length + 3) & ~size_t{3}, parameters.size()));
  }
  return true;
}

bool IsPlausibleChunk(ByteSpan chunk) {
  switch (chunk[0]) {
    case kInitChunk:
    case kInitAckChunk:
      return chunk.size() >= kInitFixedPart && HasWholeParameters(chunk.subspan(kInitFixedPart));
    case kReConfigChunk:
    case kHeartbeatChunk:
    case kHeartbeatAckChunk:
    case kErrorChunk:
    case kAbortChunk:
      return HasWholeParameters(chunk.subspan(kSctpChunkHeader));
    default:
      return IsUsed(chunk[0]);
  }
}

}  // namespace

bool IsPlausibleSctpPacket(ByteSpan packet) {
  if (packet.size() < kSctpCommonHeader + kSctpChunkHeader) return false;
  size_t seen_to = kSctpCommonHeader;
  bool plausible = true;
  ForEachSctpChunk(packet, [&](size_t at, ByteSpan chunk) {
    seen_to = std::min((at + chunk.size() + 3) & ~size_t{3}, packet.size());
    plausible = plausible && IsPlausibleChunk(chunk);
  });
  return plausible && seen_to == packet.size();
}

}  // namespace pcd::sctp
