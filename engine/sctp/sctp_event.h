// What an association tells its consumer.
#ifndef ENGINE_SCTP_SCTP_EVENT_H_
#define ENGINE_SCTP_SCTP_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/model/enums.h"

namespace pcd::sctp {

struct StateChanged {
  SctpState state = SctpState::kConnecting;
  // Why it ended, for logs and the data channels' error event; empty when it ended in good
  // order.
  std::string reason{};
  std::optional<uint16_t> cause_code{};  // RFC 9260 section 3.3.10; absent: none known.
};

// One complete message.
struct MessageReceived {
  uint16_t stream_id = 0;
  uint32_t ppid = 0;
  std::vector<uint8_t> bytes{};
};

// The peer has reset its outgoing side of these streams: nothing older follows on them.
struct IncomingStreamsReset {
  std::vector<uint16_t> stream_ids{};
};

// Our ResetStream of these streams is done. `ok` false: the peer denied it.
struct OutgoingStreamsReset {
  std::vector<uint16_t> stream_ids{};
  bool ok = true;
};

// buffered_bytes() went down: a Send that would have blocked may succeed now.
struct BufferedBytesLow {
  size_t buffered_bytes = 0;
};

using SctpEvent = std::variant<StateChanged, MessageReceived, IncomingStreamsReset,
                               OutgoingStreamsReset, BufferedBytesLow>;

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_SCTP_EVENT_H_
