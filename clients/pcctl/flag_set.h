// Command-line flags in kubectl's manner: --name=value, --name value, --switch, -n value,
// -nvalue, -n=value; flags and positional arguments in any order; "--" ends the flags.
#ifndef CLIENTS_PCCTL_FLAG_SET_H_
#define CLIENTS_PCCTL_FLAG_SET_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcd::pcctl {

// Reads "250ms", "30s", "5m", "2h" or a bare number of seconds; above zero, at most 1000 h.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// What is known about one flag.
struct FlagSpec {
  // Without dashes.
  std::string_view name;
  // One letter, or 0: there is no short form.
  char short_name = 0;
  // What stands for the value in the help text.
  std::string_view value_name = {};
  std::string_view help = {};
};

// Each Add binds a variable that outlives the set; what it holds then is the default.
// Threading: one thread.
class FlagSet {
 public:
  struct Flag {
    FlagSpec spec;
    bool is_switch = false;
    // Values worth offering: all that it takes, or those that are usual. Empty: none is.
    std::vector<std::string> choices;
    // Empty: taken. Otherwise what is wrong with the text.
    std::function<std::string(const std::string& text)> set;
  };

  // Where Parse stopped, or what was wrong.
  struct Result {
    std::vector<std::string> positionals;
    // Index of the first argument that was not read; all have been unless `stop_at_positional`.
    size_t next = 0;
    // For the user, in one line. Empty: no error.
    std::string error;
    // Name of the flag that is the last argument and lacks its value, which is an error too.
    std::string incomplete;
  };

  void AddString(FlagSpec spec, std::string* value);
  // May be given several times; values are appended. `choices` are offered, not demanded.
  void AddList(FlagSpec spec, std::vector<std::string>* values,
               std::vector<std::string> choices = {});
  void AddSwitch(FlagSpec spec, bool* value);
  void AddDuration(FlagSpec spec, std::optional<std::chrono::milliseconds>* value);
  // A whole number from `min` to `max`.
  void AddNumber(FlagSpec spec, uint32_t min, uint32_t max, std::optional<uint32_t>* value);
  // One of `values`.
  void AddChoice(FlagSpec spec, std::vector<std::string> values, std::string* value);

  // `arguments` without the program's name. With `stop_at_positional` reading ends before the
  // first argument that is no flag.
  Result Parse(const std::vector<std::string>& arguments, bool stop_at_positional = false);

  // One aligned line per flag, in the order of the Adds.
  std::string Help() const;

  // In the order of the Adds.
  const std::vector<Flag>& flags() const { return flags_; }
  // By the name without dashes. Null: there is none.
  const Flag* Find(std::string_view name) const;

 private:
  void Add(FlagSpec spec, std::function<std::string(const std::string&)> set);
  const Flag* FindShort(char name) const;
  void ParseFlag(const std::vector<std::string>& arguments, Result* result) const;

  std::vector<Flag> flags_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FLAG_SET_H_
