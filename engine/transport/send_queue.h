// Collects what one transport sends in a turn of its loop, so that ICE gets it in one call.
#ifndef ENGINE_TRANSPORT_SEND_QUEUE_H_
#define ENGINE_TRANSPORT_SEND_QUEUE_H_

#include <cstddef>
#include <vector>

#include "engine/base/packet.h"
#include "engine/ice/ice_transport.h"
#include "engine/net/loop.h"
#include "engine/transport/drop_reason.h"

namespace pcd::transport {

// Threading: its loop.
class SendQueue {
 public:
  // More than this is sent without waiting for the end of the turn.
  static constexpr size_t kMaxQueued = 64;

  SendQueue(ice::IceTransport& ice, DropCounters& drops) : ice_(ice), drops_(drops) {}

  // True when it was the first, so that the end of the turn has to be asked for.
  bool Add(PacketPtr packet);
  void Flush();

 private:
  ice::IceTransport& ice_;
  DropCounters& drops_;
  std::vector<PacketPtr> packets_;
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_SEND_QUEUE_H_
