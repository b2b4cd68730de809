// What the outside calls one of our addresses: behind 1:1 NAT, a load balancer or a port map.
#ifndef ENGINE_ICE_ANNOUNCED_ADDRESS_H_
#define ENGINE_ICE_ANNOUNCED_ADDRESS_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/socket_address.h"

namespace pcd::ice {

struct AnnouncedAddress {
  IpAddress ip{};
  // As the outside sees the port of the first media loop, the following loops the next ones.
  // 0: the port is not changed on the way.
  uint16_t port = 0;
  // The local address that it stands for. Absent: for every local one of its family but loopback.
  std::optional<IpAddress> local{};
  // Offered beside the local address, not instead of it. A local address is left out as soon as
  // one rule replaces it.
  bool add = false;

  // "[+][LOCAL=]IP[:PORT]", such as "203.0.113.7", "203.0.113.7:40000", "10.0.0.5=203.0.113.7",
  // "[2001:db8::7]:40000" or, to add, "+203.0.113.7". INVALID_ARGUMENT for anything else, for
  // unspecified and multicast addresses, and when the families of the two differ.
  static absl::StatusOr<AnnouncedAddress> Parse(std::string_view text);

  bool StandsFor(const IpAddress& address) const;
  friend bool operator==(const AnnouncedAddress&, const AnnouncedAddress&) = default;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ANNOUNCED_ADDRESS_H_
