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
#include "service/call_order.h"
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

// What is checked of every call that is not on a connection.
inline absl::Status CheckLooseCall(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request,
                                   std::initializer_list<std::string_view> fields) {
  PCD_RETURN_IF_ERROR(CheckNotOrdered(context));
  return CheckCall(context, request, fields);
}

// AdmitCall for calls on a connection. One that was refused, or carried out before under another
// number, has taken its place; a repeat that waits for the first attempt has that one's.
template <typename Request, typename Response>
std::optional<UnaryReply<Response>> AdmitOrderedCall(const Calls& calls, const Request& request,
                                                     const std::optional<host::CallOrder>& order,
                                                     UnaryReply<Response> reply) {
  if constexpr (requires { request.request_id(); }) {
    if (!order.has_value()) return Admit(calls.request_ids, request, std::move(reply));
    // gRPC frees the request when the reply has been finished.
    const std::string id = request.peer_connection_id();
    RequestIds::Kind kind = RequestIds::Kind::kReused;
    auto admitted = Admit(calls.request_ids, request, std::move(reply), &kind);
    if (kind == RequestIds::Kind::kAnswered || kind == RequestIds::Kind::kReused) {
      TakePlace(calls.host, id, order);
    }
    return admitted;
  } else {
    return reply;
  }
}

// The turn of a call has come. False: its caller is gone, and nobody will ask again.
template <typename Response>
bool BeginTurn(const std::optional<host::CallOrder>& order, UnaryReply<Response>& reply) {
  if (!order.has_value()) return true;
  reply.KeepFailure();  // A repeat cannot have this turn again.
  return reply.IsRemembered() || !reply.IsCancelled();
}

inline grpc::Status CallerGone() {
  return MakeGrpcStatus(grpc::StatusCode::CANCELLED, v1::ERROR_REASON_CANCELLED,
                        "the caller went away before the turn of the call came");
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
  const auto order = ReadCallOrder(*context);
  absl::Status status = order.status();
  if (status.ok()) status = CheckCall(*context, *request, fields);
  if (status.ok()) status = RequireConnectionId(request->peer_connection_id());
  if (!status.ok()) {
    if (order.ok()) TakePlace(calls.host, request->peer_connection_id(), *order);
    std::move(reply).Finish(status);
    return reactor;
  }
  auto admitted = AdmitOrderedCall(calls, *request, *order, std::move(reply));
  if (!admitted.has_value()) return reactor;
  host::Host::VisitOptions visit{
      .chained = kIsChained<Request>,
      .order = *order,
      .bytes = order->has_value() ? request->ByteSizeLong() : 0,
  };
  auto visitor = [request, order = *order, operation = std::move(operation),
                  reply = *std::move(admitted)](absl::StatusOr<host::PeerConnection*> pc) mutable {
    if (pc.ok()) {
      const grpc::Status current =
          BeginTurn(order, reply) ? CheckRevision(**pc, *request) : CallerGone();
      if (!current.ok()) {
        std::move(reply).Finish(current);
        return;
      }
    }
    const absl::Status result = pc.ok() ? operation(**pc, *request, reply.response()) : pc.status();
    std::move(reply).Finish(result);
  };
  calls.host.Visit(request->peer_connection_id(), std::move(visit), std::move(visitor));
  return reactor;
}

}  // namespace pcd::service

#endif  // SERVICE_CONNECTION_CALL_H_
