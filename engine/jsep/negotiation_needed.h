// W3C webrtc-pc section 4.7.3 "check if negotiation is needed".
#ifndef ENGINE_JSEP_NEGOTIATION_NEEDED_H_
#define ENGINE_JSEP_NEGOTIATION_NEEDED_H_

#include "engine/jsep/session_state.h"

namespace pcd::jsep {

bool IsNegotiationNeeded(const State& state);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_NEGOTIATION_NEEDED_H_
