#ifndef ENGINE_RTP_RTCP_NACK_H_
#define ENGINE_RTP_RTCP_NACK_H_

#include <cstdint>
#include <optional>
#include <span>

#include "engine/rtp/rtcp/compound_reader.h"

namespace pcd::rtp {

// Generic NACK (RFC 4585 section 6.2.1): packets asked for again.
//
//   uint16_t sequence;
//   for (Nack::Reader reader = nack->sequences(); reader.Next(sequence);) { ... }
struct Nack {
  // Yields each missing sequence number of each item, in order.
  class Reader {
   public:
    explicit Reader(ByteSpan items) : items_(items) {}
    bool Next(uint16_t& sequence);

   private:
    ByteSpan items_;
    unsigned bit_ = 0;  // 0: the packet id itself; 1..16: bits of the mask.
  };

  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
  ByteSpan items{};
  Reader sequences() const { return Reader(items); }
};

// Nullopt when the packet is no NACK or has no whole item.
std::optional<Nack> ParseNack(const RtcpPacketView& packet);

// Packs `missing`, in ascending order (across the wrap too), into as few items as follow
// from that order.
void WriteNack(ByteWriter& out, uint32_t sender_ssrc, uint32_t media_ssrc,
               std::span<const uint16_t> missing);

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_RTCP_NACK_H_
