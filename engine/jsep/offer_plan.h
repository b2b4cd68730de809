// Which sections an offer has, and on which transports (RFC 9429 sections 4.1.1 and 5.2, RFC 9143
// sections 7.2 and 7.5).
#ifndef ENGINE_JSEP_OFFER_PLAN_H_
#define ENGINE_JSEP_OFFER_PLAN_H_

#include <absl/status/statusor.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/jsep/options.h"
#include "engine/jsep/session_state.h"
#include "engine/jsep/transceiver.h"
#include "engine/sdp/session_description.h"

namespace pcd::jsep {

// One section of the offer to be.
struct OfferSlot {
  const Transceiver* transceiver = nullptr;
  bool data = false;  // Neither: rejected.
  std::string mid{};
  const sdp::MediaSection* before = nullptr;  // What stood there; null: nothing.
  bool fresh = false;                         // Takes the place for the first time.

  std::optional<size_t>
      transport{};  // Of a live one; of a bundle-only one that of its group's lead.
  bool bundle_only = false;
  std::optional<size_t> group{};  // Equal for sections of one BUNDLE group; null: in none.

  bool live() const { return transceiver != nullptr || data; }
};

// Points into the state it was made from.
struct OfferPlan {
  std::vector<OfferSlot> slots{};
  std::vector<std::vector<size_t>> groups{};  // Slots of each BUNDLE group, the leading one first.

  std::set<size_t> Transports() const;
};

// Sections keep their place and mid; new transceivers and the data section take refused slots
// first, then go to the end. What was negotiated keeps its transport and its group. New sections
// join the BUNDLE group there is; without one they form one of their own, and the policy says which
// of them have a transport, so that an answer may accept them without bundling:
//
//   max-bundle  the first one.
//   balanced    the first one of each kind.
//   max-compat  all.
//
// The others are bundle-only. Errors: LIMIT_EXCEEDED when more than max_media_sections or
// max_transports would be needed.
absl::StatusOr<OfferPlan> PlanOffer(const State& state, const Options& options);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_OFFER_PLAN_H_
