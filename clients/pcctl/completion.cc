#include "clients/pcctl/completion.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "clients/pcctl/command_line.h"
#include "clients/pcctl/completion_objects.h"
#include "clients/pcctl/completion_script.h"
#include "clients/pcctl/verb_table.h"

namespace pcd::pcctl {
namespace {

// Who presses Tab does not wait longer for the service.
constexpr std::chrono::milliseconds kMaxWait = std::chrono::seconds(3);

bool IsFlag(std::string_view word) { return word.starts_with("-"); }

std::vector<std::string> ValuesOf(const FlagSet::Flag& flag) {
  if (flag.choices.empty() && flag.spec.value_name == "FILE") return {std::string(kCompleteFiles)};
  return flag.choices;
}

// "--name" for all flags, or "--name=value" for the values of the one that is written already.
std::vector<std::string> FlagWords(const FlagSet& flags, const std::string& partial) {
  std::vector<std::string> words;
  const size_t equals = partial.find('=');
  if (equals == std::string::npos) {
    for (const FlagSet::Flag& flag : flags.flags()) {
      words.push_back("--" + std::string(flag.spec.name));
    }
    return words;
  }
  const FlagSet::Flag* flag =
      partial.starts_with("--") ? flags.Find(partial.substr(2, equals - 2)) : nullptr;
  if (flag == nullptr) return words;
  for (const std::string& value : flag->choices) {
    words.push_back(partial.substr(0, equals + 1) + value);
  }
  return words;
}

std::vector<std::string> VerbWords(const VerbEntry& group) {
  std::vector<std::string> words;
  for (const VerbEntry* entry : group.verbs) words.emplace_back(LastWord(*entry));
  return words;
}

// Arguments of `help`: words that lead on to a verb.
std::vector<std::string> HelpWords(const std::vector<std::string>& given) {
  const VerbEntry* entry = FindVerb(given);
  return entry == nullptr ? std::vector<std::string>() : VerbWords(*entry);
}

std::vector<std::string> GroupWords(const CommandLine& line, const GlobalOptions& options,
                                    const std::string& partial) {
  GlobalOptions unused = options;
  FlagSet flags;
  unused.AddFlags(&flags);
  if (!line.incomplete.empty()) return ValuesOf(*flags.Find(line.incomplete));
  if (!line.error.empty()) return {};
  const bool whole_program = line.entry->name.empty();
  if (!line.rest.empty()) {
    if (!whole_program || line.rest.front() != "help") return {};
    return HelpWords({line.rest.begin() + 1, line.rest.end()});
  }
  if (IsFlag(partial)) return FlagWords(flags, partial);
  std::vector<std::string> words = VerbWords(*line.entry);
  if (whole_program) words.insert(words.end(), {"help", "version"});
  return words;
}

std::vector<std::string> ArgumentWords(const VerbEntry& entry, GlobalOptions options,
                                       const std::vector<std::string>& given) {
  if (entry.nouns.empty()) return {};
  const size_t last = entry.nouns.size() - 1;
  if (given.size() > last && !entry.repeats) return {};
  const Noun noun = entry.nouns[std::min(given.size(), last)];
  if (noun == Noun::kShell) return ShellNames();
  options.timeout = std::min(options.timeout.value_or(kMaxWait), kMaxWait);
  std::string error = options.Check();
  if (!error.empty()) return {};
  const std::unique_ptr<Client> client = Client::Make(options, &error);
  if (client == nullptr) return {};
  return ObjectIds(*client, noun, given.empty() ? "" : given.front());
}

std::vector<std::string> VerbArgumentWords(const CommandLine& line, GlobalOptions& options,
                                           const std::string& partial) {
  const std::unique_ptr<Verb> verb = line.entry->make();
  FlagSet flags;
  verb->AddFlags(&flags);
  options.AddFlags(&flags);
  const FlagSet::Result parsed = flags.Parse(line.rest);
  if (!parsed.incomplete.empty()) return ValuesOf(*flags.Find(parsed.incomplete));
  if (!parsed.error.empty()) return {};
  const bool flags_ended = std::ranges::find(line.rest, "--") != line.rest.end();
  if (IsFlag(partial) && !flags_ended) return FlagWords(flags, partial);
  return ArgumentWords(*line.entry, options, parsed.positionals);
}

}  // namespace

std::vector<std::string> Complete(const std::vector<std::string>& words, Environment& environment) {
  if (words.empty()) return {};
  const std::string& partial = words.back();
  GlobalOptions options;
  options.Load(environment);
  const CommandLine line = ReadCommandLine({words.begin(), words.end() - 1}, &options);
  std::vector<std::string> found = line.entry->is_group()
                                       ? GroupWords(line, options, partial)
                                       : VerbArgumentWords(line, options, partial);
  std::erase_if(found, [&](const std::string& each) {
    return !each.starts_with(partial) && each != kCompleteFiles;
  });
  return found;
}

}  // namespace pcd::pcctl
