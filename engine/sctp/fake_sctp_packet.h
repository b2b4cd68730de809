// What two fake associations say to each other: one frame per packet.
#ifndef ENGINE_SCTP_FAKE_SCTP_PACKET_H_
#define ENGINE_SCTP_FAKE_SCTP_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::sctp::fake {

// Said until it is answered.
struct Hello {
  uint16_t max_streams = 0;
  uint64_t credit = 0;    // As in Ack.
  bool answered = false;  // The sender has had the other's.
};

// The sequenced frames share one numbering and are repeated until acknowledged.
struct Fragment {
  uint16_t stream_id = 0;
  bool ordered = true;
  uint32_t message_number = 0;  // Of the ordered messages of the stream since its reset.
  uint32_t ppid = 0;
  uint32_t first_sequence = 0;  // Of the message's first fragment.
  uint32_t count = 0;           // Of the message's fragments.
  // The message has been given up; `gone_bytes` of this fragment had been sent.
  bool gone = false;
  uint32_t gone_bytes = 0;
  std::vector<uint8_t> payload{};
};
struct Reset {
  uint16_t stream_id = 0;
};
struct Fin {};
struct Sequenced {
  uint32_t sequence = 0;
  std::variant<Fragment, Reset, Fin> body{};
};

struct Ack {
  uint32_t next_expected = 0;
  uint64_t credit = 0;               // Payload bytes the other may have sent in all.
  std::vector<uint32_t> received{};  // Some of those beyond next_expected.
};
struct Ping {};  // Asks for an Ack.
struct Goodbye {
  std::string reason{};
};

using Frame = std::variant<Hello, Sequenced, Ack, Ping, Goodbye>;

constexpr size_t kFragmentOverhead = 32;  // The most a fragment adds to its payload.
constexpr size_t kMaxAckedExtra = 64;

std::vector<uint8_t> Write(const Frame& frame);
std::optional<Frame> Parse(ByteSpan packet);  // nullopt: not one of ours.

}  // namespace pcd::sctp::fake

#endif  // ENGINE_SCTP_FAKE_SCTP_PACKET_H_
