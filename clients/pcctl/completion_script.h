// The scripts that make a shell ask pcctl how a command line goes on.
#ifndef CLIENTS_PCCTL_COMPLETION_SCRIPT_H_
#define CLIENTS_PCCTL_COMPLETION_SCRIPT_H_

#include <string>
#include <string_view>
#include <vector>

namespace pcd::pcctl {

// The shells that there is a script for.
std::vector<std::string> ShellNames();

// Empty: there is none for this shell.
std::string_view CompletionScript(std::string_view shell);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_COMPLETION_SCRIPT_H_
