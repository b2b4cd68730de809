// The order that a caller gives its calls on one connection, in the metadata of each.
//
//   peerconnection-order: 3f0c9a52-7d1e-4c55-9d0b-2f9f4f6f0a11/0
//
// A call takes its place whatever comes of it, also if its request is refused: TakePlace.
#ifndef SERVICE_CALL_ORDER_H_
#define SERVICE_CALL_ORDER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/server_context.h>

#include <optional>
#include <string>

#include "engine/host/call_order.h"
#include "engine/host/host.h"

namespace pcd::service {

inline constexpr char kCallOrderKey[] = "peerconnection-order";

// INVALID_ARGUMENT, naming the key, when there is more than one or one that is none; null without
// one. Threading: as the context; before the method returns.
absl::StatusOr<std::optional<host::CallOrder>> ReadCallOrder(
    const grpc::CallbackServerContext& context);

// INVALID_ARGUMENT when there is one: of calls that are not on a connection.
absl::Status CheckNotOrdered(const grpc::CallbackServerContext& context);

// Of a call that has been answered already: those after it do not wait for it.
void TakePlace(host::Host& host, const std::string& peer_connection_id,
               const std::optional<host::CallOrder>& order);

}  // namespace pcd::service

#endif  // SERVICE_CALL_ORDER_H_
