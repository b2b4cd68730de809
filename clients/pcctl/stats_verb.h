// `pcctl stats`.
#ifndef CLIENTS_PCCTL_STATS_VERB_H_
#define CLIENTS_PCCTL_STATS_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kStatsVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_STATS_VERB_H_
