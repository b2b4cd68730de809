// What pcctl's exit status says. Scripts rely on the numbers: they never change.
#ifndef CLIENTS_PCCTL_EXIT_CODE_H_
#define CLIENTS_PCCTL_EXIT_CODE_H_

namespace pcd::pcctl {

enum class ExitCode {
  kOk = 0,
  // The service refused or failed the call in a way not named below, or a local file or stream
  // could not be read or written.
  kFailed = 1,
  // The command line is wrong, or what is needed is not on the input; no call was made.
  kUsage = 2,
  // No connection to the service, or it broke.
  kUnreachable = 3,
  // The service says NOT_FOUND.
  kNotFound = 4,
  // No answer within --timeout, or the service's own time limit ran out.
  kTimeout = 5,
  // The service says UNAUTHENTICATED or PERMISSION_DENIED.
  kDenied = 6,
  // The service answered that it cannot now: a limit is reached, or it is starting or draining.
  kTryLater = 7,
};

// The same list for people, one line each.
inline constexpr char kExitCodeHelp[] =
    "  0  done\n"
    "  1  the service refused the call, or a local file or stream failed\n"
    "  2  wrong command line or input; no call was made\n"
    "  3  the service cannot be reached, or the connection to it broke\n"
    "  4  not found\n"
    "  5  no answer in time (--timeout)\n"
    "  6  not allowed: no valid certificate or token, or refused by a policy\n"
    "  7  not now: a limit is reached, or the service is starting or draining\n";

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_EXIT_CODE_H_
