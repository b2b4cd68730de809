#ifndef ENGINE_MEDIA_SENDING_RTP_OUTPUT_H_
#define ENGINE_MEDIA_SENDING_RTP_OUTPUT_H_

#include <cstddef>
#include <cstdint>

#include "engine/base/packet.h"
#include "engine/media/rtcp_sender.h"

namespace pcd::media {

// The ways of our media to the remote peer: transports, by the index that SendParameters has.
// Threading: called on the session's loop, from within
// SendSession's own calls and its sources' packets; must not call back into the session.
class RtpOutput : public RtcpSender {
 public:
  // Whether SendRtp can succeed there. What is not writable costs senders nothing but a look.
  virtual bool IsWritable(size_t transport_index) const = 0;
  // Plain RTP with a tailroom for protection. False: it did not go out.
  virtual bool SendRtp(size_t transport_index, PacketPtr packet) = 0;
  // The SSRC will not be sent with again on this transport.
  virtual void ForgetSsrc(size_t transport_index, uint32_t ssrc) = 0;
  // Packets, events or deadlines came outside of a call: the owner should look soon.
  virtual void OnSessionWork() = 0;
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_RTP_OUTPUT_H_
