// Offers (RFC 9429 sections 5.2.1 and 5.2.2).
#ifndef ENGINE_JSEP_OFFER_BUILDER_H_
#define ENGINE_JSEP_OFFER_BUILDER_H_

#include <absl/status/statusor.h>

#include "engine/jsep/local_section.h"
#include "engine/jsep/session_state.h"

namespace pcd::jsep {

// Sections keep their place and mid; new transceivers and the data section take refused slots
// first, then go to the end. All live sections form one BUNDLE group; those that were not
// negotiated yet, except the first, are bundle-only with port 0.
// Error: LIMIT_EXCEEDED when more than max_media_sections would be needed.
absl::StatusOr<CreatedDescription> BuildOffer(const State& state, const LocalContext& context);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_OFFER_BUILDER_H_
