#include "clients/pcctl/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>

namespace pcd::pcctl {

std::optional<Address> ParseAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string port_text(text.substr(colon + 1));
  int family = AF_INET;
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    family = AF_INET6;
  }
  Address address{.host = std::string(host)};
  const char* const end = port_text.data() + port_text.size();
  const auto [rest, error] = std::from_chars(port_text.data(), end, address.port);
  if (error != std::errc() || rest != end || address.port == 0) return std::nullopt;
  in6_addr unused;
  if (inet_pton(family, address.host.c_str(), &unused) != 1) return std::nullopt;
  return address;
}

std::string ToString(const std::string& host, uint32_t port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool IsLoopback(std::string_view host_and_port) {
  return host_and_port.starts_with("127.") || host_and_port.starts_with("[::1]") ||
         host_and_port.starts_with("localhost:");
}

}  // namespace pcd::pcctl
