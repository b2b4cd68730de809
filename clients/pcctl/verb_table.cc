#include "clients/pcctl/verb_table.h"

#include "clients/pcctl/accept_offer_verb.h"
#include "clients/pcctl/candidate_verbs.h"
#include "clients/pcctl/close_verb.h"
#include "clients/pcctl/completion_verb.h"
#include "clients/pcctl/create_verb.h"
#include "clients/pcctl/data_verbs.h"
#include "clients/pcctl/describe_verb.h"
#include "clients/pcctl/get_verb.h"
#include "clients/pcctl/list_verb.h"
#include "clients/pcctl/sink_verbs.h"
#include "clients/pcctl/stats_verb.h"
#include "clients/pcctl/watch_verb.h"

namespace pcd::pcctl {
namespace {

constexpr const VerbEntry* kVerbs[] = {
    &kCreateVerb, &kGetVerb,        &kDescribeVerb, &kListVerb,
    &kCloseVerb,  &kWatchVerb,      &kStatsVerb,    &kAcceptOfferVerb,
    &kSinkVerbs,  &kCandidateVerbs, &kDataVerbs,    &kCompletionVerb,
};

constexpr VerbEntry kProgram = {
    .name = "",
    .arguments = "VERB [ARGUMENTS]",
    .summary = "pcctl controls peerconnectiond, which hosts WebRTC PeerConnections.",
    .verbs = kVerbs,
};

}  // namespace

const VerbEntry& Program() { return kProgram; }

std::string_view LastWord(const VerbEntry& entry) {
  // npos + 1 is 0.
  return entry.name.substr(entry.name.rfind(' ') + 1);
}

const VerbEntry* FindVerb(const VerbEntry& group, std::string_view word) {
  for (const VerbEntry* entry : group.verbs) {
    if (LastWord(*entry) == word) return entry;
  }
  return nullptr;
}

const VerbEntry* FindVerb(const std::vector<std::string>& words) {
  const VerbEntry* entry = &kProgram;
  for (const std::string& word : words) {
    entry = FindVerb(*entry, word);
    if (entry == nullptr) return nullptr;
  }
  return entry;
}

}  // namespace pcd::pcctl
