// Datagrams on a TCP connection, each behind its length (RFC 4571 section 2): what ICE over TCP
// carries, STUN and all else alike (RFC 6544 section 3).
#ifndef ENGINE_ICE_TCP_TCP_FRAMES_H_
#define ENGINE_ICE_TCP_TCP_FRAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"

namespace pcd::ice {

inline constexpr size_t kTcpFrameHeader = 2;

// What goes before a datagram of at most 65,535 bytes.
std::array<uint8_t, kTcpFrameHeader> TcpFrameHeader(size_t size);

// Finds the datagrams in what is received. Keeps at most one packet: of a frame whose length is
// known and which is not complete. Frames above Packet::kMaxPayload are skipped and not kept, as a
// UDP socket drops such datagrams; empty ones (RFC 4571 allows them) are nothing.
// Threading: that of the pool.
class TcpFrameReader {
 public:
  // `pool` outlives the reader and its packets.
  explicit TcpFrameReader(PacketPool& pool) : pool_(pool) {}

  // The next datagram; what was used of `bytes` is taken off its front. Null: it was used up.
  PacketPtr Next(ByteSpan& bytes);

  // Frames that were too long, by their lengths: they may still be on their way.
  uint64_t oversized() const { return oversized_; }
  // Whether a packet is kept.
  bool holds_packet() const { return packet_ != nullptr; }

 private:
  void ReadLength(uint8_t byte);

  PacketPool& pool_;
  PacketPtr packet_{};  // Null: no frame has begun, or it is skipped.
  size_t missing_ = 0;  // Of the frame; 0: a length comes next.
  bool have_high_ = false;
  uint8_t high_ = 0;  // The first byte of a length whose second is missing.
  uint64_t oversized_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TCP_TCP_FRAMES_H_
