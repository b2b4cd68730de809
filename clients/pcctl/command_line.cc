#include "clients/pcctl/command_line.h"

#include <cstddef>
#include <utility>

#include "clients/pcctl/verb_table.h"

namespace pcd::pcctl {

CommandLine ReadCommandLine(std::vector<std::string> arguments, GlobalOptions* options) {
  CommandLine line{.entry = &Program()};
  while (line.entry->is_group()) {
    FlagSet flags;
    options->AddFlags(&flags);
    const FlagSet::Result parsed = flags.Parse(arguments, /*stop_at_positional=*/true);
    arguments.erase(arguments.begin(),
                    arguments.begin() + static_cast<std::ptrdiff_t>(parsed.next));
    line.error = parsed.error;
    line.incomplete = parsed.incomplete;
    if (!line.error.empty() || arguments.empty()) break;
    const VerbEntry* next = FindVerb(*line.entry, arguments.front());
    if (next == nullptr) break;
    line.entry = next;
    arguments.erase(arguments.begin());
  }
  line.rest = std::move(arguments);
  return line;
}

}  // namespace pcd::pcctl
