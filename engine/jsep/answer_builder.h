// Answers (RFC 9429 section 5.3.1).
#ifndef ENGINE_JSEP_ANSWER_BUILDER_H_
#define ENGINE_JSEP_ANSWER_BUILDER_H_

#include <cstddef>
#include <vector>

#include "engine/jsep/capabilities.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/session_state.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// The sections of an offer that an answer accepts, the leading one first. There is one
// transport: it carries the BUNDLE group of the first acceptable section, or that section
// alone; sections outside are rejected, as max-bundle has it. A transport that is in use
// stays with its sections.
std::vector<size_t> AnswerTransport(const sdp::Description& offer, const State& state,
                                    const Capabilities& capabilities,
                                    NegotiationRecord* record = nullptr);

// Answers state.pending_remote.
CreatedDescription BuildAnswer(const State& state, const LocalContext& context);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_ANSWER_BUILDER_H_
