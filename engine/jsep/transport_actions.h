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

// The section that led the transport in the last exchange ends with a description that has these
// sections on it. The peer may then have replaced its transport without new credentials.
bool LosesTag(const TransportState& transport, const sdp::Description& description,
              const std::vector<size_t>& sections);

// RFC 8842 section 4: what the remote says of the section leading a transport needs another DTLS
// association than the present one, if there is one.
bool AsksForNewAssociation(const State& state, const TransportState& transport,
                           const sdp::Description& remote, size_t leading);

// Local credentials of a description that is about to be applied: adds an action for each transport
// that is new or restarts.
void StartLocalTransports(State& state, const CreatedDescription& local, ApplyResult& result);

// An exchange was answered: the actions say all about the remote ends. Fills in those that
// StartLocalTransports added for the same description.
void UpdateTransports(State& state, const Exchange& exchange, const Limits& limits,
                      ApplyResult& result);

// A final answer ends the transports that it leaves without a section (RFC 9429 section 5.11, W3C
// 4.4.1.5). Sections that come later are on new ones, with new credentials and new DTLS
// associations.
void CloseUnusedTransports(State& state, ApplyResult& result);

// Back to the transports of the last answer: a restart that was only offered never happened, and
// what the offer made ends. One transport stays in any case, with what it has gathered: the next
// description begins with it.
void RollTransportsBack(State& state, ApplyResult& result);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_TRANSPORT_ACTIONS_H_
