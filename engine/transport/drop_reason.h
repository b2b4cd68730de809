// Why a packet went no further. One counter each.
#ifndef ENGINE_TRANSPORT_DROP_REASON_H_
#define ENGINE_TRANSPORT_DROP_REASON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pcd::transport {

enum class DropReason {
  kReceiveNotDtlsOrRtp,   // First byte of no protocol that we speak here (RFC 7983).
  kReceiveBeforeKeys,     // Media before DTLS was connected and verified, or without SRTP.
  kReceiveAuthFailed,     // SRTP authentication.
  kReceiveReplayed,       // SRTP replay window.
  kReceiveMalformed,      // Not a valid SRTP or SRTCP packet.
  kReceiveTooManySsrcs,   // Beyond Limits::max_ssrcs + max_unsignalled_ssrcs.
  kReceiveNoHandler,      // No media handler set.
  kReceiveDtlsQueueFull,  // DTLS before it was started, beyond the small queue; or oversized.
  kSendNotConnected,      // Not writable, or no SRTP negotiated.
  kSendProtectFailed,     // SRTP refused it (repeated sequence number, no room).
  kSendRefused            // ICE could not send it.
};
inline constexpr size_t kDropReasonCount = static_cast<size_t>(DropReason::kSendRefused) + 1;
std::string_view ToString(DropReason reason);  // "receive_auth_failed", ...: a metric label.

class DropCounters {
 public:
  void Add(DropReason reason, uint64_t count = 1) { values_[static_cast<size_t>(reason)] += count; }
  uint64_t Get(DropReason reason) const { return values_[static_cast<size_t>(reason)]; }
  uint64_t Total() const;

 private:
  std::array<uint64_t, kDropReasonCount> values_{};
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_DROP_REASON_H_
