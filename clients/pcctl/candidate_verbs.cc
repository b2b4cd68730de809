#include "clients/pcctl/candidate_verbs.h"

namespace pcd::pcctl {
namespace {

constexpr const VerbEntry* kVerbs[] = {&kCandidateListVerb, &kCandidateAddVerb, &kCandidateEndVerb};

}  // namespace

const VerbEntry kCandidateVerbs = {
    .name = "candidate",
    .arguments = "VERB ID [ARGUMENTS]",
    .summary = "List ICE candidates and pairs, add those of the remote.",
    .verbs = kVerbs,
};

}  // namespace pcd::pcctl
