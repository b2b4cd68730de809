#include "engine/base/status.h"

#include <absl/strings/cord.h>

#include <cassert>
#include <charconv>
#include <optional>

#include "engine/base/error_contract.h"

namespace pcd {
namespace {

constexpr char kReasonUrl[] = "peerconnectiond/reason";
constexpr char kDomExceptionUrl[] = "peerconnectiond/dom_exception";
constexpr char kSdpLineUrl[] = "peerconnectiond/sdp_line";
constexpr char kFieldUrl[] = "peerconnectiond/field";
constexpr char kRuleUrl[] = "peerconnectiond/rule";

std::string Payload(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

void SetPayload(absl::Status& status, const char* url, const std::string& value) {
  if (!value.empty()) status.SetPayload(url, absl::Cord(value));
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, ErrorReason reason, std::string_view message,
                       const ErrorDetail& detail) {
  const ErrorContract contract = ContractOf(reason);
  // A bug of the caller, whatever a peer did: every reason has one code.
  assert(code == contract.code);
  absl::Status status(code, std::string(message));
  SetPayload(status, kReasonUrl, std::to_string(static_cast<int>(reason)));
  SetPayload(
      status, kDomExceptionUrl,
      detail.dom_exception.empty() ? std::string(contract.dom_exception) : detail.dom_exception);
  SetPayload(status, kFieldUrl, detail.field);
  SetPayload(status, kRuleUrl, detail.rule);
  if (detail.sdp_line > 0) SetPayload(status, kSdpLineUrl, std::to_string(detail.sdp_line));
  return status;
}

ErrorReason GetErrorReason(const absl::Status& status) {
  const std::string text = Payload(status, kReasonUrl);
  int value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
    return ErrorReason::INTERNAL;
  }
  return static_cast<ErrorReason>(value);
}

ErrorDetail GetErrorDetail(const absl::Status& status) {
  ErrorDetail detail;
  detail.dom_exception = Payload(status, kDomExceptionUrl);
  detail.field = Payload(status, kFieldUrl);
  detail.rule = Payload(status, kRuleUrl);
  const std::string line = Payload(status, kSdpLineUrl);
  std::from_chars(line.data(), line.data() + line.size(), detail.sdp_line);
  return detail;
}

absl::Status InvalidArgument(std::string_view message, std::string_view field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT, message,
                   {.field = std::string(field)});
}

absl::Status WithFieldPrefix(const absl::Status& status, std::string_view prefix) {
  const std::string field = Payload(status, kFieldUrl);
  if (field.empty()) return status;
  absl::Status prefixed = status;
  SetPayload(prefixed, kFieldUrl, std::string(prefix) + "." + field);
  return prefixed;
}

absl::Status InvalidState(std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::INVALID_STATE, message,
                   {.dom_exception = "InvalidStateError"});
}

}  // namespace pcd
