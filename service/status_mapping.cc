#include "service/status_mapping.h"

#include <string_view>

#include "engine/base/error_contract.h"
#include "engine/base/error_reason.h"
#include "engine/base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace pcd::service {
namespace {

constexpr std::string_view kReasonPrefix = "ERROR_REASON_";
// gRPC carries messages and details in headers, which are limited to some kilobytes.
constexpr size_t kMaxMessageBytes = 1024;

// Of a reason by its name in the contract.
std::string_view DomExceptionOf(std::string_view reason) {
#define PCD_X(name) \
  if (reason == #name) return ContractOf(ErrorReason::name).dom_exception;
  PCD_ERROR_REASONS(PCD_X)
#undef PCD_X
  return {};
}

std::string Shorten(std::string text) {
  if (text.size() <= kMaxMessageBytes) return text;
  size_t end = kMaxMessageBytes;
  // Not in the middle of a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "...";
}

grpc::Status Make(grpc::StatusCode code, const std::string& reason, const std::string& message,
                  const std::map<std::string, std::string>& metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = Shorten(value);
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(Shorten(message));
  details.add_details()->PackFrom(info);
  return grpc::Status(code, details.message(), details.SerializeAsString());
}

}  // namespace

std::string ReasonName(v1::ErrorReason reason) {
  return v1::ErrorReason_Name(reason).substr(kReasonPrefix.size());
}

grpc::Status MakeGrpcStatus(grpc::StatusCode code, v1::ErrorReason reason,
                            const std::string& message,
                            const std::map<std::string, std::string>& metadata) {
  const std::string name = ReasonName(reason);
  std::map<std::string, std::string> complete = metadata;
  const std::string_view dom_exception = DomExceptionOf(name);
  if (!dom_exception.empty()) complete.emplace("domException", dom_exception);
  return Make(code, name, message, complete);
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const ErrorDetail detail = GetErrorDetail(status);
  std::map<std::string, std::string> metadata;
  if (!detail.dom_exception.empty()) metadata["domException"] = detail.dom_exception;
  if (detail.sdp_line > 0) metadata["sdpLineNumber"] = std::to_string(detail.sdp_line);
  if (!detail.field.empty()) metadata["field"] = detail.field;
  if (!detail.rule.empty()) metadata["rule"] = detail.rule;
  // Abseil's codes and gRPC's are the same numbers.
  return Make(static_cast<grpc::StatusCode>(status.code()),
              std::string(ErrorReasonName(GetErrorReason(status))), std::string(status.message()),
              metadata);
}

}  // namespace pcd::service
