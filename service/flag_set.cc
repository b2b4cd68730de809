#include "service/flag_set.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/status.h"

namespace pcd::service {
namespace {

constexpr size_t kHelpColumn = 8;

absl::Status ParseInteger(const std::string& text, int64_t min, int64_t max, int64_t* out) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || value < min || value > max) {
    return InvalidArgument("\"" + text + "\" is not a number from " + std::to_string(min) + " to " +
                           std::to_string(max));
  }
  *out = value;
  return absl::OkStatus();
}

absl::Status ParseDuration(const std::string& text, std::chrono::microseconds* out) {
  constexpr int64_t kMost = 1'000'000'000;
  const size_t digits = text.find_first_not_of("0123456789");
  const std::string unit = digits == std::string::npos ? "s" : text.substr(digits);
  int64_t value = 0;
  const absl::Status status = ParseInteger(text.substr(0, digits), 0, kMost, &value);
  if (status.ok() && unit == "ms") {
    *out = std::chrono::milliseconds(value);
  } else if (status.ok() && unit == "s") {
    *out = std::chrono::seconds(value);
  } else if (status.ok() && unit == "m") {
    *out = std::chrono::minutes(value);
  } else {
    return InvalidArgument("\"" + text + "\" is not a duration such as 250ms, 30s or 5m");
  }
  return absl::OkStatus();
}

std::string DurationText(std::chrono::microseconds value) {
  const int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
  return millis % 1000 == 0 ? std::to_string(millis / 1000) + "s" : std::to_string(millis) + "ms";
}

std::string Join(const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ",") + value;
  return joined;
}

}  // namespace

FlagSet::Flag& FlagSet::Add(std::string_view name, std::string_view help,
                            std::string default_text) {
  Flag& flag = flags_[std::string(name)];
  flag.help = help;
  flag.default_text = std::move(default_text);
  return flag;
}

void FlagSet::AddString(std::string_view name, std::string* value, std::string_view help) {
  Add(name, help, *value).set = [value](const std::string& text) {
    *value = text;
    return absl::OkStatus();
  };
}

void FlagSet::AddList(std::string_view name, std::vector<std::string>* values,
                      std::string_view help) {
  Flag& flag = Add(name, help, Join(*values));
  flag.set = [values, &flag](const std::string& text) {
    if (!flag.seen) values->clear();
    for (size_t begin = 0; begin <= text.size();) {
      const size_t comma = std::min(text.find(',', begin), text.size());
      if (comma > begin) values->push_back(text.substr(begin, comma - begin));
      begin = comma + 1;
    }
    return absl::OkStatus();
  };
}

void FlagSet::AddSwitch(std::string_view name, bool* value, std::string_view help) {
  Flag& flag = Add(name, help, *value ? "true" : "false");
  flag.is_switch = true;
  flag.set = [value](const std::string& text) {
    if (text != "true" && text != "false") {
      return InvalidArgument("\"" + text + "\" is neither true nor false");
    }
    *value = text == "true";
    return absl::OkStatus();
  };
}

void FlagSet::AddInteger(std::string_view name, int64_t* value, int64_t min, int64_t max,
                         std::string_view help) {
  Add(name, help, std::to_string(*value)).set = [value, min, max](const std::string& text) {
    return ParseInteger(text, min, max, value);
  };
}

void FlagSet::AddSize(std::string_view name, size_t* value, size_t min, size_t max,
                      std::string_view help) {
  Add(name, help, std::to_string(*value)).set = [value, min, max](const std::string& text) {
    int64_t parsed = 0;
    PCD_RETURN_IF_ERROR(
        ParseInteger(text, static_cast<int64_t>(min), static_cast<int64_t>(max), &parsed));
    *value = static_cast<size_t>(parsed);
    return absl::OkStatus();
  };
}

void FlagSet::AddDuration(std::string_view name, std::chrono::microseconds* value,
                          std::string_view help) {
  Add(name, help, DurationText(*value)).set = [value](const std::string& text) {
    return ParseDuration(text, value);
  };
}

absl::Status FlagSet::Set(const std::string& name, Flag& flag, const std::string& text) {
  if (absl::Status status = flag.set(text); !status.ok()) {
    return InvalidArgument("--" + name + ": " + std::string(status.message()));
  }
  flag.seen = true;
  return absl::OkStatus();
}

absl::Status FlagSet::Parse(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.size() < 3 || argument.compare(0, 2, "--") != 0) {
      return InvalidArgument("\"" + argument + "\" is not a flag");
    }
    const size_t equals = argument.find('=');
    std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    bool negated = false;
    auto it = flags_.find(name);
    if (it == flags_.end() && name.compare(0, 3, "no-") == 0) {
      it = flags_.find(name.substr(3));
      negated = it != flags_.end() && it->second.is_switch && equals == std::string::npos;
      if (!negated) it = flags_.end();
    }
    if (it == flags_.end()) return InvalidArgument("there is no flag --" + name);
    std::string text;
    if (equals != std::string::npos) {
      text = argument.substr(equals + 1);
    } else if (it->second.is_switch) {
      text = negated ? "false" : "true";
    } else if (++i < arguments.size()) {
      text = arguments[i];
    } else {
      return InvalidArgument("--" + name + " needs a value");
    }
    PCD_RETURN_IF_ERROR(Set(it->first, it->second, text));
  }
  return absl::OkStatus();
}

std::string FlagSet::Help() const {
  std::string text;
  for (const auto& [name, flag] : flags_) {
    text += "  --" + name;
    if (!flag.is_switch) text += "=" + (flag.default_text.empty() ? "..." : flag.default_text);
    text += "\n" + std::string(kHelpColumn, ' ') + flag.help;
    if (flag.is_switch) text += " Default: " + flag.default_text + ".";
    text += "\n";
  }
  return text;
}

}  // namespace pcd::service
