// Finds the verb of a command line.
#ifndef CLIENTS_PCCTL_COMMAND_LINE_H_
#define CLIENTS_PCCTL_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "clients/pcctl/global_options.h"
#include "clients/pcctl/verb.h"

namespace pcd::pcctl {

struct CommandLine {
  // The verb; or the group, or the program, that nothing after it leads on from.
  const VerbEntry* entry = nullptr;
  // Of a verb: the arguments after its name. Of a group: empty, or a word that is none of its
  // verbs and what follows.
  std::vector<std::string> rest = {};
  // What is wrong with the flags before the name; empty: nothing.
  std::string error = {};
  // As FlagSet::Result::incomplete, of those flags.
  std::string incomplete = {};
};

// `arguments` are those after the program's name. Global flags may stand before the name of a verb
// and between the words of it; `options` takes them.
CommandLine ReadCommandLine(std::vector<std::string> arguments, GlobalOptions* options);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_COMMAND_LINE_H_
