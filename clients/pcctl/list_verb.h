// `pcctl list`.
#ifndef CLIENTS_PCCTL_LIST_VERB_H_
#define CLIENTS_PCCTL_LIST_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kListVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_LIST_VERB_H_
