// `pcctl candidate` and its verbs.
#ifndef CLIENTS_PCCTL_CANDIDATE_VERBS_H_
#define CLIENTS_PCCTL_CANDIDATE_VERBS_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kCandidateVerbs;

extern const VerbEntry kCandidateListVerb;
extern const VerbEntry kCandidateAddVerb;
extern const VerbEntry kCandidateEndVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CANDIDATE_VERBS_H_
