// What could stand next on a command line: the scripts of `pcctl completion` ask for it.
#ifndef CLIENTS_PCCTL_COMPLETION_H_
#define CLIENTS_PCCTL_COMPLETION_H_

#include <string>
#include <string_view>
#include <vector>

#include "clients/pcctl/environment.h"

namespace pcd::pcctl {

// `pcctl __complete WORD...` prints what Complete returns, one in a line. Only scripts call it.
inline constexpr std::string_view kCompleteWord = "__complete";

// In the place of candidates: the shell shall offer files.
inline constexpr std::string_view kCompleteFiles = ":files";

// All that the last word can be completed to; the words before it are complete, and the program's
// name is none of them. Verbs, flags and their values come from the verb table and the flags of
// each verb; ids of connections, sinks and data channels from the service that the words, the
// environment or the default name, if it answers within three seconds. Never an error: nothing
// fits.
std::vector<std::string> Complete(const std::vector<std::string>& words, Environment& environment);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_COMPLETION_H_
