// RTP header extension elements (RFC 8285): the one-byte and the two-byte form.
#ifndef ENGINE_RTP_HEADER_EXTENSION_H_
#define ENGINE_RTP_HEADER_EXTENSION_H_

#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// "Defined by profile" values that select the form (RFC 8285 section 4.2 and 4.3). The low
// four bits of the two-byte form are application bits.
inline constexpr uint16_t kOneByteExtensionProfile = 0xBEDE;
inline constexpr uint16_t kTwoByteExtensionProfile = 0x1000;
inline constexpr uint16_t kTwoByteExtensionMask = 0xFFF0;

struct ExtensionElement {
  uint8_t id = 0;   // 1..14 in the one-byte form, 1..255 in the two-byte form.
  ByteSpan data{};  // 1..16 bytes in the one-byte form, 0..255 in the two-byte form.
};

// Walks the elements without allocation. Padding bytes are skipped. A truncated element or
// the reserved id 15 of the one-byte form ends the walk; what came before stays valid.
//
//   ExtensionElement element;
//   for (ExtensionReader reader(profile, data); reader.Next(element);) { ... }
class ExtensionReader {
 public:
  // `data` is the extension without its four-byte head. An unknown profile has no elements.
  ExtensionReader(uint16_t profile, ByteSpan data);
  bool Next(ExtensionElement& element);

 private:
  bool NextOneByte(ExtensionElement& element);
  bool NextTwoByte(ExtensionElement& element);

  enum class Form { kNone, kOneByte, kTwoByte };
  Form form_;
  ByteSpan rest_;
};

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_HEADER_EXTENSION_H_
