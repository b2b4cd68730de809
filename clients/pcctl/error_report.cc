#include "clients/pcctl/error_report.h"

#include <charconv>
#include <chrono>
#include <map>
#include <optional>

#include "clients/pcctl/hints.h"
#include "clients/pcctl/text.h"
#include "google/protobuf/util/time_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace pcd::pcctl {
namespace {

// The detail of type T that the call carries, if it does.
template <typename T>
std::optional<T> Detail(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& any : details.details()) {
    T detail;
    if (any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

// For errors that did not come from the service but arose on the way to it.
std::string TransportHint(grpc::StatusCode code, const GlobalOptions& options) {
  if (code == grpc::StatusCode::UNAVAILABLE) {
    std::string hint = "Does peerconnectiond run at " + Printable(options.server) +
                       "? --server or PCCTL_SERVER name another address.";
    if (!options.tls()) hint += "\n      A server with TLS needs --tls-ca.";
    return hint;
  }
  if (code == grpc::StatusCode::DEADLINE_EXCEEDED) {
    const auto timeout = options.timeout.value_or(kDefaultTimeout);
    return "No answer from " + Printable(options.server) + " within " +
           std::to_string(timeout.count()) + " ms; --timeout sets another limit.";
  }
  if (code == grpc::StatusCode::UNIMPLEMENTED) {
    return "Something answers at " + Printable(options.server) +
           " that does not know this call: another service, or an older version.";
  }
  return "";
}

void PrintDetails(const grpc::Status& status, const google::rpc::ErrorInfo& info,
                  std::ostream& err) {
  const std::map<std::string, std::string> metadata(info.metadata().begin(), info.metadata().end());
  for (const auto& [key, value] : metadata) {
    err << "  " << Printable(key) << ": " << Printable(value) << '\n';
  }
  if (const auto bad_request = Detail<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad_request->field_violations()) {
      err << "  " << Printable(violation.field()) << ": " << Printable(violation.description())
          << '\n';
    }
  }
  if (const auto retry = Detail<google::rpc::RetryInfo>(status)) {
    using google::protobuf::util::TimeUtil;
    err << "  retry after: " << TimeUtil::DurationToMilliseconds(retry->retry_delay()) << " ms\n";
  }
}

}  // namespace

std::string CodeName(grpc::StatusCode code) {
  constexpr std::string_view kNames[] = {"OK",
                                         "CANCELLED",
                                         "UNKNOWN",
                                         "INVALID_ARGUMENT",
                                         "DEADLINE_EXCEEDED",
                                         "NOT_FOUND",
                                         "ALREADY_EXISTS",
                                         "PERMISSION_DENIED",
                                         "RESOURCE_EXHAUSTED",
                                         "FAILED_PRECONDITION",
                                         "ABORTED",
                                         "OUT_OF_RANGE",
                                         "UNIMPLEMENTED",
                                         "INTERNAL",
                                         "UNAVAILABLE",
                                         "DATA_LOSS",
                                         "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return index < std::size(kNames) ? std::string(kNames[index]) : std::to_string(index);
}

uint64_t SdpLineNumber(const grpc::Status& status) {
  const auto info = Detail<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return 0;
  const auto entry = info->metadata().find("sdpLineNumber");
  if (entry == info->metadata().end()) return 0;
  uint64_t line = 0;
  const std::string& text = entry->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), line);
  return error == std::errc() && end == text.data() + text.size() ? line : 0;
}

ExitCode ToExitCode(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return ExitCode::kOk;
    case grpc::StatusCode::NOT_FOUND:
      return ExitCode::kNotFound;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ExitCode::kTimeout;
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return ExitCode::kDenied;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ExitCode::kTryLater;
    case grpc::StatusCode::UNAVAILABLE:
      // The service says why; without a reason nobody answered.
      return Detail<google::rpc::ErrorInfo>(status).has_value() ? ExitCode::kTryLater
                                                                : ExitCode::kUnreachable;
    default:
      return ExitCode::kFailed;
  }
}

ExitCode ReportError(const grpc::Status& status, std::string_view subject,
                     const GlobalOptions& options, std::ostream& err) {
  const auto info = Detail<google::rpc::ErrorInfo>(status);
  err << "Error: ";
  if (!subject.empty()) err << Printable(subject) << ": ";
  err << CodeName(status.error_code());
  if (info.has_value()) err << " (" << Printable(info->reason()) << ")";
  err << ": " << Printable(status.error_message()) << '\n';
  if (info.has_value()) PrintDetails(status, *info, err);
  const std::string hint = info.has_value() ? std::string(HintFor(info->reason()))
                                            : TransportHint(status.error_code(), options);
  if (!hint.empty()) err << "Hint: " << hint << '\n';
  return ToExitCode(status);
}

}  // namespace pcd::pcctl
