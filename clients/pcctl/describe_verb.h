// `pcctl describe`.
#ifndef CLIENTS_PCCTL_DESCRIBE_VERB_H_
#define CLIENTS_PCCTL_DESCRIBE_VERB_H_

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

extern const VerbEntry kDescribeVerb;

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_DESCRIBE_VERB_H_
