// `pcctl create`.
#ifndef CLIENTS_PCCTL_CREATE_VERB_H_
#define CLIENTS_PCCTL_CREATE_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kCreateVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CREATE_VERB_H_
