// Verbs that take several names try all of them.
#ifndef CLIENTS_PCCTL_TRY_ALL_H_
#define CLIENTS_PCCTL_TRY_ALL_H_

#include <functional>
#include <string>
#include <vector>

#include "clients/pcctl/exit_code.h"

namespace pcd::pcctl {

// Returns the first failure; kOk if there is none. A service that is not reached for one of them is
// not asked for the next.
inline ExitCode TryAll(const std::vector<std::string>& names,
                       const std::function<ExitCode(const std::string& name)>& attempt) {
  ExitCode first = ExitCode::kOk;
  for (const std::string& name : names) {
    const ExitCode code = attempt(name);
    if (first == ExitCode::kOk) first = code;
    if (code == ExitCode::kUnreachable) break;
  }
  return first;
}

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_TRY_ALL_H_
