// The arrays that batched system calls need. One set per loop, shared by its sockets: a
// loop serves one socket at a time, and hundreds of sockets must not hold 60 KB each.
#ifndef ENGINE_NET_UDP_SCRATCH_H_
#define ENGINE_NET_UDP_SCRATCH_H_

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/bytes.h"
#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/net/sockaddr.h"

namespace pcd::net {

// Threading: one loop.
class UdpScratch {
 public:
  static constexpr size_t kReceiveBatch = 32;
  static constexpr size_t kSendBatch = 64;

  explicit UdpScratch(PacketPool& pool);

  // What sockets with receive offload read in one call at most: each message may be as many
  // datagrams as kMaxSegments, and a turn is bounded.
  static constexpr size_t kOffloadBatch = 8;
  // Datagrams in one message at most: the kernel's limit (UDP_MAX_SEGMENTS), 64 before Linux 6.9.
  static constexpr size_t kMaxSegments = 128;

  // Gives every used slot a packet again and points its headers at it.
  void PrepareReceive();
  // The same for sockets with receive offload: the first kOffloadBatch slots, each with room for
  // what is joined behind its packet, and for its control message.
  void PrepareOffload();
  // What stands from `offset` on in that message: in its packet and then in the room behind.
  void CopyJoined(size_t message, size_t offset, MutableByteSpan out) const;

  struct Receive {
    std::array<PacketPtr, kReceiveBatch> packets;
    std::array<SocketAddress, kReceiveBatch> sources;
    std::array<SockaddrAny, kReceiveBatch> names;
    std::array<iovec, kReceiveBatch> buffers;
    std::array<mmsghdr, kReceiveBatch> headers;
    size_t used;  // Leading slots that the last read has used up.
  };
  struct Send {
    // Room for one UDP_SEGMENT value.
    struct alignas(cmsghdr) Control {
      std::array<uint8_t, CMSG_SPACE(sizeof(uint16_t))> bytes;
    };
    std::array<SockaddrAny, kSendBatch> names;
    std::array<iovec, kSendBatch> buffers;
    std::array<Control, kSendBatch> controls;
    std::array<mmsghdr, kSendBatch> headers;
    std::array<size_t, kSendBatch> first_packet;  // Of each message, in the socket's queue.
  };
  // What receive offload needs besides. The room behind a packet stays untouched memory until
  // something joined arrives.
  struct Offload {
    static constexpr size_t kRoom = 65536;
    struct alignas(cmsghdr) Control {
      std::array<uint8_t, CMSG_SPACE(sizeof(int))> bytes;
    };
    std::array<std::array<iovec, 2>, kOffloadBatch> buffers;
    std::array<Control, kOffloadBatch> controls;
    // On their way to the handler.
    std::array<PacketPtr, kReceiveBatch + kMaxSegments> packets;
    std::array<SocketAddress, kReceiveBatch + kMaxSegments> sources;
    size_t count;
    std::unique_ptr<uint8_t[]> room;
  };
  Receive receive;
  Offload offload;
  Send send;

  // sendmmsg(2); tests put one here that fails as they please.
  using SendCall = int (*)(int fd, mmsghdr* messages, unsigned count, int flags);
  SendCall send_call = &sendmmsg;

 private:
  PacketPool& pool_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_UDP_SCRATCH_H_
