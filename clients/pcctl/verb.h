// What every verb of pcctl looks like to the program.
#ifndef CLIENTS_PCCTL_VERB_H_
#define CLIENTS_PCCTL_VERB_H_

#include <memory>
#include <span>
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

// What an argument of a verb names: completion offers those that exist.
enum class Noun { kConnection, kSink, kDataChannel, kShell };

// Of the many verbs that name connections only.
inline constexpr Noun kConnectionNoun[] = {Noun::kConnection};

// A verb as `pcctl help` lists it, or a group of verbs such as `sink`.
struct VerbEntry {
  // As it stands after "pcctl": "get", or "sink list" for a verb of a group.
  std::string_view name;
  // The command line after the name.
  std::string_view arguments;
  // One line.
  std::string_view summary;
  // Paragraphs, ended by a line end; may be empty.
  std::string_view description = {};
  // Null for a group.
  std::unique_ptr<Verb> (*make)() = nullptr;
  // What its arguments name, in order. Further ones: as the last of these if `repeats`.
  std::span<const Noun> nouns = {};
  bool repeats = false;
  // Of a group, in the order of its help.
  std::span<const VerbEntry* const> verbs = {};

  bool is_group() const { return make == nullptr; }
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_VERB_H_
