// Offers (RFC 9429 sections 5.2.1 and 5.2.2).
#ifndef ENGINE_JSEP_OFFER_BUILDER_H_
#define ENGINE_JSEP_OFFER_BUILDER_H_

#include "engine/jsep/local_section.h"
#include "engine/jsep/offer_plan.h"
#include "engine/jsep/session_state.h"

namespace pcd::jsep {

// Writes what is planned. The credentials of the plan's transports are in `context`.
CreatedDescription BuildOffer(const State& state, const LocalContext& context,
                              const OfferPlan& plan);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_OFFER_BUILDER_H_
