#include "engine/ice/turn/turn_framing.h"

#include <algorithm>
#include <cstring>

#include "engine/ice/stun_attributes.h"

namespace pcd::ice {
namespace {

// The bytes that tell the kind of a message and its length.
constexpr size_t kPrefix = 4;
constexpr size_t kChannelHeader = 4;

constexpr size_t Padded(size_t size) { return (size + 3) / 4 * 4; }

// Of the message that begins so, without padding; 0: neither STUN nor ChannelData.
size_t SizeOf(const uint8_t* prefix) {
  const size_t length = LoadU16(prefix + 2);
  switch (prefix[0] >> 6) {
    case 0:  // STUN: its attributes are padded themselves.
      return length % 4 == 0 ? stun::kHeaderSize + length : 0;
    case 1:  // A channel number.
      return kChannelHeader + length;
    default:
      return 0;
  }
}

}  // namespace

std::optional<TurnFrame> FrameOf(ByteSpan datagram) {
  if (datagram.size() < kPrefix) return std::nullopt;
  const size_t size = SizeOf(datagram.data());
  if (size == 0 || (datagram.size() != size && datagram.size() != Padded(size))) {
    return std::nullopt;
  }
  return TurnFrame{datagram.first(size), Padded(size) - size};
}

std::optional<ByteSpan> TurnFramer::Next(ByteSpan& bytes) {
  while (!broken_) {
    if (skip_ > 0) {
      const size_t count = std::min(skip_, bytes.size());
      bytes = bytes.subspan(count);
      skip_ -= count;
      if (skip_ > 0) return std::nullopt;
    }
    if (message_ == 0) {
      if (!Collect(bytes, kPrefix)) return std::nullopt;
      ReadHeader();
      continue;
    }
    if (!Collect(bytes, on_wire_)) return std::nullopt;
    const ByteSpan message = ByteSpan(buffer_).first(message_);
    have_ = message_ = 0;
    return message;
  }
  return std::nullopt;
}

bool TurnFramer::Collect(ByteSpan& bytes, size_t count) {
  const size_t taken = std::min(count - have_, bytes.size());
  // Nothing may be asked to be copied from an empty span's null.
  if (taken > 0) std::memcpy(buffer_.data() + have_, bytes.data(), taken);
  have_ += taken;
  bytes = bytes.subspan(taken);
  return have_ == count;
}

void TurnFramer::ReadHeader() {
  const size_t size = SizeOf(buffer_.data());
  if (size == 0) {
    broken_ = true;
  } else if (size > kLongest) {
    ++oversized_;
    skip_ = Padded(size) - have_;
    have_ = 0;
  } else {
    message_ = size;
    on_wire_ = Padded(size);
  }
}

}  // namespace pcd::ice
