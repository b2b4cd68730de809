// usrsctp's notifications as values.
#ifndef ENGINE_SCTP_USRSCTP_NOTIFICATION_H_
#define ENGINE_SCTP_USRSCTP_NOTIFICATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::sctp {

struct AssociationUp {
  uint16_t outgoing_streams = 0;
  uint16_t incoming_streams = 0;
};
struct AssociationEnded {
  std::string reason{};                  // Empty after an orderly shutdown.
  std::optional<uint16_t> cause_code{};  // RFC 9260 section 3.3.10.
};
// An empty list means every stream.
struct StreamsReset {
  bool incoming = false;
  bool ok = true;
  std::vector<uint16_t> stream_ids{};
};
// The rest of the message that is being delivered in parts will not come.
struct PartialMessageAborted {};
struct IgnoredNotification {};

using UsrsctpNotification = std::variant<IgnoredNotification, AssociationUp, AssociationEnded,
                                         StreamsReset, PartialMessageAborted>;

// `bytes` is one whole notification as read from the socket.
UsrsctpNotification ParseUsrsctpNotification(ByteSpan bytes);

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_NOTIFICATION_H_
