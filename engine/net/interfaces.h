// The machine's own addresses, as ICE gathers them.
#ifndef ENGINE_NET_INTERFACES_H_
#define ENGINE_NET_INTERFACES_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/socket_address.h"

namespace pcd::net {

// One address of one interface.
struct InterfaceAddress {
  std::string name{};  // "eth0".
  uint32_t index = 0;  // The kernel's number of the interface.
  IpAddress ip{};
  int prefix_length = 0;  // Of the network that the address is in.
  bool up = false;        // Configured up and with a carrier.
  bool loopback = false;
  bool point_to_point = false;
};

struct InterfaceFilter {
  bool loopback = false;  // Take loopback addresses too.
  bool ipv4 = true;
  bool ipv6 = true;
  // Interfaces whose name starts with one of these are left out, e.g. "docker".
  std::vector<std::string> excluded_name_prefixes{};
};

// All IPv4 and IPv6 addresses, in the kernel's order. A system call; not for the media path.
absl::StatusOr<std::vector<InterfaceAddress>> EnumerateInterfaces();

// What is usable as a host candidate: up, allowed by the filter, not unspecified, multicast
// or IPv6 link-local (needs a zone that candidates cannot carry); each address once.
std::vector<InterfaceAddress> FilterInterfaces(const std::vector<InterfaceAddress>& all,
                                               const InterfaceFilter& filter);

}  // namespace pcd::net

#endif  // ENGINE_NET_INTERFACES_H_
