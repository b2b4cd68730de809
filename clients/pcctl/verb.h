// What every verb of pcctl looks like to the program.
#ifndef CLIENTS_PCCTL_VERB_H_
#define CLIENTS_PCCTL_VERB_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/pcctl/client.h"
#include "clients/pcctl/environment.h"
#include "clients/pcctl/exit_code.h"
#include "clients/pcctl/flag_set.h"
#include "clients/pcctl/global_options.h"

namespace pcd::pcctl {

// What a verb runs with.
struct VerbContext {
  Environment& environment;
  const GlobalOptions& options;
  Client& client;
};

// One verb of one command line. Calls come in the order AddFlags, Check, Run.
// Threading: one thread.
class Verb {
 public:
  virtual ~Verb() = default;

  // Its own flags, beside the global ones.
  virtual void AddFlags(FlagSet* /*flags*/) {}
  // What is wrong with the arguments; empty: nothing. No call is made if there is something.
  virtual std::string Check(const std::vector<std::string>& arguments) = 0;
  virtual ExitCode Run(const VerbContext& context) = 0;
};

// A verb as `pcctl help` lists it.
struct VerbEntry {
  std::string_view name;
  // The command line after the name.
  std::string_view arguments;
  // One line.
  std::string_view summary;
  // Paragraphs, ended by a line end; may be empty.
  std::string_view description;
  std::unique_ptr<Verb> (*make)();
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_VERB_H_
