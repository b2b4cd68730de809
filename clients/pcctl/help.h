// Help texts.
#ifndef CLIENTS_PCCTL_HELP_H_
#define CLIENTS_PCCTL_HELP_H_

#include <string>

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

// `pcctl help`, `pcctl GROUP --help` or `pcctl VERB --help`, as the entry is.
std::string Help(const VerbEntry& entry);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_HELP_H_
