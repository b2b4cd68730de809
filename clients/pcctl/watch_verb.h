// `pcctl watch`.
#ifndef CLIENTS_PCCTL_WATCH_VERB_H_
#define CLIENTS_PCCTL_WATCH_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kWatchVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_WATCH_VERB_H_
