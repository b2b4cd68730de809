// Where associations come from: usrsctp in the service, the fake in simulated time.
#ifndef ENGINE_SCTP_SCTP_ASSOCIATION_FACTORY_H_
#define ENGINE_SCTP_SCTP_ASSOCIATION_FACTORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/net/loop.h"
#include "engine/sctp/sctp_association.h"

namespace pcd::sctp {

struct SctpOptions {
  // Longest SCTP packet. With the largest DTLS overhead and IPv6 + UDP headers it stays
  // below 1,280 bytes, so no path needs fragments and no path MTU discovery runs.
  size_t mtu = 1191;
  // Streams asked for and granted, each way; a peer that asks for 65,535 gets these.
  uint16_t max_streams = 1024;
  // A received message longer than this ends the association. Limits::max_message_bytes.
  size_t max_message_bytes = size_t{256} * 1024;
  // Room for messages taken by Send and not yet acknowledged; a longer message is never taken.
  size_t send_buffer_bytes = size_t{512} * 1024;
  // The receive window. Longer messages pass through it in pieces. A peer that resets streams
  // while nobody reads can make us keep twice as much and one message on top of the window;
  // then the association ends.
  size_t receive_buffer_bytes = size_t{512} * 1024;
};

// The defaults for messages of up to `max_message_bytes` in both directions.
inline SctpOptions SctpOptionsFor(size_t max_message_bytes) {
  SctpOptions options;
  options.max_message_bytes = max_message_bytes;
  // The longest message and the next one or two behind it.
  options.send_buffer_bytes = max_message_bytes + size_t{256} * 1024;
  return options;
}

// Threading: Create may be called on any loop's thread; the result belongs to `loop`.
class SctpAssociationFactory {
 public:
  virtual ~SctpAssociationFactory() = default;
  // Never null. `loop` must outlive the association and be the calling thread's.
  virtual std::unique_ptr<SctpAssociation> Create(net::Loop& loop, const SctpOptions& options) = 0;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_SCTP_ASSOCIATION_FACTORY_H_
