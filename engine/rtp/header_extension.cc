#include "engine/rtp/header_extension.h"

namespace pcd::rtp {

ExtensionReader::ExtensionReader(uint16_t profile, ByteSpan data) : rest_(data) {
  if (profile == kOneByteExtensionProfile) {
    form_ = Form::kOneByte;
  } else if ((profile & kTwoByteExtensionMask) == kTwoByteExtensionProfile) {
    form_ = Form::kTwoByte;
  } else {
    form_ = Form::kNone;
  }
}

bool ExtensionReader::Next(ExtensionElement& element) {
  while (!rest_.empty() && rest_[0] == 0) rest_ = rest_.subspan(1);  // Padding.
  const bool found = form_ == Form::kOneByte   ? NextOneByte(element)
                     : form_ == Form::kTwoByte ? NextTwoByte(element)
                                               : false;
  if (!found) rest_ = {};
  return found;
}

bool ExtensionReader::NextOneByte(ExtensionElement& element) {
  if (rest_.empty()) return false;
  const uint8_t id = rest_[0] >> 4;
  const size_t length = (rest_[0] & 0x0Fu) + 1;
  // Id 15 is reserved: all after it is ignored. Id 0 with a length is not padding but is
  // forbidden, and skipping it as one would misread the rest.
  if (id == 15 || id == 0 || rest_.size() < 1 + length) return false;
  element = {id, rest_.subspan(1, length)};
  rest_ = rest_.subspan(1 + length);
  return true;
}

bool ExtensionReader::NextTwoByte(ExtensionElement& element) {
  if (rest_.size() < 2) return false;
  const size_t length = rest_[1];
  if (rest_.size() < 2 + length) return false;
  element = {rest_[0], rest_.subspan(2, length)};
  rest_ = rest_.subspan(2 + length);
  return true;
}

}  // namespace pcd::rtp
