#include "clients/pcctl/completion_verb.h"

#include "clients/pcctl/completion_script.h"

namespace pcd::pcctl {
namespace {

class CompletionVerb : public Verb {
 public:
  std::string Check(const std::vector<std::string>& arguments) override {
    if (arguments.size() == 1) script_ = CompletionScript(arguments[0]);
    if (!script_.empty()) return "";
    std::string error = "completion needs the name of a shell, one of";
    for (const std::string& name : ShellNames()) error.append(" ").append(name);
    return error;
  }

  ExitCode Run(const VerbContext& context) override {
    context.environment.out << script_;
    return ExitCode::kOk;
  }

 private:
  std::string_view script_;
};

constexpr Noun kNouns[] = {Noun::kShell};

}  // namespace

const VerbEntry kCompletionVerb = {
    .name = "completion",
    .arguments = "bash|zsh",
    .summary = "Print a script that completes pcctl's command lines in a shell.",
    .description =
        "For the shell that runs: source <(pcctl completion bash). For every shell: put that line\n"
        "into ~/.bashrc; for zsh put \"source <(pcctl completion zsh)\" after compinit into "
        "~/.zshrc.\n"
        "Verbs, flags and their values are completed, and the ids of connections, sinks and data\n"
        "channels, for which the service is asked.\n",
    .make = []() -> std::unique_ptr<Verb> { return std::make_unique<CompletionVerb>(); },
    .nouns = kNouns,
};

}  // namespace pcd::pcctl
