// The engine's errors as gRPC users see them: a canonical code, the message, and a
// google.rpc.Status with exactly one ErrorInfo in the trailer grpc-status-details-bin.
#ifndef SERVICE_STATUS_MAPPING_H_
#define SERVICE_STATUS_MAPPING_H_

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

#include <map>
#include <string>

#include "peerconnection/v1/error_reason.pb.h"
#include "service/contract.h"

namespace pcd::service {

// ErrorInfo.domain of every error of this API.
inline constexpr char kErrorDomain[] = "peerconnection.v1";

// OK stays OK. The reason and its details come from engine/base/status.h; a status made
// without them is a bug of ours and gets the reason INTERNAL with its own code.
grpc::Status ToGrpcStatus(const absl::Status& status);

// For errors that only the service knows.
grpc::Status MakeGrpcStatus(grpc::StatusCode code, v1::ErrorReason reason,
                            const std::string& message,
                            const std::map<std::string, std::string>& metadata = {});

// "PEER_CONNECTION_NOT_FOUND" for ERROR_REASON_PEER_CONNECTION_NOT_FOUND.
std::string ReasonName(v1::ErrorReason reason);

}  // namespace pcd::service

#endif  // SERVICE_STATUS_MAPPING_H_
