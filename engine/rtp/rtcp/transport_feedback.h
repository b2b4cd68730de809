#ifndef ENGINE_RTP_RTCP_TRANSPORT_FEEDBACK_H_
#define ENGINE_RTP_RTCP_TRANSPORT_FEEDBACK_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// Arrival times are counted in ticks of 250 us; the reference time in 256 ticks (64 ms).
inline constexpr int64_t kTransportFeedbackTickMicros = 250;
inline constexpr int64_t kTransportFeedbackReferenceTicks = 256;

// Transport-wide congestion control feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
struct TransportFeedback {
  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
  uint16_t base_sequence = 0;  // Transport-wide number of the first packet reported on.
  uint16_t status_count = 0;   // Packets reported on, received or not.
  int32_t reference_time = 0;  // 24 bits signed, in 64 ms; the first delta counts from it.
  uint8_t feedback_count = 0;  // Number of this feedback packet, to notice a lost one.

  // One packet's status.
  struct Status {
    uint16_t sequence = 0;
    bool received = false;
    int16_t delta = 0;  // Ticks since the received packet before; 0 when not received.
  };

  // Yields exactly status_count entries.
  class Reader {
   public:
    bool Next(Status& status);

   private:
    friend struct TransportFeedback;
    Reader(const TransportFeedback& feedback)
        : chunks_(feedback.chunks),
          deltas_(feedback.deltas),
          sequence_(feedback.base_sequence),
          left_(feedback.status_count) {}
    ByteSpan chunks_;
    ByteSpan deltas_;
    uint16_t sequence_;
    uint16_t left_;
    uint16_t chunk_ = 0;
    unsigned in_chunk_ = 0;  // Symbols left in chunk_.
  };
  Reader statuses() const { return Reader(*this); }

  ByteSpan chunks{};
  ByteSpan deltas{};
};

// Nullopt when the packet is no such feedback, has no status, or its chunks or deltas are cut
// short or use the reserved symbol.
std::optional<TransportFeedback> ParseTransportFeedback(const RtcpPacketView& packet);

// In the span given to WriteTransportFeedback: the packet did not arrive.
inline constexpr int32_t kTransportFeedbackLost = std::numeric_limits<int32_t>::min();

// Writes one feedback packet about `deltas.size()` packets (1..65535) from
// `header.base_sequence` on; header.status_count is not used. Each delta is
// kTransportFeedbackLost or fits in 16 bits signed (the caller starts a new packet
// otherwise); the first counts from header.reference_time.
void WriteTransportFeedback(ByteWriter& out, const TransportFeedback& header,
                            std::span<const int32_t> deltas);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_TRANSPORT_FEEDBACK_H_
