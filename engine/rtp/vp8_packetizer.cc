#include "engine/rtp/vp8_packetizer.h"

#include <algorithm>
#include <cstring>

namespace pcd::rtp {
namespace {

constexpr size_t kDescriptorBytes = 1;
constexpr uint8_t kStartOfPartition = 0x10;  // S, with partition index 0.

}  // namespace

Vp8Packetizer::Vp8Packetizer(ByteSpan frame, size_t max_payload) : rest_(frame) {
  const size_t room = std::max(max_payload, kDescriptorBytes + 1) - kDescriptorBytes;
  const size_t parts = (frame.size() + room - 1) / room;
  if (parts > 0) part_ = (frame.size() + parts - 1) / parts;
}

size_t Vp8Packetizer::Next(MutableByteSpan out) {
  const size_t size = std::min(part_, rest_.size());
  if (size == 0 || out.size() < kDescriptorBytes + size) return 0;
  out[0] = first_ ? kStartOfPartition : 0;
  std::memcpy(out.data() + kDescriptorBytes, rest_.data(), size);
  rest_ = rest_.subspan(size);
  first_ = false;
  return kDescriptorBytes + size;
}

}  // namespace pcd::rtp
