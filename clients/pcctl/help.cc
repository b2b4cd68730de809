#include "clients/pcctl/help.h"

#include <sstream>

#include "clients/pcctl/accept_offer_verb.h"
#include "clients/pcctl/close_verb.h"
#include "clients/pcctl/create_verb.h"
#include "clients/pcctl/exit_code.h"
#include "clients/pcctl/get_verb.h"
#include "clients/pcctl/list_verb.h"
#include "clients/pcctl/stats_verb.h"
#include "clients/pcctl/table.h"
#include "clients/pcctl/watch_verb.h"

namespace pcd::pcctl {
namespace {

constexpr const VerbEntry* kVerbs[] = {
    &kCreateVerb, &kGetVerb, &kListVerb, &kCloseVerb, &kWatchVerb, &kStatsVerb, &kAcceptOfferVerb,
};

std::string GlobalFlagsHelp() {
  GlobalOptions options;
  FlagSet flags;
  options.AddFlags(&flags);
  return "Flags of every verb:\n" + flags.Help();
}

}  // namespace

std::span<const VerbEntry* const> Verbs() { return kVerbs; }

const VerbEntry* FindVerb(std::string_view name) {
  for (const VerbEntry* entry : kVerbs) {
    if (entry->name == name) return entry;
  }
  return nullptr;
}

std::string ProgramHelp() {
  std::ostringstream text;
  text << "pcctl controls peerconnectiond, which hosts WebRTC PeerConnections.\n\n"
          "Usage: pcctl VERB [ARGUMENTS] [FLAGS]\n\nVerbs:\n";
  Table verbs;
  for (const VerbEntry* entry : kVerbs) {
    verbs.AddRow({"  " + std::string(entry->name), std::string(entry->summary)});
  }
  verbs.AddRow({"  help", "Show this help, or that of a verb."});
  verbs.AddRow({"  version", "Show the version of pcctl."});
  verbs.Print(text);
  text << '\n' << GlobalFlagsHelp() << "\nExit status:\n" << kExitCodeHelp;
  return text.str();
}

std::string VerbHelp(const VerbEntry& entry) {
  std::string text(entry.summary);
  text.append("\n\nUsage: pcctl ").append(entry.name).append(" ").append(entry.arguments);
  text.append(" [FLAGS]\n");
  if (!entry.description.empty()) text.append("\n").append(entry.description);
  FlagSet flags;
  const auto verb = entry.make();
  verb->AddFlags(&flags);
  const std::string own = flags.Help();
  if (!own.empty()) text.append("\nFlags:\n").append(own);
  text.append("\n").append(GlobalFlagsHelp());
  return text;
}

}  // namespace pcd::pcctl
