// `pcctl sink` and its verbs.
#ifndef CLIENTS_PCCTL_SINK_VERBS_H_
#define CLIENTS_PCCTL_SINK_VERBS_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kSinkVerbs;

extern const VerbEntry kSinkListVerb;
extern const VerbEntry kSinkCreateVerb;
extern const VerbEntry kSinkPauseVerb;
extern const VerbEntry kSinkResumeVerb;
extern const VerbEntry kSinkDeleteVerb;
extern const VerbEntry kSinkSdpVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_SINK_VERBS_H_
