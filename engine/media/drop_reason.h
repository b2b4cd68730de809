// Why a packet of the media path went no further. Drops are counted, never logged.
#ifndef ENGINE_MEDIA_DROP_REASON_H_
#define ENGINE_MEDIA_DROP_REASON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pcd::media {

// name, text. X-macro so that the enum and its names cannot drift apart.
//   kUnknownSsrc: neither signalled nor with a mid, and its payload type fits no section alone.
//   kRetransmission: RTX of what came already, as in probing, or of what cannot be told.
//   kDuplicate: came before, or too late to tell.
//   kNotMedia: FEC, redundancy, comfort noise: negotiated, but nothing a sink takes.
//   kSequenceJump: the first packet after a jump; a second one that follows it is a restart.
//   kOtherSource: of a source that is not the one its section forwards now.
//   kNoSink: media that no sink took (none there, paused, waiting for a key frame).
#define PCD_MEDIA_DROP_REASONS(X)                             \
  X(kMalformedRtp, "malformed_rtp")                           \
  X(kMalformedRtcp, "malformed_rtcp")                         \
  X(kUnknownMid, "unknown_mid")                               \
  X(kUnknownSsrc, "unknown_ssrc")                             \
  X(kTooManySsrcs, "too_many_ssrcs")                          \
  X(kNotReceiving, "not_receiving")                           \
  X(kPayloadTypeNotNegotiated, "payload_type_not_negotiated") \
  X(kRetransmission, "retransmission")                        \
  X(kDuplicate, "duplicate")                                  \
  X(kNotMedia, "not_media")                                   \
  X(kPaddingOnly, "padding_only")                             \
  X(kSequenceJump, "sequence_jump")                           \
  X(kOtherSource, "other_source")                             \
  X(kNoSink, "no_sink")                                       \
  X(kClosed, "closed")

enum class DropReason : uint8_t {
#define PCD_X(name, text) name,
  PCD_MEDIA_DROP_REASONS(PCD_X)
#undef PCD_X
};

#define PCD_X(name, text) +1
inline constexpr size_t kDropReasonCount = 0 PCD_MEDIA_DROP_REASONS(PCD_X);
#undef PCD_X

std::string_view ToString(DropReason reason);  // "malformed_rtp", ...

// Packets by reason.
struct DropCounters {
  std::array<uint64_t, kDropReasonCount> packets{};
  void Count(DropReason reason) { ++packets[static_cast<size_t>(reason)]; }
  uint64_t operator[](DropReason reason) const { return packets[static_cast<size_t>(reason)]; }
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_DROP_REASON_H_
