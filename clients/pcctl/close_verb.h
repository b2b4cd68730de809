// `pcctl close`.
#ifndef CLIENTS_PCCTL_CLOSE_VERB_H_
#define CLIENTS_PCCTL_CLOSE_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kCloseVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CLOSE_VERB_H_
