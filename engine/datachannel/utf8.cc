#include "engine/datachannel/utf8.h"

namespace pcd::datachannel {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

// What a lead byte promises: bytes in all and the range of the second one (Unicode, table
// 3-7). Zero bytes: not a lead byte.
struct Lead {
  size_t length = 0;
  uint8_t low = 0x80, high = 0xBF;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte >= 0xC2 && byte <= 0xDF) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};  // No overlong form.
  if (byte == 0xED) return {3, 0x80, 0x9F};  // No surrogate.
  if (byte >= 0xE1 && byte <= 0xEF) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};  // Not above U+10FFFF.
  return {};
}

struct Sequence {
  size_t length = 1;  // At least 1; of an invalid sequence: what one replacement stands for.
  bool valid = false;
};

Sequence Next(ByteSpan bytes) {
  const Lead lead = LeadOf(bytes[0]);
  for (size_t i = 1; i < lead.length; ++i) {
    const uint8_t low = i == 1 ? lead.low : 0x80;
    const uint8_t high = i == 1 ? lead.high : 0xBF;
    if (i >= bytes.size() || bytes[i] < low || bytes[i] > high) return {i, false};
  }
  return {lead.length == 0 ? 1 : lead.length, lead.length != 0};
}

}  // namespace

bool IsUtf8(ByteSpan bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const Sequence next = Next(bytes.subspan(at));
    if (!next.valid) return false;
    at += next.length;
  }
  return true;
}

std::string DecodeUtf8(ByteSpan bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    const Sequence next = Next(bytes.subspan(at));
    if (next.valid) {
      text.append(reinterpret_cast<const char*>(bytes.data() + at), next.length);
    } else {
      text += kReplacement;
    }
    at += next.length;
  }
  return text;
}

}  // namespace pcd::datachannel
