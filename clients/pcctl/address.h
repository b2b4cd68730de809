// "HOST:PORT" as users write it.
#ifndef CLIENTS_PCCTL_ADDRESS_H_
#define CLIENTS_PCCTL_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pcd::pcctl {

struct Address {
  // IPv4 or IPv6 in text form, without brackets.
  std::string host;
  // 1 to 65535.
  uint16_t port = 0;
};

// Reads "127.0.0.1:5004" or "[::1]:5004". Names are refused, as the service refuses them.
std::optional<Address> ParseAddress(std::string_view text);

// The reverse.
std::string ToString(const std::string& host, uint32_t port);

// Whether "host:port" (a name or an address) is this machine itself.
bool IsLoopback(std::string_view host_and_port);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_ADDRESS_H_
