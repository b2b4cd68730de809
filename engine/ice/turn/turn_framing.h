// STUN and TURN messages on a TCP connection (RFC 8489 section 6.2.2, RFC 8656 sections 3.1 and
// 12.5): datagrams in a row, each with its own length.
#ifndef ENGINE_ICE_TURN_TURN_FRAMING_H_
#define ENGINE_ICE_TURN_TURN_FRAMING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"

namespace pcd::ice {

// What a datagram becomes on the way out: the message, and how many zeros follow it.
struct TurnFrame {
  ByteSpan message{};
  size_t padding = 0;
};

// nullopt: it is not one STUN message or one ChannelData message (which may have its padding
// already), and would spoil the stream.
std::optional<TurnFrame> FrameOf(ByteSpan datagram);

// Finds the messages in what is received. Keeps at most one message that is not complete.
// Threading: one thread.
class TurnFramer {
 public:
  // The next message, without padding, valid until the next call; what was used of `bytes` is taken
  // off its front. nullopt: it was used up, or the stream is broken.
  std::optional<ByteSpan> Next(ByteSpan& bytes);

  // What came is neither STUN nor ChannelData: nothing that follows can be understood.
  bool broken() const { return broken_; }
  // Messages above Packet::kMaxPayload, which are skipped.
  uint64_t oversized() const { return oversized_; }

 private:
  static constexpr size_t kLongest = Packet::kMaxPayload;
  static_assert(kLongest % 4 == 0);  // So that the padding has room.

  // Until there are `count` bytes of the message; false: more are needed.
  bool Collect(ByteSpan& bytes, size_t count);
  void ReadHeader();

  std::array<uint8_t, kLongest> buffer_;
  size_t have_ = 0;     // Of the message.
  size_t message_ = 0;  // Its size; 0: its header is not complete.
  size_t on_wire_ = 0;  // With padding.
  size_t skip_ = 0;     // Of a message that is too long.
  uint64_t oversized_ = 0;
  bool broken_ = false;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TURN_TURN_FRAMING_H_
