// Which sections of an offer an answer accepts, and on which transports (RFC 9429 section 5.3.1,
// RFC 9143 section 7.3).
#ifndef ENGINE_JSEP_ANSWER_PLAN_H_
#define ENGINE_JSEP_ANSWER_PLAN_H_

#include <vector>

#include "engine/jsep/bundles.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/jsep/options.h"
#include "engine/jsep/session_state.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// What is bundled in the offer is bundled in the answer: each BUNDLE group is one transport, each
// section outside of them has its own. A transport in use stays with its sections as long as the
// offer lets it. The bundle policy limits how many there are:
//
//   max-bundle  one: that of the first section; the others are rejected.
//   balanced    what shares a transport with the first section of its kind, or stays where it is.
//   max-compat  any number.
//
// First is: in use, else the first that can be accepted at all. And never more than max_transports.
std::vector<Bundle> PlanAnswer(const sdp::Description& offer, const State& state,
                               const Options& options, NegotiationRecord* record = nullptr);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_ANSWER_PLAN_H_
