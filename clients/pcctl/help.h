// Help texts.
#ifndef CLIENTS_PCCTL_HELP_H_
#define CLIENTS_PCCTL_HELP_H_

#include <span>
#include <string>
#include <string_view>

#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

// All verbs, in the order of the help text.
std::span<const VerbEntry* const> Verbs();

// Null: there is none of this name.
const VerbEntry* FindVerb(std::string_view name);

// `pcctl help`.
std::string ProgramHelp();

// `pcctl VERB --help`.
std::string VerbHelp(const VerbEntry& entry);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_HELP_H_
