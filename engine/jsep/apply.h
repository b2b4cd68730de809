// Applying descriptions to the state (RFC 9429 sections 5.9 to 5.11, W3C webrtc-pc section
// 4.4.1.5). Everything was validated before; none of these can fail.
#ifndef ENGINE_JSEP_APPLY_H_
#define ENGINE_JSEP_APPLY_H_

#include "engine/base/random.h"
#include "engine/jsep/apply_result.h"
#include "engine/jsep/options.h"
#include "engine/jsep/session_state.h"

namespace pcd::jsep {

void ApplyLocalOffer(State& state, const CreatedDescription& offer, ApplyResult& result);

// Makes recvonly transceivers for sections that have none; new ids come from `random`.
void ApplyRemoteOffer(State& state, StoredDescription offer, RandomSource& random,
                      ApplyResult& result);

// An answer or pranswer: `answer` is from the side that did not offer.
void ApplyLocalAnswer(State& state, const Options& options, const CreatedDescription& answer,
                      SdpType type, ApplyResult& result);
void ApplyRemoteAnswer(State& state, const Options& options, StoredDescription answer,
                       ApplyResult& result);

// Back to what was negotiated last (RFC 9429 section 5.7). Transports that the offer made end,
// except the one that a first offer begins with: it goes on with its credentials and candidates.
// The credentials of a restart are taken back. What the application asked of its transceivers
// meanwhile stays.
void ApplyRollback(State& state, ApplyResult& result);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_APPLY_H_
