// The states of the lite end as a table. It sends no checks: what it knows of the path it knows
// from the checks and the data of the peer.
#ifndef ENGINE_ICE_LITE_STATE_H_
#define ENGINE_ICE_LITE_STATE_H_

#include "engine/model/enums.h"

namespace pcd::ice {

enum class LiteInput {
  kRemoteKnown,  // The peer's parameters of this generation were set.
  kPathValid,    // A valid check, or data on a path that had one, and the peer is known.
  kSettled,      // A pair is nominated and the peer has no more candidates.
  kQuiet,        // Neither checks nor data for Config::disconnected_after.
  kExpired,      // No valid check for Config::failed_after, or at all for check_timeout.
  kRestarted,    // A new local generation.
  kClosed,
};
inline constexpr int kLiteInputs = 7;

// W3C webrtc section 5.6.4: failed is left by a restart only, closed never.
IceConnectionState NextLiteState(IceConnectionState state, LiteInput input);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_LITE_STATE_H_
