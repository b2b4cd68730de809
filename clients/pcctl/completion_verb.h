// `pcctl completion`.
#ifndef CLIENTS_PCCTL_COMPLETION_VERB_H_
#define CLIENTS_PCCTL_COMPLETION_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kCompletionVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_COMPLETION_VERB_H_
