#include "service/call_order.h"

#include <iterator>
#include <string_view>

#include "engine/base/status.h"

namespace pcd::service {

absl::StatusOr<std::optional<host::CallOrder>> ReadCallOrder(
    const grpc::CallbackServerContext& context) {
  const auto [first, end] = context.client_metadata().equal_range(kCallOrderKey);
  if (first == end) return std::nullopt;
  if (std::next(first) != end) return InvalidArgument("a call has one order", kCallOrderKey);
  const std::string_view text(first->second.data(), first->second.size());
  absl::StatusOr<host::CallOrder> order = host::ParseCallOrder(text);
  if (!order.ok()) return InvalidArgument(std::string(order.status().message()), kCallOrderKey);
  return *std::move(order);
}

absl::Status CheckNotOrdered(const grpc::CallbackServerContext& context) {
  if (context.client_metadata().count(kCallOrderKey) == 0) return absl::OkStatus();
  return InvalidArgument("only unary calls on one connection have an order", kCallOrderKey);
}

void TakePlace(host::Host& host, const std::string& peer_connection_id,
               const std::optional<host::CallOrder>& order) {
  if (!order.has_value() || peer_connection_id.empty()) return;
  host.Visit(peer_connection_id, {.order = order}, [](absl::StatusOr<host::PeerConnection*>) {});
}

}  // namespace pcd::service
