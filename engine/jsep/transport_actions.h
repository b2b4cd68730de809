// What a description means for the transport: gathering, the remote end, roles, candidates.
#ifndef ENGINE_JSEP_TRANSPORT_ACTIONS_H_
#define ENGINE_JSEP_TRANSPORT_ACTIONS_H_

#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/receive_parameters.h"
#include "engine/jsep/session_state.h"
#include "engine/model/ice.h"

namespace pcd::jsep {

// Equal as far as connectivity goes: extensions do not count.
bool SameCandidate(const Candidate& a, const Candidate& b);

// The section that led the transport in the last exchange ends with `description`, others go on.
// The peer may then have replaced its transport without new credentials.
bool LosesTag(const State& state, const sdp::Description& description);

// RFC 8842 section 4: what the remote says of the section leading the transport needs another DTLS
// association than the present one, if there is one.
bool AsksForNewAssociation(const State& state, const sdp::Description& remote, size_t leading);

// Local credentials of a description that is about to be applied: adds an action when the
// transport is new or restarts.
void StartLocalTransport(State& state, const sdp::Description& local, ApplyResult& result);

// An exchange was answered: the action says all about the remote end. Fills in an action that
// StartLocalTransport added for the same description.
void UpdateTransport(State& state, const Exchange& exchange, const Limits& limits,
                     ApplyResult& result);

// A final answer that leaves no section ends the transport (W3C 4.4.1.5). Sections that come later
// are on a new one, with new credentials and a new DTLS association.
void CloseUnusedTransport(State& state, const Exchange& exchange, ApplyResult& result);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_TRANSPORT_ACTIONS_H_
