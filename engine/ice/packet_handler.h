// Where an ICE transport delivers what is not STUN.
#ifndef ENGINE_ICE_PACKET_HANDLER_H_
#define ENGINE_ICE_PACKET_HANDLER_H_

#include <span>

#include "engine/base/packet.h"

namespace pcd::ice {

// Threading: called on the transport's loop.
class PacketHandler {
 public:
  virtual ~PacketHandler() = default;
  // DTLS, SRTP and SRTCP datagrams in the order of arrival, only from addresses that passed a
  // connectivity check. Never STUN, never empty. The callee may change the packets in place
  // and move them out. It may call Send, SendBatch and Close of the transport, but must not
  // destroy it.
  virtual void OnIcePackets(std::span<PacketPtr> packets) = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_PACKET_HANDLER_H_
