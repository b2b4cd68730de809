#include "engine/jsep/answer_plan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/jsep/codec_negotiation.h"
#include "engine/jsep/codec_preferences.h"
#include "engine/jsep/section_view.h"

namespace pcd::jsep {
namespace {

// A rule by which a section is refused.
struct Refusal {
  const char* rule = nullptr;  // Null: it is not refused.
  const char* reference = "RFC 9429, 5.3.1";
};

Refusal RefusalOf(const sdp::Description& offer, size_t index, const State& state,
                  const Capabilities& capabilities, const Decisions& codecs) {
  const sdp::MediaSection& section = offer.media[index];
  if (section.IsRejected()) return {"rejected-in-offer"};
  if (!IsSupported(section)) return {"not-supported"};
  if (section.port == 0 && BundleGroupOf(offer, section.mid) == nullptr) {
    return {"bundle-only-without-group", "RFC 9143, 6"};
  }
  const auto kind = KindOf(section);
  if (!kind) return {};
  if (!EffectiveRtcpMux(offer, index)) return {"no-rtcp-mux", "RFC 9429, 4.1.1"};
  const Transceiver* transceiver = state.AtSection(index);
  if (transceiver != nullptr && (transceiver->stopping || transceiver->stopped)) {
    return {"stopped"};
  }
  static const std::vector<Codec> kNoPreference;
  const auto& preferences = transceiver == nullptr ? kNoPreference : transceiver->codec_preferences;
  const auto common =
      AnswerCodecs(capabilities, PreferredCapabilities(capabilities, *kind, preferences), *kind,
                   section, codecs);
  return common.empty() ? Refusal{"no-common-codec"} : Refusal{};
}

// An entry for each section of the offer.
void BeginRecord(const sdp::Description& offer, const State& state, NegotiationRecord& record) {
  for (size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaSection& section = offer.media[i];
    const Transceiver* transceiver = state.AtSection(i);
    record.push_back({.mid = section.mid,
                      .kind = KindOf(section),
                      .transceiver_id = transceiver == nullptr ? std::string() : transceiver->id,
                      .sdp_line = section.line.number,
                      .section = {.subject = CutSubject(section.media)}});
  }
}

// Sections that want one transport, and which they get.
struct Candidates {
  std::vector<size_t> sections{};  // Acceptable ones, in the order of their group.
  std::vector<size_t> offered{};   // With those that are refused for other reasons.
  std::optional<size_t> transport{};
};

// Threading: one call of PlanAnswer.
class AnswerPlanner {
 public:
  AnswerPlanner(const sdp::Description& offer, const State& state, const Options& options,
                NegotiationRecord* record)
      : offer_(offer), state_(state), options_(options), record_(record) {}

  std::vector<Bundle> Plan();

 private:
  void FindAcceptable();
  void FindBundles();
  bool IsAcceptable(size_t index) const {
    return std::find(acceptable_.begin(), acceptable_.end(), index) != acceptable_.end();
  }
  template <typename Suits>
  void KeepTransports(Suits suits);
  void TakeOverTransport();
  bool SharesTransport(size_t a, size_t b) const;
  std::optional<size_t> FirstOf(const char* media) const;
  bool PolicyAllows(const Candidates& bundle, size_t index) const;
  void ApplyPolicy();
  void AddTransports();
  void Refuse(size_t index, Refusal refusal);

  const sdp::Description& offer_;
  const State& state_;
  const Options& options_;
  NegotiationRecord* const record_;
  std::vector<size_t> acceptable_{};
  std::vector<Candidates> bundles_{};
};

void AnswerPlanner::Refuse(size_t index, Refusal refusal) {
  if (record_ == nullptr) return;
  SectionRecord& section = (*record_)[index];
  section.section.kept = false;
  section.section.rule = refusal.rule;
  section.section.reference = refusal.reference;
}

void AnswerPlanner::FindAcceptable() {
  bool have_data = false;
  for (size_t i = 0; i < offer_.media.size(); ++i) {
    Refusal refusal =
        RefusalOf(offer_, i, state_, *options_.capabilities,
                  record_ == nullptr ? Decisions() : Decisions(&(*record_)[i].codecs));
    // There is one SCTP association: a second data section has nothing to carry it.
    if (refusal.rule == nullptr && !KindOf(offer_.media[i]) && std::exchange(have_data, true)) {
      refusal = {"second-data-section", "RFC 8831, 6.2"};
    }
    if (refusal.rule == nullptr) {
      acceptable_.push_back(i);
    } else {
      Refuse(i, refusal);
    }
  }
}

void AnswerPlanner::FindBundles() {
  std::set<size_t> placed;
  for (size_t i : acceptable_) {
    if (placed.contains(i)) continue;
    Candidates bundle;
    const sdp::Group* group = BundleGroupOf(offer_, offer_.media[i].mid);
    if (group == nullptr) {
      bundle.sections = bundle.offered = {i};
    } else {
      // The section that leads the offer leads the answer when it can.
      for (const std::string& mid : group->mids) {
        const auto index = FindSection(offer_, mid);
        if (!index || offer_.media[*index].IsRejected()) continue;
        bundle.offered.push_back(*index);
        if (IsAcceptable(*index)) bundle.sections.push_back(*index);
      }
    }
    placed.insert(bundle.sections.begin(), bundle.sections.end());
    bundles_.push_back(std::move(bundle));
  }
}

// Bundles without a transport get that of one of their sections, where `suits` says so and no other
// bundle has it. A section that is refused now counts: the offerer could not know.
template <typename Suits>
void AnswerPlanner::KeepTransports(Suits suits) {
  std::set<size_t> taken;
  for (const Candidates& bundle : bundles_) {
    if (bundle.transport) taken.insert(*bundle.transport);
  }
  for (Candidates& bundle : bundles_) {
    for (size_t i : bundle.offered) {
      const auto transport = state_.CarriedBy(i);
      if (bundle.transport || !transport || taken.contains(*transport)) continue;
      if (!suits(bundle, i, state_.transports[*transport])) continue;
      bundle.transport = transport;
      taken.insert(*transport);
    }
  }
}

// See FirstTransport.
void AnswerPlanner::TakeOverTransport() {
  std::optional<size_t> first;
  for (size_t i = 0; i < offer_.media.size(); ++i) {
    if (offer_.media[i].IsRejected()) continue;
    if (state_.CarriedBy(i)) return;
    if (!first) first = i;
  }
  for (Candidates& bundle : bundles_) {
    const auto& offered = bundle.offered;
    if (first && std::find(offered.begin(), offered.end(), *first) != offered.end()) {
      bundle.transport = FirstTransport(state_);
    }
  }
}

bool AnswerPlanner::SharesTransport(size_t a, size_t b) const {
  return std::any_of(bundles_.begin(), bundles_.end(), [&](const Candidates& bundle) {
    const auto has = [&](size_t i) {
      return std::find(bundle.sections.begin(), bundle.sections.end(), i) != bundle.sections.end();
    };
    return has(a) && has(b);
  });
}

// Null media: of any kind.
std::optional<size_t> AnswerPlanner::FirstOf(const char* media) const {
  std::optional<size_t> first;
  for (size_t i : acceptable_) {
    if (media != nullptr && offer_.media[i].media != media) continue;
    if (state_.WasLive(i)) return i;
    if (!first) first = i;
  }
  return first;
}

bool AnswerPlanner::PolicyAllows(const Candidates& bundle, size_t index) const {
  switch (options_.config.bundle_policy) {
    case BundlePolicy::kMaxCompat:
      return true;
    case BundlePolicy::kMaxBundle:
      return SharesTransport(index, *FirstOf(nullptr));
    case BundlePolicy::kBalanced:
      break;
  }
  if (bundle.transport && state_.CarriedBy(index) == bundle.transport) return true;
  return SharesTransport(index, *FirstOf(offer_.media[index].media.c_str()));
}

void AnswerPlanner::ApplyPolicy() {
  std::vector<size_t> refused;
  for (const Candidates& bundle : bundles_) {
    for (size_t i : bundle.sections) {
      if (!PolicyAllows(bundle, i)) refused.push_back(i);
    }
  }
  for (size_t i : refused) {
    Refuse(i, {"not-in-bundle", "RFC 9429, 4.1.1"});
    if (record_ != nullptr) (*record_)[i].codecs.clear();
  }
  for (Candidates& bundle : bundles_) {
    std::erase_if(bundle.sections, [&](size_t i) {
      return std::find(refused.begin(), refused.end(), i) != refused.end();
    });
  }
  std::erase_if(bundles_, [](const Candidates& bundle) { return bundle.sections.empty(); });
}

void AnswerPlanner::AddTransports() {
  // A transport that this answer ends is there until it does.
  std::set<size_t> taken = TransportsInUse(state_);
  const size_t limit = std::max<size_t>(options_.limits.max_transports, 1);
  for (Candidates& bundle : bundles_) {
    for (size_t t = 0; t < limit && !bundle.transport; ++t) {
      if (taken.insert(t).second) bundle.transport = t;
    }
    if (bundle.transport) continue;
    for (size_t i : bundle.sections) {
      Refuse(i, {"too-many-transports", "RFC 3264, 6"});
      if (record_ != nullptr) (*record_)[i].codecs.clear();
    }
  }
  std::erase_if(bundles_, [](const Candidates& bundle) { return !bundle.transport; });
}

std::vector<Bundle> AnswerPlanner::Plan() {
  if (record_ != nullptr) BeginRecord(offer_, state_, *record_);
  FindAcceptable();
  FindBundles();
  // Where the offer goes on with the credentials of a transport that is it; else the bundle with
  // the section that has led it, else any with one of its sections.
  KeepTransports([&](const Candidates& bundle, size_t, const TransportState& transport) {
    if (!transport.remote_ice) return false;
    const IceParameters now = EffectiveIce(offer_, bundle.sections.front());
    return now.ufrag == transport.remote_ice->ufrag && now.pwd == transport.remote_ice->pwd;
  });
  KeepTransports([&](const Candidates&, size_t index, const TransportState& transport) {
    return offer_.media[index].mid == transport.tagged_mid;
  });
  KeepTransports([](const Candidates&, size_t, const TransportState&) { return true; });
  TakeOverTransport();
  ApplyPolicy();
  AddTransports();
  std::vector<Bundle> plan;
  for (const Candidates& bundle : bundles_) {
    plan.push_back({.transport = *bundle.transport, .sections = bundle.sections});
    const bool grouped =
        BundleGroupOf(offer_, offer_.media[bundle.sections.front()].mid) != nullptr;
    for (size_t i : bundle.sections) {
      if (record_ == nullptr) break;
      (*record_)[i].section.kept = true;
      (*record_)[i].section.rule = grouped ? "accepted" : "accepted-unbundled";
      (*record_)[i].section.reference = "RFC 9429, 5.3.1";
    }
  }
  return plan;
}

}  // namespace

std::vector<Bundle> PlanAnswer(const sdp::Description& offer, const State& state,
                               const Options& options, NegotiationRecord* record) {
  return AnswerPlanner(offer, state, options, record).Plan();
}

}  // namespace pcd::jsep
