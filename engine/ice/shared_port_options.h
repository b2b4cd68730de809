// How the shared ports of a process are opened.
#ifndef ENGINE_ICE_SHARED_PORT_OPTIONS_H_
#define ENGINE_ICE_SHARED_PORT_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/ice/announced_address.h"

namespace pcd::ice {

struct SharedPortOptions {
  // Of the first loop; the following loops take the next numbers. 0: the system chooses one for
  // each loop, and an address that cannot be bound is left out; with a number that is an error.
  uint16_t port = 0;
  // Local addresses; one socket each. Empty: those of the machine.
  std::vector<IpAddress> addresses{};
  bool allow_loopback = true;  // Of the machine's.
  // Of the machine's, as Config::address_filter.
  std::function<bool(const std::string& interface_name, const IpAddress& address)> address_filter{};
  // Offered instead of the local addresses they stand for, or beside them.
  std::vector<AnnouncedAddress> announced{};
  // Of each socket. The kernel cuts them to its maximum (net.core.rmem_max, wmem_max) unless the
  // process may exceed it (CAP_NET_ADMIN); what was granted is logged.
  int receive_buffer_bytes = 4 << 20;
  int send_buffer_bytes = 4 << 20;
  uint8_t dscp = 0;  // As Config::dscp.
  // Listens on TCP, too, with the same numbers (RFC 6544, passive).
  bool tcp = false;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SHARED_PORT_OPTIONS_H_
