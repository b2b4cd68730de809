// From libnice's component states to the W3C's RTCIceTransportState.
#ifndef ENGINE_ICE_NICE_STATE_H_
#define ENGINE_ICE_NICE_STATE_H_

#include <nice/agent.h>

#include "engine/model/enums.h"

namespace pcd::ice {

// What libnice's state means, given what else is known.
struct NiceStateContext {
  bool was_connected = false;         // A pair was selected before.
  bool all_candidates_known = false;  // Ours gathered, the peer's end of candidates seen.
  bool controlling = false;
  IceConnectionState current = IceConnectionState::kNew;
};

// Rules that libnice does not have:
//  - READY is kCompleted only when no further candidates can come, else kConnected;
//  - FAILED before the peer's candidates are complete keeps the current state, because late
//    candidates still may succeed (the caller limits that time);
//  - FAILED of a controlled end that has not been connected keeps it, too: for libnice it also
//  means
//    that paths were found, but none was nominated, and a peer takes its time for that when it
//    has an older pair (RFC 8445 section 7.3.1.5: nominating is the controlling end's);
//  - kFailed is left by a restart only (W3C webrtc 5.6.4), even when a late check succeeds, and
//    kClosed never;
//  - a connection whose checks start again is kDisconnected, not kChecking.
IceConnectionState NextState(NiceComponentState nice, const NiceStateContext& context);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_STATE_H_
