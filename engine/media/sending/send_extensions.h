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

// The header extension of the packets of one sender (RFC 8285): mid, abs-send-time and the
// transport-wide number, as far as they are negotiated. Laid out once, copied and patched for
// each packet. Threading: its owner's.
class SendExtensions {
 public:
  // Longer mids are left out: they would eat the packet.
  static constexpr size_t kMaxMidBytes = 64;

  void Set(const std::vector<HeaderExtension>& negotiated, const std::string& mid);

  // With its four-byte head, a multiple of 4; 0: no extension.
  size_t size() const { return layout_.size(); }
  bool has_transport_sequence() const { return transport_sequence_at_ != 0; }
  // `out` has room for size() bytes.
  void Write(uint8_t* out, const SendExtensionValues& values) const;

 private:
  // Returns where the value of the element begins.
  size_t Add(bool two_byte, uint16_t id, size_t length);

  std::vector<uint8_t> layout_;
  size_t abs_send_time_at_ = 0;  // 0: not negotiated.
  size_t transport_sequence_at_ = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_SEND_EXTENSIONS_H_
