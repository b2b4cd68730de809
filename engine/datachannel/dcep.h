// The Data Channel Establishment Protocol (RFC 8832): bytes <-> values.
#ifndef ENGINE_DATACHANNEL_DCEP_H_
#define ENGINE_DATACHANNEL_DCEP_H_

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/model/session.h"

namespace pcd::datachannel {

// DATA_CHANNEL_OPEN. `init.negotiated` is false and `init.id` absent: the stream that carries
// the message is the id.
struct DcepOpen {
  DataChannelInit init{};
};
struct DcepAck {};

using DcepMessage = std::variant<DcepOpen, DcepAck>;

// `init` has at most one of the two limits, label and protocol of at most 65,535 bytes each.
std::vector<uint8_t> WriteDcepOpen(const DataChannelInit& init);
std::vector<uint8_t> WriteDcepAck();

// nullopt: unknown message or channel type, or a length that is not what the fields say.
// Label and protocol come out as valid UTF-8 whatever they were. A reliability parameter
// above 65,535 becomes 65,535.
std::optional<DcepMessage> ParseDcep(ByteSpan message);

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_DCEP_H_
