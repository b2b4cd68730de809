// Errors of control paths: absl::Status plus one ErrorReason and, where they exist, the
// W3C DOMException name, the SDP line, the field at fault and the rule that is broken. The media
// path does not use it: there a packet is dropped with a counted reason.
//
//   return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::INVALID_STATE,
//                    "cannot set an answer in state stable", {.dom_exception =
//                    "InvalidStateError"});
#ifndef ENGINE_BASE_STATUS_H_
#define ENGINE_BASE_STATUS_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "engine/base/error_reason.h"

namespace pcd {

// What an API user is told beside code, reason and message.
struct ErrorDetail {
  std::string dom_exception{};  // "InvalidStateError", ...; empty: as error_contract.h says.
  int sdp_line = 0;             // 1-based; 0: no line is at fault.
  std::string field{};          // The request field at fault, dotted; empty: none.
  std::string rule{};  // What is broken, such as "RFC 9143, 7.3.2"; empty: no rule of an RFC.
};

// `code` is the one that error_contract.h gives for `reason`.
absl::Status MakeError(absl::StatusCode code, ErrorReason reason, std::string_view message,
                       const ErrorDetail& detail = {});

// The reason given to MakeError; INTERNAL for a status made elsewhere.
ErrorReason GetErrorReason(const absl::Status& status);
ErrorDetail GetErrorDetail(const absl::Status& status);

// Short forms for the cases that occur everywhere.
absl::Status InvalidArgument(std::string_view message, std::string_view field = {});
absl::Status InvalidState(std::string_view message);  // DOMException InvalidStateError.

// The same error, its field below `prefix`: "destination" becomes "sinks[0].destination".
absl::Status WithFieldPrefix(const absl::Status& status, std::string_view prefix);

}  // namespace pcd

#define PCD_STATUS_CONCAT_INNER(a, b) a##b
#define PCD_STATUS_CONCAT(a, b) PCD_STATUS_CONCAT_INNER(a, b)

#define PCD_RETURN_IF_ERROR(expr)                                              \
  do {                                                                         \
    if (absl::Status pcd_status = (expr); !pcd_status.ok()) return pcd_status; \
  } while (false)

#define PCD_ASSIGN_OR_RETURN(lhs, expr) \
  PCD_ASSIGN_OR_RETURN_IMPL(PCD_STATUS_CONCAT(pcd_statusor_, __LINE__), lhs, expr)
#define PCD_ASSIGN_OR_RETURN_IMPL(statusor, lhs, expr) \
  auto statusor = (expr);                              \
  if (!statusor.ok()) return statusor.status();        \
  lhs = std::move(statusor).value()

#endif  // ENGINE_BASE_STATUS_H_
