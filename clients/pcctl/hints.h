// What a user can do about an error.
#ifndef CLIENTS_PCCTL_HINTS_H_
#define CLIENTS_PCCTL_HINTS_H_

#include <span>
#include <string_view>

namespace pcd::pcctl {

struct Hint {
  // An ErrorReason without its prefix.
  std::string_view reason;
  std::string_view text;
};

std::span<const Hint> Hints();

// Empty: there is none.
std::string_view HintFor(std::string_view reason);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_HINTS_H_
