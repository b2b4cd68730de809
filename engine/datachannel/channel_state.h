// The states of a data channel (W3C webrtc 6.2) as a table.
#ifndef ENGINE_DATACHANNEL_CHANNEL_STATE_H_
#define ENGINE_DATACHANNEL_CHANNEL_STATE_H_

#include "engine/model/enums.h"

namespace pcd::datachannel {

enum class ChannelInput {
  kTransportUp,    // The association is connected and the stream is ours.
  kLocalClose,     // Close was called, or an error of the channel.
  kIncomingReset,  // The peer has reset its side of the stream.
  kBothReset,      // Both sides are reset, or there is no stream to reset.
  kTransportLost   // The association has ended.
};

DataChannelState NextState(DataChannelState state, ChannelInput input);

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_CHANNEL_STATE_H_
