// The place of a call among those of its caller, as text and as a value.
#ifndef ENGINE_HOST_CALL_ORDER_H_
#define ENGINE_HOST_CALL_ORDER_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace pcd::host {

// Calls of one caller on one connection are carried out in the order of their numbers, which are
// 0, 1, 2, … without a gap, whatever order they arrive in (OrderGate).
struct CallOrder {
  // Chosen by the caller, best at random: whoever numbers calls by himself is one. IsCallerId.
  std::string caller{};
  uint64_t number = 0;

  friend bool operator==(const CallOrder&, const CallOrder&) = default;
};

// The highest number: what a double holds exactly, since callers in JavaScript count with those.
inline constexpr uint64_t kMaxCallNumber = (uint64_t{1} << 53) - 1;

// "CALLER/NUMBER": 1 to 36 letters, digits, '-', '_' or '.', then decimal digits without a
// leading zero. INVALID_ARGUMENT, without a field.
absl::StatusOr<CallOrder> ParseCallOrder(std::string_view text);
std::string ToString(const CallOrder& order);

}  // namespace pcd::host

#endif  // ENGINE_HOST_CALL_ORDER_H_
