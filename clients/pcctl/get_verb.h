// `pcctl get`.
#ifndef CLIENTS_PCCTL_GET_VERB_H_
#define CLIENTS_PCCTL_GET_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kGetVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_GET_VERB_H_
