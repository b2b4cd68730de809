#ifndef ENGINE_RTP_RTCP_EXTENDED_REPORT_H_
#define ENGINE_RTP_RTCP_EXTENDED_REPORT_H_

#include <cstdint>
#include <optional>
#include <span>

#include "engine/base/time.h"
#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

inline constexpr uint8_t kRtcpExtendedReport = 207;

// One report block of an XR packet (RFC 3611 section 3). Borrows the datagram.
struct XrBlock {
  uint8_t type = 0;
  ByteSpan body{};  // Behind its header, of a multiple of 4 bytes.
};

// What a DLRR block says to one receiver (section 4.5).
struct DelaySinceLastRr {
  uint32_t ssrc = 0;     // Of the receiver.
  uint32_t last_rr = 0;  // The middle bits of its last reference time; 0: none came.
  uint32_t delay = 0;    // Since that came, in 1/65536 seconds.
  friend bool operator==(const DelaySinceLastRr&, const DelaySinceLastRr&) = default;
};
inline constexpr size_t kDelaySinceLastRrBytes = 12;

// Yields the blocks of an XR packet in order, of any type; none when the packet is no XR. Stops
// at the first block that is longer than what is left.
class XrBlockReader {
 public:
  explicit XrBlockReader(const RtcpPacketView& packet);
  uint32_t sender_ssrc() const { return sender_ssrc_; }
  bool Next(XrBlock& block);

 private:
  ByteSpan rest_{};
  uint32_t sender_ssrc_ = 0;
};

// Of a receiver reference time report block (section 4.4); nullopt: the block is another one.
std::optional<NtpTime> ParseReferenceTime(const XrBlock& block);

// The items of a DLRR block; empty: the block is another one, or not made of whole items.
ByteSpan ParseDelays(const XrBlock& block);
DelaySinceLastRr LoadDelay(ByteSpan delays, size_t index);

// XR packets of one block each.
void WriteReferenceTime(ByteWriter& out, uint32_t sender_ssrc, NtpTime now);
void WriteDelays(ByteWriter& out, uint32_t sender_ssrc, std::span<const DelaySinceLastRr> delays);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_EXTENDED_REPORT_H_
