// Command-line flags in kubectl's manner: --name=value, --name value, --switch, -n value,
// -nvalue, -n=value; flags and positional arguments in any order; "--" ends the flags.
#ifndef CLIENTS_PCCTL_FLAG_SET_H_
#define CLIENTS_PCCTL_FLAG_SET_H_

#include <chrono>
#include <cstddef>
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
  std::string_view placeholder = {};
  std::string_view help = {};
};

// Each Add binds a variable that outlives the set; what it holds then is the default.
// Threading: one thread.
class FlagSet {
 public:
  // Where Parse stopped, or what was wrong.
  struct Result {
    std::vector<std::string> positionals;
    // Index of the first argument that was not read; all have been unless `stop_at_positional`.
    size_t next = 0;
    // For the user, in one line. Empty: no error.
    std::string error;
  };

  void AddString(FlagSpec spec, std::string* value);
  // May be given several times; values are appended.
  void AddList(FlagSpec spec, std::vector<std::string>* values);
  void AddSwitch(FlagSpec spec, bool* value);
  void AddDuration(FlagSpec spec, std::optional<std::chrono::milliseconds>* value);
  // One of `values`.
  void AddChoice(FlagSpec spec, std::vector<std::string> values, std::string* value);

  // `arguments` without the program's name. With `stop_at_positional` reading ends before the
  // first argument that is no flag.
  Result Parse(const std::vector<std::string>& arguments, bool stop_at_positional = false);

  // One aligned line per flag, in the order of the Adds.
  std::string Help() const;

 private:
  struct Flag {
    FlagSpec spec;
    bool is_switch = false;
    // Empty: taken. Otherwise what is wrong with the text.
    std::function<std::string(const std::string& text)> set;
  };

  void Add(FlagSpec spec, bool is_switch, std::function<std::string(const std::string&)> set);
  const Flag* Find(std::string_view name) const;
  const Flag* FindShort(char name) const;
  std::string ParseFlag(const std::vector<std::string>& arguments, size_t* index);

  std::vector<Flag> flags_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_FLAG_SET_H_
