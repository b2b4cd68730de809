#include "clients/pcctl/app.h"

#include <memory>

#include "clients/pcctl/command_line.h"
#include "clients/pcctl/completion.h"
#include "clients/pcctl/flag_set.h"
#include "clients/pcctl/global_options.h"
#include "clients/pcctl/help.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/verb.h"
#include "clients/pcctl/verb_table.h"

namespace pcd::pcctl {
namespace {

ExitCode UsageError(const std::string& message, std::string_view verb, Environment& environment) {
  environment.err << "Error: " << message << "\nSee \"pcctl " << verb
                  << (verb.empty() ? "help" : " --help") << "\".\n";
  return ExitCode::kUsage;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

ExitCode RunHelp(const std::vector<std::string>& words, Environment& environment) {
  const VerbEntry* entry = FindVerb(words);
  if (entry == nullptr) return UsageError("no verb '" + Joined(words) + "'", "", environment);
  environment.out << Help(*entry);
  return ExitCode::kOk;
}

ExitCode RunVersion(const GlobalOptions& options, Environment& environment) {
  if (options.json()) {
    PrintJson(Json{{"clientVersion", kVersion}}, environment.out);
  } else {
    environment.out << "pcctl " << kVersion << '\n';
  }
  return ExitCode::kOk;
}

ExitCode RunVerb(const VerbEntry& entry, GlobalOptions& options,
                 const std::vector<std::string>& arguments, Environment& environment) {
  const std::unique_ptr<Verb> verb = entry.make();
  FlagSet flags;
  verb->AddFlags(&flags);
  options.AddFlags(&flags);
  const FlagSet::Result parsed = flags.Parse(arguments);
  if (options.help) {
    environment.out << Help(entry);
    return ExitCode::kOk;
  }
  std::string error = parsed.error;
  if (error.empty()) error = options.Check();
  if (error.empty()) error = verb->Check(parsed.positionals);
  if (!error.empty()) return UsageError(error, entry.name, environment);
  const std::unique_ptr<Client> client = Client::Make(options, &error);
  if (client == nullptr) return UsageError(error, entry.name, environment);
  return verb->Run({.environment = environment, .options = options, .client = *client});
}

// `help` and `version` take the global flags, and make no call.
ExitCode RunWithoutService(const std::string& name, GlobalOptions& options,
                           const std::vector<std::string>& arguments, Environment& environment) {
  FlagSet flags;
  options.AddFlags(&flags);
  const FlagSet::Result parsed = flags.Parse(arguments);
  if (!parsed.error.empty()) return UsageError(parsed.error, "", environment);
  if (name == "help") return RunHelp(parsed.positionals, environment);
  if (options.help) return RunHelp({}, environment);
  return RunVersion(options, environment);
}

// A command line whose words lead to a group, or to none of its verbs.
ExitCode RunGroup(const CommandLine& line, GlobalOptions& options, Environment& environment) {
  const VerbEntry& group = *line.entry;
  if (options.help) {
    environment.out << Help(group);
    return ExitCode::kOk;
  }
  if (!line.error.empty()) return UsageError(line.error, group.name, environment);
  if (line.rest.empty()) {
    environment.err << Help(group);
    return ExitCode::kUsage;
  }
  const std::string& word = line.rest.front();
  if (!group.name.empty()) {
    const std::string name = std::string(group.name) + " " + word;
    return UsageError("no verb '" + name + "'", group.name, environment);
  }
  const std::vector<std::string> arguments(line.rest.begin() + 1, line.rest.end());
  if (word == kCompleteWord) {
    for (const std::string& found : Complete(arguments, environment)) {
      environment.out << found << '\n';
    }
    return ExitCode::kOk;
  }
  if (word == "help" || word == "version") {
    return RunWithoutService(word, options, arguments, environment);
  }
  return UsageError("no verb '" + word + "'", "", environment);
}

ExitCode Dispatch(const std::vector<std::string>& arguments, Environment& environment) {
  GlobalOptions options;
  options.Load(environment);
  const CommandLine line = ReadCommandLine(arguments, &options);
  if (line.entry->is_group()) return RunGroup(line, options, environment);
  return RunVerb(*line.entry, options, line.rest, environment);
}

}  // namespace

ExitCode RunApp(const std::vector<std::string>& arguments, Environment& environment) {
  const ExitCode code = Dispatch(arguments, environment);
  environment.out.flush();
  if (environment.out) return code;
  environment.err << "Error: cannot write the output\n";
  return code == ExitCode::kOk ? ExitCode::kFailed : code;
}

}  // namespace pcd::pcctl
