#include "clients/pcctl/help.h"

#include <sstream>

#include "clients/pcctl/exit_code.h"
#include "clients/pcctl/table.h"
#include "clients/pcctl/verb_table.h"

namespace pcd::pcctl {
namespace {

std::string GlobalFlagsHelp() {
  GlobalOptions options;
  FlagSet flags;
  options.AddFlags(&flags);
  return "Flags of every verb:\n" + flags.Help();
}

std::string Usage(const VerbEntry& entry) {
  std::string text = "Usage: pcctl ";
  if (!entry.name.empty()) text.append(entry.name).append(" ");
  return text.append(entry.arguments).append(" [FLAGS]\n");
}

std::string VerbHelp(const VerbEntry& entry) {
  std::string text(entry.summary);
  text.append("\n\n").append(Usage(entry));
  if (!entry.description.empty()) text.append("\n").append(entry.description);
  FlagSet flags;
  const auto verb = entry.make();
  verb->AddFlags(&flags);
  const std::string own = flags.Help();
  if (!own.empty()) text.append("\nFlags:\n").append(own);
  text.append("\n").append(GlobalFlagsHelp());
  return text;
}

std::string GroupHelp(const VerbEntry& entry) {
  const bool whole_program = entry.name.empty();
  std::ostringstream text;
  text << entry.summary << "\n\n" << Usage(entry) << "\nVerbs:\n";
  Table verbs;
  for (const VerbEntry* each : entry.verbs) {
    verbs.AddRow({"  " + std::string(LastWord(*each)), std::string(each->summary)});
  }
  if (whole_program) {
    verbs.AddRow({"  help", "Show this help, or that of a verb."});
    verbs.AddRow({"  version", "Show the version of pcctl."});
  }
  verbs.Print(text);
  if (!entry.description.empty()) text << '\n' << entry.description;
  text << '\n' << GlobalFlagsHelp();
  if (whole_program) text << "\nExit status:\n" << kExitCodeHelp;
  return text.str();
}

}  // namespace

std::string Help(const VerbEntry& entry) {
  return entry.is_group() ? GroupHelp(entry) : VerbHelp(entry);
}

}  // namespace pcd::pcctl
