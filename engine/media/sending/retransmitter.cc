#include "engine/media/sending/retransmitter.h"

#include <algorithm>
#include <cstring>

#include "engine/rtp/rtp_packet_view.h"
#include "engine/rtp/rtx.h"

namespace pcd::media {

void Retransmitter::Configure(bool enabled, std::optional<uint8_t> rtx_payload_type) {
  if (enabled == enabled_ && rtx_payload_type == rtx_payload_type_) return;
  enabled_ = enabled;
  rtx_payload_type_ = rtx_payload_type;
  history_.Clear();
}

void Retransmitter::Keep(uint16_t sequence, ByteSpan packet, Timestamp now) {
  if (!enabled_) return;
  history_.Store(sequence, packet, now);
  budget_ = std::min(budget_ + packet.size(), kMaxBudget);
}

size_t Retransmitter::Write(uint16_t sequence, Duration round_trip,
                            const SendExtensions& extensions, const SendExtensionValues& values,
                            Timestamp now, MutableByteSpan out) {
  if (!enabled_ || budget_ < out.size()) return 0;
  const auto packet = rtp::RtpPacketView::Parse(history_.Take(sequence, round_trip, now));
  if (!packet || packet->header_size() != rtp::kFixedHeaderBytes + extensions.size()) return 0;
  size_t size = packet->size();
  if (rtx_payload_type_) {
    size = rtp::WriteRetransmission(*packet, rtx_ssrc_, *rtx_payload_type_, rtx_sequence_, out);
    if (size == 0) return 0;
    ++rtx_sequence_;
  } else {
    if (size > out.size()) return 0;
    std::memcpy(out.data(), packet->header().data(), size);
  }
  extensions.Write(out.data() + rtp::kFixedHeaderBytes, values);
  budget_ -= size;
  return size;
}

}  // namespace pcd::media
