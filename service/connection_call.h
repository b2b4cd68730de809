// The shape of nearly every unary method: check the fields, go to the connection's loop, do
// one thing there, answer from there. Nothing blocks in a gRPC thread.
#ifndef SERVICE_CONNECTION_CALL_H_
#define SERVICE_CONNECTION_CALL_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/base/status.h"
#include "engine/host/host.h"
#include "peerconnection/v1/negotiation_messages.pb.h"
#include "service/calls.h"
#include "service/contract.h"
#include "service/field_guard.h"
#include "service/idempotency.h"
#include "service/lease_guard.h"
#include "service/status_mapping.h"
#include "service/unary_reply.h"

namespace pcd::service {

inline absl::Status RequireConnectionId(const std::string& id) {
  return id.empty() ? InvalidArgument("the connection is required", "peer_connection_id")
                    : absl::OkStatus();
}

// What is checked of every call before anything is done. `fields`: see field_guard.h; request_id
// is one of them, since every method that has it goes through AdmitCall.
inline absl::Status CheckCall(const grpc::CallbackServerContext& context,
                              const google::protobuf::Message& request,
                              std::initializer_list<std::string_view> fields) {
  PCD_RETURN_IF_ERROR(CheckLeaseToken(context));
  return CheckFields(request, fields, {"request_id"});
}

// STALE_REVISION when the request names a revision that is not the connection's: another
// controller changed it first. Requests without the field, and 0, are not checked.
template <typename Request>
grpc::Status CheckRevision(const host::PeerConnection& pc, const Request& request) {
  if constexpr (requires { request.revision(); }) {
    if (request.revision() != 0 && request.revision() != pc.revision()) {
      return MakeGrpcStatus(grpc::StatusCode::ABORTED, v1::ERROR_REASON_STALE_REVISION,
                            "the connection was changed since this revision",
                            {{"revision", std::to_string(pc.revision())}});
    }
  }
  return grpc::Status::OK;
}

// Requests that have no request_id, and empty ones, are always carried out.
template <typename Request, typename Response>
std::optional<UnaryReply<Response>> AdmitCall(const Calls& calls, const Request& request,
                                              UnaryReply<Response> reply) {
  if constexpr (requires { request.request_id(); }) {
    return Admit(calls.request_ids, request, std::move(reply));
  } else {
    return reply;
  }
}

// What W3C puts on the operations chain of a connection (webrtc-pc section 4.4.1.2).
template <typename Request>
inline constexpr bool kIsChained = std::is_same_v<Request, v1::CreateOfferRequest> ||
                                   std::is_same_v<Request, v1::CreateAnswerRequest> ||
                                   std::is_same_v<Request, v1::SetLocalDescriptionRequest> ||
                                   std::is_same_v<Request, v1::SetRemoteDescriptionRequest> ||
                                   std::is_same_v<Request, v1::AddIceCandidateRequest>;

// `operation` runs on the loop of the connection that the request names, and fills the
// response; both messages live until it has returned. `fields`: see field_guard.h.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* CallOnConnection(
    const Calls& calls, grpc::CallbackServerContext* context, const Request* request,
    Response* response, std::initializer_list<std::string_view> fields,
    absl::AnyInvocable<absl::Status(host::PeerConnection&, const Request&, Response&)> operation) {
  UnaryReply<Response> reply(context, response);
  grpc::ServerUnaryReactor* reactor = reply.reactor();
  absl::Status status = CheckCall(*context, *request, fields);
  if (status.ok()) status = RequireConnectionId(request->peer_connection_id());
  if (!status.ok()) {
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitCall(calls, *request, std::move(reply));
  if (!admitted.has_value()) return reactor;
  auto visitor = [request, operation = std::move(operation),
                  reply = *std::move(admitted)](absl::StatusOr<host::PeerConnection*> pc) mutable {
    if (pc.ok()) {
      const grpc::Status current = CheckRevision(**pc, *request);
      if (!current.ok()) {
        std::move(reply).Finish(current);
        return;
      }
    }
    const absl::Status result = pc.ok() ? operation(**pc, *request, reply.response()) : pc.status();
    std::move(reply).Finish(result);
  };
  if constexpr (kIsChained<Request>) {
    calls.host.VisitInChain(request->peer_connection_id(), std::move(visitor));
  } else {
    calls.host.Visit(request->peer_connection_id(), std::move(visitor));
  }
  return reactor;
}

}  // namespace pcd::service

#endif  // SERVICE_CONNECTION_CALL_H_
