// The arrays that batched system calls need. One set per loop, shared by its sockets: a
// loop serves one socket at a time, and hundreds of sockets must not hold 60 KB each.
#ifndef ENGINE_NET_UDP_SCRATCH_H_
#define ENGINE_NET_UDP_SCRATCH_H_

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

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

  // Gives every used slot a packet again and points its headers at it.
  void PrepareReceive();

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
  Receive receive;
  Send send;

  // sendmmsg(2); tests put one here that fails as they please.
  using SendCall = int (*)(int fd, mmsghdr* messages, unsigned count, int flags);
  SendCall send_call = &sendmmsg;

 private:
  PacketPool& pool_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_UDP_SCRATCH_H_
