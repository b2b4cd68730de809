// The signaling state machine of W3C webrtc-pc section 4.3.1 and RFC 9429 section 3.2.
#ifndef ENGINE_JSEP_SIGNALING_STATE_H_
#define ENGINE_JSEP_SIGNALING_STATE_H_

#include <optional>

#include "engine/model/enums.h"

namespace pcd::jsep {

enum class DescriptionSource { kLocal, kRemote };

// The state after setting a description of that type; null: InvalidStateError. A remote offer
// in have-local-offer is allowed: it rolls the local offer back first. Rollback is accepted
// from either side, as W3C has it.
std::optional<SignalingState> NextSignalingState(SignalingState state, DescriptionSource source,
                                                 SdpType type);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_SIGNALING_STATE_H_
