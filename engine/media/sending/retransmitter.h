#ifndef ENGINE_MEDIA_SENDING_RETRANSMITTER_H_
#define ENGINE_MEDIA_SENDING_RETRANSMITTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/media/sending/packet_history.h"
#include "engine/media/sending/send_extensions.h"

namespace pcd::media {

// Sends again what the remote of one stream asks for: as RTX (RFC 4588) where that is
// negotiated, else the packet itself. A core. Threading: its owner's.
class Retransmitter {
 public:
  // What may be sent again before media was sent for it, and the most that media earns: a peer
  // that asks for everything, always, gets its media twice and no more.
  static constexpr size_t kFirstBudget = 64 * 1024;
  static constexpr size_t kMaxBudget = 512 * 1024;

  Retransmitter(uint32_t rtx_ssrc, uint16_t first_rtx_sequence)
      : rtx_ssrc_(rtx_ssrc), rtx_sequence_(first_rtx_sequence) {}

  // `enabled`: NACK is negotiated. `rtx_payload_type`: nullopt, no RTX. With another setting, what
  // was sent before is kept no more.
  void Configure(bool enabled, std::optional<uint8_t> rtx_payload_type);
  bool enabled() const { return enabled_; }
  uint32_t rtx_ssrc() const { return rtx_ssrc_; }
  bool uses_rtx() const { return enabled_ && rtx_payload_type_.has_value(); }

  // Plain RTP without CSRCs, as sent.
  void Keep(uint16_t sequence, ByteSpan packet, Timestamp now);
  // The packet to send now for that one, with header extensions of now; 0: none.
  size_t Write(uint16_t sequence, Duration round_trip, const SendExtensions& extensions,
               const SendExtensionValues& values, Timestamp now, MutableByteSpan out);

 private:
  const uint32_t rtx_ssrc_;
  uint16_t rtx_sequence_;
  bool enabled_ = false;
  std::optional<uint8_t> rtx_payload_type_{};
  size_t budget_ = kFirstBudget;
  PacketHistory history_{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_RETRANSMITTER_H_
