// Answers (RFC 9429 section 5.3.1).
#ifndef ENGINE_JSEP_ANSWER_BUILDER_H_
#define ENGINE_JSEP_ANSWER_BUILDER_H_

#include <vector>

#include "engine/jsep/bundles.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/negotiation_record.h"
#include "engine/jsep/session_state.h"

namespace pcd::jsep {

// Answers state.pending_remote as planned (answer_plan.h). The record that was made with the plan
// becomes that of the answer; the credentials of the plan's transports are in `context`.
CreatedDescription BuildAnswer(const State& state, const LocalContext& context,
                               const std::vector<Bundle>& plan, NegotiationRecord record);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_ANSWER_BUILDER_H_
