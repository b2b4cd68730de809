// The command line of the relay.
#ifndef TESTS_IMPAIR_RELAY_FLAGS_H_
#define TESTS_IMPAIR_RELAY_FLAGS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "tests/impair/udp_relay.h"

namespace pcd::impair {

extern const std::string_view kRelayUsage;

// Takes one "--name=value" into `options`. A name that begins with "up-" or "down-" changes one
// direction, without it both. Errors: INVALID_ARGUMENT that names the flag.
absl::Status TakeRelayFlag(std::string_view argument, RelayOptions& options);

// A line from standard input while the relay runs: impairment flags, "blackout <ms>" or
// "rebind".
struct RelayCommand {
  RelayOptions options{};  // As it is to be from now on.
  Duration blackout{0};    // Above 0: begin one.
  bool rebind = false;
};
absl::StatusOr<RelayCommand> ParseRelayCommand(std::string_view line, const RelayOptions& now);

// Counters as one line of JSON.
std::string CountersAsJson(const RelayCounters& counters);

}  // namespace pcd::impair

#endif  // TESTS_IMPAIR_RELAY_FLAGS_H_
