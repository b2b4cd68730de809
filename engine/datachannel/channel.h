// One data channel as the manager keeps it.
#ifndef ENGINE_DATACHANNEL_CHANNEL_H_
#define ENGINE_DATACHANNEL_CHANNEL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "engine/datachannel/data_channel_event.h"
#include "engine/datachannel/data_channel_info.h"

namespace pcd::datachannel {

// SCTP payload protocol identifiers (RFC 8831 section 8).
enum class PayloadProtocol : uint32_t {
  kDcep = 50,
  kString = 51,
  kBinaryPartial = 52,  // Deprecated; still received.
  kBinary = 53,
  kStringPartial = 54,  // Deprecated; still received.
  kStringEmpty = 56,
  kBinaryEmpty = 57
};

struct OutgoingMessage {
  PayloadProtocol protocol = PayloadProtocol::kDcep;
  std::vector<uint8_t> bytes{};  // As on the wire: one byte for an empty message.
  size_t user_bytes = 0;         // What counts as buffered.
};

struct Channel {
  uint64_t number = 0;  // In order of creation, never reused.
  DataChannelInfo info{};
  // Until the peer has answered, everything is sent in order (RFC 8832 section 6).
  bool awaiting_ack = false;
  bool outgoing_reset_asked = false;
  bool outgoing_reset_done = false;
  bool incoming_reset_seen = false;

  std::deque<OutgoingMessage> outgoing{};  // Not yet taken by the association.
  std::vector<uint8_t> partial{};          // Of a message in deprecated parts.

  bool paused = false;
  std::deque<DataChannelEvent> held{};  // Messages while paused, and what follows them.
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_CHANNEL_H_
