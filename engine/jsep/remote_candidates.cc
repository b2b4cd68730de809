#include "engine/jsep/remote_candidates.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
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
  if (is_end) return Target{.every = true};
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT,
                   "a candidate needs sdp_mid or sdp_mline_index",
                   {.dom_exception = "TypeError", .field = "sdp_mid"});
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

void Append(StoredDescription& stored, const Target& target,
            const std::optional<Candidate>& candidate) {
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
    if (!line.empty()) stored.text = sdp::AppendToSection(stored.text, i, line);
  }
}

// Whether the transport already talks to the generation and section the indication is for.
bool IsCurrent(const State& state, const sdp::Description& remote, const Target& target,
               bool is_end) {
  if (!state.transport.remote_ice) return false;  // Kept until an answer starts it.
  const std::string& ufrag = state.transport.remote_ice->ufrag;
  if (target.every) return HasUfrag(remote, target, ufrag);
  if (EffectiveIce(remote, target.index).ufrag != ufrag) return false;
  if (remote.media[target.index].IsRejected()) return false;
  if (!is_end) return true;
  // The end counts for the section that leads the transport; for others it says that they
  // have no candidates of their own.
  const std::vector<size_t> sections = TransportSections(remote);
  return !sections.empty() && sections.front() == target.index;
}

}  // namespace

absl::StatusOr<RemoteCandidate> AddRemoteCandidateTo(State& state, const Limits& limits,
                                                     const IceCandidateInit& init) {
  const StoredDescription* latest = state.remote();
  if (latest == nullptr) return InvalidState("there is no remote description");
  const bool is_end = sdp::IsEndOfCandidates(init.candidate);
  std::optional<Candidate> candidate;
  if (!is_end) {
    PCD_ASSIGN_OR_RETURN(candidate, sdp::ParseCandidate(init.candidate));
  }
  PCD_ASSIGN_OR_RETURN(const Target target, FindTarget(latest->parsed, init, is_end));
  const std::string ufrag = !init.username_fragment.empty() ? init.username_fragment
                            : candidate                     ? candidate->Ufrag()
                                                            : std::string();
  std::vector<StoredDescription*> homes;
  for (auto* stored : {&state.pending_remote, &state.current_remote}) {
    if (!*stored || (!target.every && target.index >= (*stored)->parsed.media.size())) continue;
    const bool belongs =
        ufrag.empty() ? &**stored == latest : HasUfrag((*stored)->parsed, target, ufrag);
    if (belongs) homes.push_back(&**stored);
  }
  if (homes.empty())
    return Refuse("the ufrag belongs to no applied description", "username_fragment");
  RemoteCandidate result{.ufrag = ufrag, .end_of_candidates = is_end};
  const sdp::Description& home = homes.front()->parsed;
  if (!target.every) result.mid = home.media[target.index].mid;
  if (candidate) {
    // With rtcp-mux there is no second component; a repetition tells nothing new.
    if (candidate->component != 1 || Knows(home.media[target.index], *candidate)) return result;
    if (CountCandidates(home) >= limits.max_candidates) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                       "more than " + std::to_string(limits.max_candidates) + " remote candidates",
                       {.dom_exception = "OperationError"});
    }
  }
  result.candidate = candidate;
  result.deliver = std::any_of(homes.begin(), homes.end(), [&](const StoredDescription* stored) {
    return IsCurrent(state, stored->parsed, target, is_end);
  });
  for (StoredDescription* stored : homes) Append(*stored, target, candidate);
  return result;
}

}  // namespace pcd::jsep
