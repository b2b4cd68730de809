// Selecting connections by labels, in the manner of Kubernetes equality selectors:
// terms joined by commas, all of which must hold.
#ifndef ENGINE_HOST_LABEL_SELECTOR_H_
#define ENGINE_HOST_LABEL_SELECTOR_H_

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pcd::host {

using Labels = std::map<std::string, std::string>;

// A value; cheap to copy.
class LabelSelector {
 public:
  LabelSelector() = default;  // Matches everything.

  // "key=value", "key!=value", "key" (present), "!key" (absent), joined by commas; "" matches
  // all. Error: INVALID_LABEL_SELECTOR naming the term. At most 32 terms.
  static absl::StatusOr<LabelSelector> Parse(std::string_view text);

  bool Matches(const Labels& labels) const;

 private:
  enum class Operator { kEquals, kNotEquals, kPresent, kAbsent };
  struct Term {
    Operator op;
    std::string key;
    std::string value;
  };
  static absl::StatusOr<Term> ParseTerm(std::string_view text);
  static bool Holds(const Term& term, const Labels& labels);

  std::vector<Term> terms_;
};

// Caps of labels: at most 32; keys 1..63 of [A-Za-z0-9-_./]; values at most 256 bytes.
absl::Status ValidateLabels(const Labels& labels);
bool IsLabelKey(std::string_view key);

}  // namespace pcd::host

#endif  // ENGINE_HOST_LABEL_SELECTOR_H_
