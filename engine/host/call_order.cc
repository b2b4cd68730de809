#include "engine/host/call_order.h"

#include <algorithm>
#include <charconv>

#include "engine/base/status.h"

namespace pcd::host {
namespace {

constexpr size_t kMaxCallerBytes = 36;  // A UUID.

bool IsCallerCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool IsCaller(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCallerBytes &&
         std::all_of(text.begin(), text.end(), IsCallerCharacter);
}

bool ReadNumber(std::string_view text, uint64_t* number) {
  if (text.size() > 1 && text.front() == '0') return false;
  const char* end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, *number);
  return error == std::errc() && read_to == end && *number <= kMaxCallNumber;
}

}  // namespace

absl::StatusOr<CallOrder> ParseCallOrder(std::string_view text) {
  const size_t slash = text.find('/');
  CallOrder order;
  if (slash == std::string_view::npos || !IsCaller(text.substr(0, slash)) ||
      !ReadNumber(text.substr(slash + 1), &order.number)) {
    return InvalidArgument(
        "the order of a call is CALLER/NUMBER: 1 to 36 letters, digits, '-', '_' or '.', and a "
        "decimal number below 2^53");
  }
  order.caller = std::string(text.substr(0, slash));
  return order;
}

std::string ToString(const CallOrder& order) {
  return order.caller + "/" + std::to_string(order.number);
}

}  // namespace pcd::host
