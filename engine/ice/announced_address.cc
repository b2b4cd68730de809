#include "engine/ice/announced_address.h"

#include <string>

#include "engine/base/status.h"

namespace pcd::ice {

absl::StatusOr<AnnouncedAddress> AnnouncedAddress::Parse(std::string_view text) {
  const std::string wrong =
      "\"" + std::string(text) + "\" is not an announced address, [+][LOCAL=]IP[:PORT]";
  AnnouncedAddress result;
  std::string_view outside = text;
  if (outside.starts_with('+')) {
    result.add = true;
    outside.remove_prefix(1);
  }
  if (const size_t equals = outside.find('='); equals != std::string_view::npos) {
    result.local = IpAddress::Parse(outside.substr(0, equals));
    if (!result.local.has_value()) return InvalidArgument(wrong);
    outside.remove_prefix(equals + 1);
  }
  if (const auto with_port = SocketAddress::Parse(outside)) {
    result.ip = with_port->ip;
    result.port = with_port->port;
    if (result.port == 0) return InvalidArgument(wrong);
  } else if (const auto alone = IpAddress::Parse(outside)) {
    result.ip = *alone;
  } else {
    return InvalidArgument(wrong);
  }
  if (result.ip.IsUnspecified() || result.ip.IsMulticast() ||
      (result.local.has_value() && result.local->is_v6() != result.ip.is_v6())) {
    return InvalidArgument(wrong);
  }
  return result;
}

bool AnnouncedAddress::StandsFor(const IpAddress& address) const {
  if (local.has_value()) return *local == address;
  return address.is_v6() == ip.is_v6() && !address.IsLoopback();
}

}  // namespace pcd::ice
