#ifndef ENGINE_MEDIA_RTCP_SENDER_H_
#define ENGINE_MEDIA_RTCP_SENDER_H_

#include <cstddef>

#include "engine/base/packet.h"

namespace pcd::media {

// The way of our feedback to the remote peer. Threading: called on the session's loop, from
// within MediaSession's own calls; must not call back into the session.
class RtcpSender {
 public:
  virtual ~RtcpSender() = default;
  // `compound` is plain RTCP (RFC 3550 compound, or reduced-size where that was agreed). A
  // packet that cannot be sent now is dropped; the session repeats what matters. It is for the
  // transport of that index (ReceiveParameters, SendParameters) and no other.
  virtual void SendRtcp(size_t transport_index, PacketPtr compound) = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_RTCP_SENDER_H_
