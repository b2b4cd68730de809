// A data channel as its user sees it (the attributes of RTCDataChannel).
#ifndef ENGINE_DATACHANNEL_DATA_CHANNEL_INFO_H_
#define ENGINE_DATACHANNEL_DATA_CHANNEL_INFO_H_

#include <cstdint>
#include <string>

#include "engine/model/enums.h"
#include "engine/model/session.h"

namespace pcd::datachannel {

struct DataChannelInfo {
  std::string channel_id{};  // The API's id, unique among the connection's channels.
  // `init.id` is the SCTP stream id, absent until it is known.
  DataChannelInit init{};
  DataChannelState state = DataChannelState::kConnecting;
  bool opened_by_remote = false;
  int64_t create_unix_us = 0;
  // Bytes given to Send and not yet acknowledged by the peer or given up. (W3C counts until
  // they are sent; here a channel at zero has also been received.)
  uint64_t buffered_amount = 0;
  uint64_t buffered_amount_low_threshold = 0;
  // Messages and their bytes: taken by Send; received while open.
  uint64_t messages_sent = 0, bytes_sent = 0, messages_received = 0, bytes_received = 0;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_DATA_CHANNEL_INFO_H_
