// W3C addIceCandidate (webrtc-pc section 4.4.1.6) on the state.
#ifndef ENGINE_JSEP_REMOTE_CANDIDATES_H_
#define ENGINE_JSEP_REMOTE_CANDIDATES_H_

#include <absl/status/statusor.h>

#include "engine/base/limits.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/session_state.h"
#include "engine/model/ice.h"

namespace pcd::jsep {

// See Session::AddRemoteCandidate. Changes nothing when it fails.
absl::StatusOr<RemoteCandidate> AddRemoteCandidateTo(State& state, const Limits& limits,
                                                     const IceCandidateInit& init);

// Adds to a remote description that is about to be applied what was kept for the first one, as
// far as it belongs to it, and forgets the rest.
void TakeEarlyCandidates(State& state, const Limits& limits, StoredDescription& first);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_REMOTE_CANDIDATES_H_
