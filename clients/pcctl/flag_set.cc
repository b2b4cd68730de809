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
  if (!is_switch) text.append(" ").append(spec.placeholder);
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

void FlagSet::Add(FlagSpec spec, bool is_switch,
                  std::function<std::string(const std::string&)> set) {
  flags_.push_back({.spec = spec, .is_switch = is_switch, .set = std::move(set)});
}

void FlagSet::AddString(FlagSpec spec, std::string* value) {
  Add(spec, false, [value](const std::string& text) {
    *value = text;
    return std::string();
  });
}

void FlagSet::AddList(FlagSpec spec, std::vector<std::string>* values) {
  Add(spec, false, [values](const std::string& text) {
    values->push_back(text);
    return std::string();
  });
}

void FlagSet::AddSwitch(FlagSpec spec, bool* value) {
  Add(spec, true, [value](const std::string& text) {
    *value = text == "true";
    return text == "true" || text == "false" ? std::string() : "takes true or false";
  });
}

void FlagSet::AddDuration(FlagSpec spec, std::optional<std::chrono::milliseconds>* value) {
  Add(spec, false, [value](const std::string& text) {
    *value = ParseDuration(text);
    return value->has_value() ? std::string() : "takes a time above zero such as 500ms, 30s or 5m";
  });
}

void FlagSet::AddChoice(FlagSpec spec, std::vector<std::string> values, std::string* value) {
  Add(spec, false, [values = std::move(values), value](const std::string& text) {
    *value = text;
    if (std::find(values.begin(), values.end(), text) != values.end()) return std::string();
    std::string error = "takes one of";
    for (const std::string& allowed : values) error.append(" ").append(allowed);
    return error;
  });
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

// Reads the flag at *index with its value, and leaves *index at the argument after it.
std::string FlagSet::ParseFlag(const std::vector<std::string>& arguments, size_t* index) {
  const std::string& argument = arguments[(*index)++];
  Written written = Split(argument);
  const std::string shown = (written.is_long ? "--" : "-") + written.name;
  const Flag* flag = written.is_long ? Find(written.name) : FindShort(written.name[0]);
  if (flag == nullptr) return "unknown flag " + shown;
  if (!written.value.has_value()) {
    if (flag->is_switch) {
      written.value = "true";
    } else if (*index < arguments.size()) {
      written.value = arguments[(*index)++];
    } else {
      return shown + " needs a value: " + std::string(flag->spec.placeholder);
    }
  }
  const std::string error = flag->set(*written.value);
  return error.empty() ? error : shown + " " + error + ", not '" + *written.value + "'";
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
      result.error = ParseFlag(arguments, &result.next);
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
