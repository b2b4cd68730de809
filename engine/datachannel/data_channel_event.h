// What the data channels of a connection tell their consumer.
#ifndef ENGINE_DATACHANNEL_DATA_CHANNEL_EVENT_H_
#define ENGINE_DATACHANNEL_DATA_CHANNEL_EVENT_H_

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/datachannel/data_channel_info.h"
#include "engine/model/enums.h"

namespace pcd::datachannel {

// The remote side opened a channel (W3C "datachannel" event). It is open already: no
// ChannelStateChanged{kOpen} follows for it.
struct ChannelOpened {
  DataChannelInfo info{};
};

// `info` is the channel when its state changed, and at kClosed the only place that still has
// its last counters (messages_*, bytes_*, what was left in buffered_amount): by then the
// manager no longer knows the channel.
struct ChannelStateChanged {
  std::string channel_id{};
  DataChannelState state = DataChannelState::kConnecting;
  DataChannelInfo info{};
};

struct ChannelMessage {
  std::string channel_id{};
  bool binary = false;
  std::vector<uint8_t> bytes{};  // May be empty. Valid UTF-8 when not binary.
};

// buffered_amount fell to the channel's threshold or below it.
struct BufferedAmountLow {
  std::string channel_id{};
  uint64_t buffered_amount = 0;
};

// Comes before the channel's closing or closed state when an error is the cause (W3C
// "error" event with an RTCError).
struct ChannelError {
  std::string channel_id{};
  absl::Status status{};
  bool sctp_failure = false;                  // Else data-channel-failure.
  std::optional<uint16_t> sctp_cause_code{};  // RFC 9260 section 3.3.10.
};

using DataChannelEvent = std::variant<ChannelOpened, ChannelStateChanged, ChannelMessage,
                                      BufferedAmountLow, ChannelError>;

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_DATA_CHANNEL_EVENT_H_
