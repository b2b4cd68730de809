// Command-line flags: --name=value, --name value, --switch, --no-switch. Names have dashes, as
// limits have in the API.
#ifndef SERVICE_FLAG_SET_H_
#define SERVICE_FLAG_SET_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pcd::service {

// Each Add names a variable that outlives the set; what it holds then is the default and
// stands in the help text. Threading: one thread.
class FlagSet {
 public:
  void AddString(std::string_view name, std::string* value, std::string_view help);
  // May be given several times, each with one value or several joined by commas. The first
  // one given replaces the default.
  void AddList(std::string_view name, std::vector<std::string>* values, std::string_view help);
  void AddSwitch(std::string_view name, bool* value, std::string_view help);
  void AddInteger(std::string_view name, int64_t* value, int64_t min, int64_t max,
                  std::string_view help);
  void AddSize(std::string_view name, size_t* value, size_t min, size_t max, std::string_view help);
  // "250ms", "30s", "5m"; a bare number is seconds.
  void AddDuration(std::string_view name, std::chrono::microseconds* value, std::string_view help);

  // `arguments` without the program's name. INVALID_ARGUMENT names the argument at fault.
  absl::Status Parse(const std::vector<std::string>& arguments);

  // One paragraph per flag, by name.
  std::string Help() const;

 private:
  struct Flag {
    bool is_switch = false;
    bool seen = false;
    std::string default_text;
    std::string help;
    absl::AnyInvocable<absl::Status(const std::string& text)> set;
  };

  Flag& Add(std::string_view name, std::string_view help, std::string default_text);
  absl::Status Set(const std::string& name, Flag& flag, const std::string& text);

  std::map<std::string, Flag> flags_;
};

}  // namespace pcd::service

#endif  // SERVICE_FLAG_SET_H_
