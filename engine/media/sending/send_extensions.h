#ifndef ENGINE_MEDIA_SENDING_SEND_EXTENSIONS_H_
#define ENGINE_MEDIA_SENDING_SEND_EXTENSIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/rtp_parameters.h"

namespace pcd::media {

// What differs from packet to packet.
struct SendExtensionValues {
  uint32_t abs_send_time = 0;       // 24 bits: seconds in 6.18 fixed point.
  uint16_t transport_sequence = 0;  // Transport-wide (draft-holmer-rmcat-transport-wide-cc).
};

// The header extension of the packets of one sender (RFC 8285): mid, rid, abs-send-time and the
// transport-wide number, as far as they are negotiated. Laid out once, copied and patched for
// each packet. Threading: its owner's.
class SendExtensions {
 public:
  // Longer mids and rids are left out: they would eat the packet.
  static constexpr size_t kMaxMidBytes = 64;

  // An empty rid: none. `repairs`: for retransmissions on an SSRC of their own, whose rid is that
  // of the stream they repair (RFC 8852); of the same size as without.
  void Set(const std::vector<HeaderExtension>& negotiated, const std::string& mid,
           const std::string& rid = {}, bool repairs = false);

  // With its four-byte head, a multiple of 4; 0: no extension.
  size_t size() const { return layout_.size(); }
  bool has_transport_sequence() const { return transport_sequence_at_ != 0; }
  // `out` has room for size() bytes.
  void Write(uint8_t* out, const SendExtensionValues& values) const;

 private:
  // Returns where the value of the element begins.
  size_t Add(bool two_byte, uint16_t id, size_t length);
  void AddText(bool two_byte, uint16_t id, const std::string& text);

  std::vector<uint8_t> layout_;
  size_t abs_send_time_at_ = 0;  // 0: not negotiated.
  size_t transport_sequence_at_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_SEND_EXTENSIONS_H_
