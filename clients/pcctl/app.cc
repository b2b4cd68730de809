#include "clients/pcctl/app.h"

#include <memory>

#include "clients/pcctl/flag_set.h"
#include "clients/pcctl/global_options.h"
#include "clients/pcctl/help.h"
#include "clients/pcctl/json.h"
#include "clients/pcctl/verb.h"

namespace pcd::pcctl {
namespace {

ExitCode UsageError(const std::string& message, std::string_view verb, Environment& environment) {
  environment.err << "Error: " << message << "\nSee \"pcctl " << verb
                  << (verb.empty() ? "help" : " --help") << "\".\n";
  return ExitCode::kUsage;
}

ExitCode RunHelp(const std::vector<std::string>& arguments, Environment& environment) {
  if (arguments.empty()) {
    environment.out << ProgramHelp();
    return ExitCode::kOk;
  }
  const VerbEntry* entry = FindVerb(arguments[0]);
  if (entry == nullptr) return UsageError("no verb '" + arguments[0] + "'", "", environment);
  environment.out << VerbHelp(*entry);
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
  if (options.help) return RunHelp({std::string(entry.name)}, environment);
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

ExitCode Dispatch(const std::vector<std::string>& arguments, Environment& environment) {
  GlobalOptions options;
  options.Load(environment);
  FlagSet flags;
  options.AddFlags(&flags);
  const FlagSet::Result parsed = flags.Parse(arguments, /*stop_at_positional=*/true);
  if (options.help) return RunHelp({}, environment);
  if (!parsed.error.empty()) return UsageError(parsed.error, "", environment);
  if (parsed.next == arguments.size()) {
    environment.err << ProgramHelp();
    return ExitCode::kUsage;
  }
  const std::string& name = arguments[parsed.next];
  const std::vector<std::string> rest(
      arguments.begin() + static_cast<std::ptrdiff_t>(parsed.next) + 1, arguments.end());
  if (name == "help" || name == "version") {
    return RunWithoutService(name, options, rest, environment);
  }
  const VerbEntry* entry = FindVerb(name);
  if (entry == nullptr) return UsageError("no verb '" + name + "'", "", environment);
  return RunVerb(*entry, options, rest, environment);
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
