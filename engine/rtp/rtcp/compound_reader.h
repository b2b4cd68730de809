// The packets of an RTCP datagram (RFC 3550 section 6.1), compound or reduced-size
// (RFC 5506).
#ifndef ENGINE_RTP_RTCP_COMPOUND_READER_H_
#define ENGINE_RTP_RTCP_COMPOUND_READER_H_

#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::rtp {

inline constexpr size_t kRtcpHeaderBytes = 4;

// IANA RTCP control packet types that have a file here.
inline constexpr uint8_t kRtcpSenderReport = 200;
inline constexpr uint8_t kRtcpReceiverReport = 201;
inline constexpr uint8_t kRtcpSourceDescription = 202;
inline constexpr uint8_t kRtcpBye = 203;
inline constexpr uint8_t kRtcpTransportFeedback = 205;  // RTPFB, RFC 4585.
inline constexpr uint8_t kRtcpPayloadFeedback = 206;    // PSFB, RFC 4585.

// Feedback message types (FMT) within RTPFB and PSFB.
inline constexpr uint8_t kRtpfbNack = 1;
inline constexpr uint8_t kRtpfbTransportCc = 15;
inline constexpr uint8_t kPsfbPli = 1;
inline constexpr uint8_t kPsfbFir = 4;
inline constexpr uint8_t kPsfbApplicationLayer = 15;

// One packet of a compound. Borrows the datagram.
struct RtcpPacketView {
  uint8_t type = 0;
  uint8_t count = 0;  // The five bits RC, SC or FMT.
  ByteSpan body{};    // After the four-byte header, without padding.

  bool IsFeedback(uint8_t packet_type, uint8_t format) const {
    return type == packet_type && count == format;
  }
};

// Yields every packet in order, of any type: the caller skips what it does not know. Stops
// for good at the first packet that is truncated, has a wrong version or impossible padding;
// then malformed() is true and what was yielded before stays valid.
class CompoundReader {
 public:
  explicit CompoundReader(ByteSpan datagram) : rest_(datagram) {}
  bool Next(RtcpPacketView& packet);
  bool malformed() const { return malformed_; }

 private:
  bool Fail();

  ByteSpan rest_;
  bool malformed_ = false;
};

// Writes the header of a packet whose body will be `body_bytes` long, a multiple of 4.
void WriteRtcpHeader(ByteWriter& out, uint8_t type, uint8_t count, size_t body_bytes);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_COMPOUND_READER_H_
