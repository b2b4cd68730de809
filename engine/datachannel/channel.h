// One data channel as the manager keeps it.
#ifndef ENGINE_DATACHANNEL_CHANNEL_H_
#define ENGINE_DATACHANNEL_CHANNEL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
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

// A channel's part of the inbox, which alone changes it. What waits may outlive the channel.
struct InboxLane {
  bool paused = false;
  bool discarding = false;  // Messages still queued are dropped when their turn comes.
  bool ready = false;       // In the inbox's list of those whose held events may come out.
  // In the common queue.
  size_t queued = 0;
  size_t queued_messages = 0;
  size_t queued_charge = 0;
  // Messages met during a pause, and what follows them; older than what is queued.
  std::deque<DataChannelEvent> held{};
};

struct Channel {
  uint64_t number = 0;  // In order of creation, never reused.
  DataChannelInfo info{};
  // Until the peer has answered, everything is sent in order (RFC 8832 section 6).
  bool awaiting_ack = false;
  bool was_open = false;  // The peer may know it.
  bool outgoing_reset_asked = false;
  bool outgoing_reset_done = false;
  bool incoming_reset_seen = false;

  std::deque<OutgoingMessage> outgoing{};  // Not yet taken by the association.
  int64_t turn_left = 0;                   // The outbox's: bytes; below zero, used in advance.
  std::vector<uint8_t> partial{};          // Of a message in deprecated parts.

  std::shared_ptr<InboxLane> lane = std::make_shared<InboxLane>();
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_CHANNEL_H_
