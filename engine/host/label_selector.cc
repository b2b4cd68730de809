#include "engine/host/label_selector.h"

#include <algorithm>

#include "engine/base/status.h"

namespace pcd::host {
namespace {

constexpr size_t kMaxTerms = 32;
constexpr size_t kMaxLabels = 32;
constexpr size_t kMaxKeyBytes = 63;
constexpr size_t kMaxValueBytes = 256;

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

absl::Status InvalidSelector(const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_LABEL_SELECTOR, message,
                   {.field = "label_selector"});
}

}  // namespace

bool IsLabelKey(std::string_view key) {
  return !key.empty() && key.size() <= kMaxKeyBytes &&
         std::all_of(key.begin(), key.end(), IsKeyCharacter);
}

absl::Status ValidateLabels(const Labels& labels) {
  if (labels.size() > kMaxLabels) return InvalidArgument("more than 32 labels", "labels");
  for (const auto& [key, value] : labels) {
    if (!IsLabelKey(key)) {
      return InvalidArgument("label keys are 1 to 63 letters, digits, '-', '_', '.' or '/'",
                             "labels");
    }
    if (value.size() > kMaxValueBytes) {
      return InvalidArgument("the value of label \"" + key + "\" exceeds 256 bytes", "labels");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LabelSelector::Term> LabelSelector::ParseTerm(std::string_view text) {
  Term term{.op = Operator::kPresent, .key = std::string(text), .value = {}};
  if (const size_t at = text.find("!="); at != std::string_view::npos) {
    term = {Operator::kNotEquals, std::string(Trim(text.substr(0, at))),
            std::string(Trim(text.substr(at + 2)))};
  } else if (const size_t eq = text.find('='); eq != std::string_view::npos) {
    term = {Operator::kEquals, std::string(Trim(text.substr(0, eq))),
            std::string(Trim(text.substr(eq + 1)))};
  } else if (!text.empty() && text.front() == '!') {
    term = {Operator::kAbsent, std::string(Trim(text.substr(1))), {}};
  }
  if (!IsLabelKey(term.key)) {
    return InvalidSelector("\"" + std::string(text) +
                           "\" is not key=value, key!=value, key or !key");
  }
  return term;
}

absl::StatusOr<LabelSelector> LabelSelector::Parse(std::string_view text) {
  LabelSelector selector;
  if (Trim(text).empty()) return selector;
  while (true) {
    const size_t comma = text.find(',');
    PCD_ASSIGN_OR_RETURN(Term term, ParseTerm(Trim(text.substr(0, comma))));
    selector.terms_.push_back(std::move(term));
    if (selector.terms_.size() > kMaxTerms) {
      return InvalidSelector("more than 32 terms");
    }
    if (comma == std::string_view::npos) return selector;
    text.remove_prefix(comma + 1);
  }
}

bool LabelSelector::Holds(const Term& term, const Labels& labels) {
  const auto it = labels.find(term.key);
  switch (term.op) {
    case Operator::kEquals:
      return it != labels.end() && it->second == term.value;
    case Operator::kNotEquals:
      return it == labels.end() || it->second != term.value;
    case Operator::kPresent:
      return it != labels.end();
    case Operator::kAbsent:
      return it == labels.end();
  }
  return false;
}

bool LabelSelector::Matches(const Labels& labels) const {
  return std::all_of(terms_.begin(), terms_.end(),
                     [&labels](const Term& term) { return Holds(term, labels); });
}

}  // namespace pcd::host
