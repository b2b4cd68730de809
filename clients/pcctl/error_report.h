// Failed calls, for people: code, reason, message, details and a hint.
//
//   Error: abc: NOT_FOUND (PEER_CONNECTION_NOT_FOUND): no such connection
//   Hint: It never existed or is closed; "pcctl list" shows those open.
#ifndef CLIENTS_PCCTL_ERROR_REPORT_H_
#define CLIENTS_PCCTL_ERROR_REPORT_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "clients/pcctl/exit_code.h"
#include "clients/pcctl/global_options.h"

namespace pcd::pcctl {

// "NOT_FOUND" for NOT_FOUND.
std::string CodeName(grpc::StatusCode code);

// Line of the SDP at fault, from 1, as the service names it; 0: none.
uint64_t SdpLineNumber(const grpc::Status& status);

ExitCode ToExitCode(const grpc::Status& status);

// Prints a failed call and returns what pcctl exits with. `subject` is what the call was about,
// such as a connection id; may be empty.
ExitCode ReportError(const grpc::Status& status, std::string_view subject,
                     const GlobalOptions& options, std::ostream& err);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_ERROR_REPORT_H_
