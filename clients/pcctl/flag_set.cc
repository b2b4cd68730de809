#include "clients/pcctl/flag_set.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace pcd::pcctl {
namespace {

constexpr int64_t kMaxDurationMs = int64_t{1000} * 3600 * 1000;

std::string Column(const FlagSpec& spec, bool is_switch) {
  std::string text = spec.short_name != 0 ? std::string("  -") + spec.short_name + ", " : "      ";
  text.append("--").append(spec.name);
  if (!is_switch) text.append(" ").append(spec.value_name);
  return text;
}

// A flag as it was written, split into its parts.
struct Written {
  bool is_long = false;
  std::string name;
  std::optional<std::string> value;
};

Written Split(const std::string& argument) {
  Written written;
  written.is_long = argument.starts_with("--");
  if (written.is_long) {
    const size_t equals = argument.find('=');
    written.name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (equals != std::string::npos) written.value = argument.substr(equals + 1);
    return written;
  }
  written.name = argument.substr(1, 1);
  if (argument.size() > 2) written.value = argument.substr(argument[2] == '=' ? 3 : 2);
  return written;
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number <= 0 || number > kMaxDurationMs) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  int64_t factor = 0;
  if (unit == "ms") factor = 1;
  if (unit == "s" || unit.empty()) factor = 1000;
  if (unit == "m") factor = int64_t{60} * 1000;
  if (unit == "h") factor = int64_t{3600} * 1000;
  if (factor == 0 || number > kMaxDurationMs / factor) return std::nullopt;
  return std::chrono::milliseconds(number * factor);
}

void FlagSet::Add(FlagSpec spec, std::function<std::string(const std::string&)> set) {
  flags_.push_back({.spec = spec, .is_switch = false, .choices = {}, .set = std::move(set)});
}

void FlagSet::AddString(FlagSpec spec, std::string* value) {
  Add(spec, [value](const std::string& text) {
    *value = text;
    return std::string();
  });
}

void FlagSet::AddList(FlagSpec spec, std::vector<std::string>* values,
                      std::vector<std::string> choices) {
  Add(spec, [values](const std::string& text) {
    values->push_back(text);
    return std::string();
  });
  flags_.back().choices = std::move(choices);
}

void FlagSet::AddSwitch(FlagSpec spec, bool* value) {
  Add(spec, [value](const std::string& text) {
    *value = text == "true";
    return text == "true" || text == "false" ? std::string() : "takes true or false";
  });
  flags_.back().is_switch = true;
}

void FlagSet::AddDuration(FlagSpec spec, std::optional<std::chrono::milliseconds>* value) {
  Add(spec, [value](const std::string& text) {
    *value = ParseDuration(text);
    return value->has_value() ? std::string() : "takes a time above zero such as 500ms, 30s or 5m";
  });
}

void FlagSet::AddNumber(FlagSpec spec, uint32_t min, uint32_t max, std::optional<uint32_t>* value) {
  Add(spec, [min, max, value](const std::string& text) {
    uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && rest == end && number >= min && number <= max) {
      *value = number;
      return std::string();
    }
    return "takes a number from " + std::to_string(min) + " to " + std::to_string(max);
  });
}

void FlagSet::AddChoice(FlagSpec spec, std::vector<std::string> values, std::string* value) {
  Add(spec, [values, value](const std::string& text) {
    *value = text;
    if (std::find(values.begin(), values.end(), text) != values.end()) return std::string();
    std::string error = "takes one of";
    for (const std::string& allowed : values) error.append(" ").append(allowed);
    return error;
  });
  flags_.back().choices = std::move(values);
}

const FlagSet::Flag* FlagSet::Find(std::string_view name) const {
  for (const Flag& flag : flags_) {
    if (flag.spec.name == name) return &flag;
  }
  return nullptr;
}

const FlagSet::Flag* FlagSet::FindShort(char name) const {
  for (const Flag& flag : flags_) {
    if (flag.spec.short_name == name) return &flag;
  }
  return nullptr;
}

// Reads the flag at result->next with its value, and leaves that at the argument after it.
void FlagSet::ParseFlag(const std::vector<std::string>& arguments, Result* result) const {
  const std::string& argument = arguments[result->next++];
  Written written = Split(argument);
  const std::string shown = (written.is_long ? "--" : "-") + written.name;
  const Flag* flag = written.is_long ? Find(written.name) : FindShort(written.name[0]);
  if (flag == nullptr) {
    result->error = "unknown flag " + shown;
    return;
  }
  if (!written.value.has_value()) {
    if (flag->is_switch) {
      written.value = "true";
    } else if (result->next < arguments.size()) {
      written.value = arguments[result->next++];
    } else {
      result->error = shown + " needs a value: " + std::string(flag->spec.value_name);
      result->incomplete = flag->spec.name;
      return;
    }
  }
  const std::string error = flag->set(*written.value);
  if (!error.empty()) result->error = shown + " " + error + ", not '" + *written.value + "'";
}

FlagSet::Result FlagSet::Parse(const std::vector<std::string>& arguments, bool stop_at_positional) {
  Result result;
  bool flags_ended = false;
  while (result.next < arguments.size()) {
    const std::string& argument = arguments[result.next];
    if (!flags_ended && argument == "--") {
      flags_ended = true;
      ++result.next;
    } else if (flags_ended || argument.size() < 2 || argument[0] != '-') {
      if (stop_at_positional) return result;
      result.positionals.push_back(argument);
      ++result.next;
    } else {
      ParseFlag(arguments, &result);
      if (!result.error.empty()) return result;
    }
  }
  return result;
}

std::string FlagSet::Help() const {
  size_t width = 0;
  for (const Flag& flag : flags_) {
    width = std::max(width, Column(flag.spec, flag.is_switch).size());
  }
  std::string text;
  for (const Flag& flag : flags_) {
    std::string column = Column(flag.spec, flag.is_switch);
    column.resize(width + 2, ' ');
    text += column;
    for (const char c : flag.spec.help) {
      text += c;
      // Further lines of a help text stand below the first.
      if (c == '\n') text.append(width + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace pcd::pcctl
