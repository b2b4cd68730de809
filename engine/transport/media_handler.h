// Where a transport delivers decrypted media.
#ifndef ENGINE_TRANSPORT_MEDIA_HANDLER_H_
#define ENGINE_TRANSPORT_MEDIA_HANDLER_H_

#include <span>

#include "engine/base/packet.h"

namespace pcd::transport {

// Threading: called on the transport's loop.
class MediaHandler {
 public:
  virtual ~MediaHandler() = default;
  // Decrypted and authenticated packets in the order of arrival; never empty, none is null. The
  // callee may change them in place and move them out. It may send on the transport and close
  // it, but must not destroy it.
  virtual void OnRtp(std::span<PacketPtr> packets) = 0;
  virtual void OnRtcp(std::span<PacketPtr> packets) = 0;
};

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_MEDIA_HANDLER_H_
