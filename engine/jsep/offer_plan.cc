#include "engine/jsep/offer_plan.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/jsep/bundles.h"
#include "engine/jsep/section_view.h"

namespace pcd::jsep {
namespace {

// Threading: one call of PlanOffer.
class OfferPlanner {
 public:
  OfferPlanner(const State& state, const Options& options)
      : state_(state),
        options_(options),
        policy_(options.config.bundle_policy),
        next_mid_(state.next_mid),
        taken_(TransportsInUse(state)) {}

  absl::StatusOr<OfferPlan> Plan();

 private:
  void KeepSections();
  void KeepTransport(OfferSlot& slot, size_t index);
  void JoinPendingGroup(OfferSlot& slot, size_t index);
  void AddNewSections();
  OfferSlot& NewSlot();
  std::string NewMid();
  size_t Leading() const;
  bool Leads(const OfferSlot& slot) const;
  std::optional<size_t> EstablishedGroup() const;
  void JoinGroup(size_t group);
  absl::Status MakeGroup();
  bool WantsTransport(const OfferSlot& slot) const;
  bool NothingGoesOn() const;
  absl::StatusOr<size_t> NewTransport();
  void OrderGroups();

  const State& state_;
  const Options& options_;
  const BundlePolicy policy_;
  uint32_t next_mid_;
  std::set<size_t> taken_;
  OfferPlan plan_{};
  std::vector<OfferSlot>& slots_ = plan_.slots;
  bool data_placed_ = false;
};

absl::Status TooMany(size_t limit, const char* what) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                   "the offer would have more than " + std::to_string(limit) + what,
                   {.dom_exception = "OperationError"});
}

std::string MediaOf(const OfferSlot& slot) {
  return slot.data ? kApplication : std::string(ToString(slot.transceiver->kind));
}

// Of an offer that waits for its answer.
void OfferPlanner::JoinPendingGroup(OfferSlot& slot, size_t index) {
  const StoredDescription& pending = *state_.pending_local;
  if (index >= pending.transports.size()) return;
  slot.transport = pending.transports[index];
  slot.bundle_only = pending.parsed.media[index].bundle_only;
  const sdp::Group* group = BundleGroupOf(pending.parsed, slot.mid);
  if (group == nullptr) return;
  if (const auto lead = FindSection(pending.parsed, group->mids.front())) {
    slot.group = pending.transports[*lead];
  }
}

// What the last answer decided, else what waits for an answer.
void OfferPlanner::KeepTransport(OfferSlot& slot, size_t index) {
  const auto carried = state_.CarriedBy(index);
  if (carried && state_.WasLive(index)) {
    slot.transport = carried;
    if (state_.transports[*carried].bundled || policy_ == BundlePolicy::kMaxBundle) {
      slot.group = carried;
    }
  } else if (state_.pending_local) {
    JoinPendingGroup(slot, index);
  }
}

void OfferPlanner::KeepSections() {
  const StoredDescription* before = state_.local();
  if (before == nullptr) return;
  for (size_t i = 0; i < before->parsed.media.size(); ++i) {
    const sdp::MediaSection& section = before->parsed.media[i];
    OfferSlot slot{.mid = section.mid, .before = &section};
    const Transceiver* transceiver = state_.AtSection(i);
    if (transceiver != nullptr && !transceiver->stopping && !transceiver->stopped) {
      slot.transceiver = transceiver;
    } else if (IsData(section) && !section.IsRejected() &&
               (state_.pending_local || !state_.IsRecyclable(i))) {
      slot.data = true;
      data_placed_ = true;
    }
    if (slot.live()) KeepTransport(slot, i);
    slots_.push_back(std::move(slot));
  }
}

std::string OfferPlanner::NewMid() {
  std::set<std::string> taken;
  for (const OfferSlot& slot : slots_) taken.insert(slot.mid);
  for (const auto* stored : {&state_.current_remote, &state_.pending_remote}) {
    if (!*stored) continue;
    for (const sdp::MediaSection& section : (*stored)->parsed.media) taken.insert(section.mid);
  }
  while (taken.contains(std::to_string(next_mid_))) ++next_mid_;
  return std::to_string(next_mid_++);
}

// Of its transport in the last exchange. It stays in the lead (RFC 9143 section 7.5.1), even behind
// a place that the peer has given a new use.
bool OfferPlanner::Leads(const OfferSlot& slot) const {
  const TransportState* transport =
      slot.transport ? state_.FindTransport(*slot.transport) : nullptr;
  return transport != nullptr && !slot.fresh && transport->tagged_mid == slot.mid;
}

// Of the group that new sections join, settled or waiting for its answer.
size_t OfferPlanner::Leading() const {
  const auto group = EstablishedGroup();
  size_t first = slots_.size();
  for (size_t i = slots_.size(); i-- > 0;) {
    if (!slots_[i].live() || !slots_[i].group || (group && slots_[i].group != group)) continue;
    if (group && Leads(slots_[i])) return i;
    first = i;
  }
  return first;
}

// Places before the section that leads stay empty: libwebrtc lets the first section of its answer
// lead, and cannot answer when it is another one than in the offer.
OfferSlot& OfferPlanner::NewSlot() {
  std::string mid = NewMid();
  size_t index = Leading();
  if (index == slots_.size()) index = 0;
  while (index < slots_.size() && (slots_[index].live() || !state_.IsRecyclable(index))) ++index;
  if (index == slots_.size()) slots_.emplace_back();
  slots_[index].mid = std::move(mid);
  slots_[index].fresh = true;
  return slots_[index];
}

void OfferPlanner::AddNewSections() {
  for (const Transceiver& transceiver : state_.transceivers) {
    if (transceiver.mid || transceiver.stopping || transceiver.stopped) continue;
    NewSlot().transceiver = &transceiver;
  }
  if (state_.data_wanted && !data_placed_) NewSlot().data = true;
}

// The first that an answer has made.
std::optional<size_t> OfferPlanner::EstablishedGroup() const {
  for (size_t i = 0; i < slots_.size(); ++i) {
    const OfferSlot& slot = slots_[i];
    if (slot.live() && !slot.fresh && slot.group && state_.CarriedBy(i) == slot.group) {
      return slot.group;
    }
  }
  return std::nullopt;
}

// An answer cannot take them out of it again (RFC 9143 section 7.3.2), so a transport of their own
// would be gathered for nothing.
void OfferPlanner::JoinGroup(size_t group) {
  for (OfferSlot& slot : slots_) {
    if (!slot.live() || slot.transport) continue;
    slot.transport = group;
    slot.group = group;
    slot.bundle_only = policy_ != BundlePolicy::kMaxCompat;
  }
}

// Whether its group has no other section of its kind that an answer could take out of it.
bool OfferPlanner::WantsTransport(const OfferSlot& slot) const {
  if (policy_ == BundlePolicy::kMaxCompat) return true;
  return std::none_of(slots_.begin(), slots_.end(), [&](const OfferSlot& other) {
    return other.live() && other.group == slot.group && other.transport && !other.bundle_only &&
           (policy_ == BundlePolicy::kMaxBundle || MediaOf(other) == MediaOf(slot));
  });
}

// Of what was negotiated.
bool OfferPlanner::NothingGoesOn() const {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].live() && !slots_[i].fresh && state_.CarriedBy(i)) return false;
  }
  return true;
}

absl::StatusOr<size_t> OfferPlanner::NewTransport() {
  const size_t limit = std::max<size_t>(options_.limits.max_transports, 1);
  for (size_t t = 0; t < limit; ++t) {
    if (taken_.insert(t).second) return t;
  }
  return TooMany(limit, " transports");
}

// RFC 9429 section 5.2.1: all new sections are offered as one group.
absl::Status OfferPlanner::MakeGroup() {
  std::optional<size_t> group;
  for (size_t i = 0; i < slots_.size(); ++i) {
    // Of an offer that waits for its answer: what comes to it joins.
    if (slots_[i].live() && !state_.CarriedBy(i) && slots_[i].group) group = slots_[i].group;
  }
  for (OfferSlot& slot : slots_) {
    if (!slot.live() || slot.transport) continue;
    slot.group = group;
    if (group && !WantsTransport(slot)) {
      slot.transport = group;
      slot.bundle_only = true;
      continue;
    }
    if (!group && NothingGoesOn()) slot.transport = FirstTransport(state_);
    if (!slot.transport) {
      PCD_ASSIGN_OR_RETURN(slot.transport, NewTransport());
    }
    if (!group) group = slot.transport;
    slot.group = group;
  }
  return absl::OkStatus();
}

void OfferPlanner::OrderGroups() {
  std::set<size_t> done;
  for (const OfferSlot& first : slots_) {
    if (!first.live() || !first.group || !done.insert(*first.group).second) continue;
    std::vector<size_t> sections;
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].live() && slots_[i].group == first.group) sections.push_back(i);
    }
    // RFC 9143 section 7.2.1: what is bundle-only must not lead, unless nothing else is left.
    auto lead = std::find_if(sections.begin(), sections.end(), [&](size_t i) {
      return slots_[i].transport == first.group && Leads(slots_[i]);
    });
    if (lead == sections.end()) {
      lead = std::find_if(sections.begin(), sections.end(),
                          [&](size_t i) { return !slots_[i].bundle_only; });
    }
    if (lead == sections.end()) lead = sections.begin();
    std::rotate(sections.begin(), lead, lead + 1);
    OfferSlot& leading = slots_[sections.front()];
    leading.bundle_only = false;
    for (size_t i : sections) {
      if (slots_[i].bundle_only) slots_[i].transport = leading.transport;
    }
    plan_.groups.push_back(std::move(sections));
  }
}

absl::StatusOr<OfferPlan> OfferPlanner::Plan() {
  KeepSections();
  AddNewSections();
  if (slots_.size() > options_.limits.max_media_sections) {
    return TooMany(options_.limits.max_media_sections, " sections");
  }
  if (const auto group = EstablishedGroup()) {
    JoinGroup(*group);
  } else {
    PCD_RETURN_IF_ERROR(MakeGroup());
  }
  OrderGroups();
  return std::move(plan_);
}

}  // namespace

std::set<size_t> OfferPlan::Transports() const {
  std::set<size_t> transports;
  for (const OfferSlot& slot : slots) {
    if (slot.live()) transports.insert(*slot.transport);
  }
  return transports;
}

absl::StatusOr<OfferPlan> PlanOffer(const State& state, const Options& options) {
  return OfferPlanner(state, options).Plan();
}

}  // namespace pcd::jsep
