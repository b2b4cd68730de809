// The states of a PeerConnection as functions of its transports' states (W3C WebRTC sections
// 4.3.2 to 4.3.4). A closed PeerConnection is the caller's case: it is kClosed whatever the
// transports say.
#ifndef ENGINE_TRANSPORT_COMBINED_STATE_H_
#define ENGINE_TRANSPORT_COMBINED_STATE_H_

#include <span>

#include "engine/model/enums.h"

namespace pcd::transport {

struct TransportState {
  IceConnectionState ice = IceConnectionState::kNew;
  DtlsState dtls = DtlsState::kNew;
  IceGatheringState gathering = IceGatheringState::kNew;
  friend bool operator==(const TransportState&, const TransportState&) = default;
};

ConnectionState CombineConnectionState(std::span<const TransportState> transports);
IceConnectionState CombineIceConnectionState(std::span<const TransportState> transports);
IceGatheringState CombineIceGatheringState(std::span<const TransportState> transports);

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_COMBINED_STATE_H_
