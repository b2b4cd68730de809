// The program, without its process.
#ifndef CLIENTS_PCCTL_APP_H_
#define CLIENTS_PCCTL_APP_H_

#include <string>
#include <vector>

#include "clients/pcctl/environment.h"
#include "clients/pcctl/exit_code.h"

namespace pcd::pcctl {

inline constexpr char kVersion[] = "0.1.0";

// Runs one command line; `arguments` are those after the program's name.
ExitCode RunApp(const std::vector<std::string>& arguments, Environment& environment);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_APP_H_
