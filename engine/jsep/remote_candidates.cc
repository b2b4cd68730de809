#include "engine/jsep/remote_candidates.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/jsep/local_section.h"
#include "engine/jsep/section_view.h"
#include "engine/jsep/transport_actions.h"
#include "engine/sdp/candidate.h"
#include "engine/sdp/writer.h"

namespace pcd::jsep {
namespace {

absl::Status Refuse(const char* message, const char* field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CANDIDATE, message,
                   {.dom_exception = "OperationError", .field = field});
}

// The section an indication names. `every`: it names none, which only the end may do.
struct Target {
  size_t index = 0;
  bool every = false;
};

// W3C: only the end of candidates may come without a section.
absl::Status CheckNamesSection(const IceCandidateInit& init, bool is_end) {
  if (is_end || init.sdp_mid || init.sdp_mline_index) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT,
                   "a candidate needs sdp_mid or sdp_mline_index",
                   {.dom_exception = "TypeError", .field = "sdp_mid"});
}

absl::Status TooMany(size_t limit) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                   "more than " + std::to_string(limit) + " remote candidates",
                   {.dom_exception = "OperationError"});
}

absl::StatusOr<Target> FindTarget(const sdp::Description& remote, const IceCandidateInit& init,
                                  bool is_end) {
  // Some signalling turns an absent mid into an empty one.
  if (init.sdp_mid && (!init.sdp_mid->empty() || !init.sdp_mline_index)) {
    const auto index = FindSection(remote, *init.sdp_mid);
    if (!index) return Refuse("no section has this mid", "sdp_mid");
    return Target{.index = *index};
  }
  if (init.sdp_mline_index) {
    if (*init.sdp_mline_index >= remote.media.size()) {
      return Refuse("no section has this index", "sdp_mline_index");
    }
    return Target{.index = *init.sdp_mline_index};
  }
  PCD_RETURN_IF_ERROR(CheckNamesSection(init, is_end));
  return Target{.every = true};
}

bool HasUfrag(const sdp::Description& description, const Target& target, const std::string& ufrag) {
  for (size_t i = 0; i < description.media.size(); ++i) {
    if ((target.every || i == target.index) && EffectiveIce(description, i).ufrag == ufrag) {
      return true;
    }
  }
  return false;
}

size_t CountCandidates(const sdp::Description& description) {
  size_t count = 0;
  for (const sdp::MediaSection& section : description.media) count += section.candidates.size();
  return count;
}

bool Knows(const sdp::MediaSection& section, const Candidate& candidate) {
  return std::any_of(section.candidates.begin(), section.candidates.end(),
                     [&](const Candidate& c) { return SameCandidate(c, candidate); });
}

// Returns whether the description did not have it.
bool Append(StoredDescription& stored, const Target& target,
            const std::optional<Candidate>& candidate) {
  bool is_new = false;
  for (size_t i = 0; i < stored.parsed.media.size(); ++i) {
    sdp::MediaSection& section = stored.parsed.media[i];
    if (!target.every && i != target.index) continue;
    std::string line;
    if (candidate && !Knows(section, *candidate)) {
      section.candidates.push_back(*candidate);
      line = "a=" + sdp::WriteCandidate(*candidate);
    } else if (!candidate && !section.end_of_candidates && !section.IsRejected()) {
      section.end_of_candidates = true;
      line = "a=end-of-candidates";
    }
    if (line.empty()) continue;
    is_new = true;
    stored.shown = std::make_shared<const SessionDescription>(SessionDescription{
        .type = stored.type, .sdp = sdp::AppendToSection(DescriptionOf(stored)->sdp, i, line)});
  }
  return is_new;
}

// Whether the transport of a section already talks to the generation that `remote` has for it.
bool IsRunning(const State& state, const sdp::Description& remote, size_t index) {
  const auto transport = state.CarriedBy(index);
  if (!transport) return false;  // Kept until an answer starts it.
  const auto& ice = state.transports[*transport].remote_ice;
  return ice && EffectiveIce(remote, index).ufrag == ice->ufrag;
}

// The transports that have use for the indication now.
std::set<size_t> TransportsFor(const State& state, const sdp::Description& remote,
                               const Target& target, bool is_end) {
  std::set<size_t> transports;
  for (size_t i = 0; i < remote.media.size(); ++i) {
    if ((!target.every && i != target.index) || !IsRunning(state, remote, i)) continue;
    const size_t transport = *state.CarriedBy(i);
    if (!target.every && remote.media[i].IsRejected()) continue;
    // The end counts for the section that leads the transport; for others it says that they
    // have no candidates of their own.
    const bool leads = state.transports[transport].tagged_mid == remote.media[i].mid;
    if (!is_end || target.every || leads) transports.insert(transport);
  }
  return transports;
}

std::string UfragOf(const IceCandidateInit& init, const std::optional<Candidate>& candidate) {
  if (!init.username_fragment.empty()) return init.username_fragment;
  return candidate ? candidate->Ufrag() : std::string();
}

// Before any remote description there is nothing to compare with; the texts are short because
// they were parsed, all but mid and ufrag, which are bounded here.
absl::StatusOr<RemoteCandidate> KeepEarly(State& state, const Limits& limits,
                                          const IceCandidateInit& init,
                                          const std::optional<Candidate>& candidate) {
  constexpr size_t kMaxNameBytes = 256;
  PCD_RETURN_IF_ERROR(CheckNamesSection(init, !candidate));
  if (init.sdp_mid.value_or("").size() > kMaxNameBytes) return Refuse("too long", "sdp_mid");
  if (init.username_fragment.size() > kMaxNameBytes) return Refuse("too long", "username_fragment");
  RemoteCandidate result{.mid = init.sdp_mid.value_or(""),
                         .ufrag = UfragOf(init, candidate),
                         .end_of_candidates = !candidate};
  std::vector<IceCandidateInit>& early = state.early_candidates;
  if (candidate && candidate->component != 1) return result;
  IceCandidateInit kept = init;
  if (!candidate) kept.candidate.clear();  // Its other forms have any length.
  if (std::find(early.begin(), early.end(), kept) != early.end()) return result;
  const auto alike = std::count_if(early.begin(), early.end(), [&](const IceCandidateInit& other) {
    return other.candidate.empty() == !candidate;
  });
  if (static_cast<size_t>(alike) >= limits.max_candidates) return TooMany(limits.max_candidates);
  early.push_back(std::move(kept));
  result.candidate = candidate;
  return result;
}

}  // namespace

void TakeEarlyCandidates(State& state, const Limits& limits, StoredDescription& first) {
  for (const IceCandidateInit& init : std::exchange(state.early_candidates, {})) {
    std::optional<Candidate> candidate;
    if (!init.candidate.empty()) {
      auto parsed = sdp::ParseCandidate(init.candidate);
      if (!parsed.ok()) continue;
      candidate = *std::move(parsed);
    }
    const auto target = FindTarget(first.parsed, init, !candidate);
    if (!target.ok()) continue;
    const std::string ufrag = UfragOf(init, candidate);
    if (!ufrag.empty() && !HasUfrag(first.parsed, *target, ufrag)) continue;
    if (candidate && CountCandidates(first.parsed) >= limits.max_candidates) continue;
    Append(first, *target, candidate);
  }
}

absl::StatusOr<RemoteCandidate> AddRemoteCandidateTo(State& state, const Limits& limits,
                                                     const IceCandidateInit& init) {
  const bool is_end = sdp::IsEndOfCandidates(init.candidate);
  std::optional<Candidate> candidate;
  if (!is_end) {
    PCD_ASSIGN_OR_RETURN(candidate, sdp::ParseCandidate(init.candidate));
  }
  const StoredDescription* latest = state.remote();
  if (latest == nullptr) return KeepEarly(state, limits, init, candidate);
  PCD_ASSIGN_OR_RETURN(const Target target, FindTarget(latest->parsed, init, is_end));
  const std::string ufrag = UfragOf(init, candidate);
  std::vector<SharedOptional<StoredDescription>*> homes;
  for (auto* stored : {&state.pending_remote, &state.current_remote}) {
    if (!*stored || (!target.every && target.index >= (*stored)->parsed.media.size())) continue;
    const bool belongs =
        ufrag.empty() ? &**stored == latest : HasUfrag((*stored)->parsed, target, ufrag);
    if (belongs) homes.push_back(stored);
  }
  if (homes.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::UNKNOWN_UFRAG,
                     "the ufrag belongs to no applied description",
                     {.dom_exception = "OperationError", .field = "username_fragment"});
  }
  RemoteCandidate result{.ufrag = ufrag, .end_of_candidates = is_end};
  const sdp::Description& home = (*homes.front())->parsed;
  if (!target.every) result.mid = home.media[target.index].mid;
  if (candidate) {
    // With rtcp-mux there is no second component; a repetition tells nothing new.
    if (candidate->component != 1 || Knows(home.media[target.index], *candidate)) return result;
    if (CountCandidates(home) >= limits.max_candidates) return TooMany(limits.max_candidates);
  }
  result.candidate = candidate;
  std::set<size_t> transports;
  for (const auto* stored : homes) {
    transports.merge(TransportsFor(state, (*stored)->parsed, target, is_end));
  }
  result.deliver = !transports.empty();
  if (result.deliver) {
    result.transport_index = *transports.begin();
    result.more_transports.assign(std::next(transports.begin()), transports.end());
  }
  for (auto* stored : homes) result.is_new |= Append(stored->Edit(), target, candidate);
  return result;
}

}  // namespace pcd::jsep
