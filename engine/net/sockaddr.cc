#include "engine/net/sockaddr.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace pcd::net {

socklen_t ToSockaddr(const SocketAddress& address, SockaddrAny& out) {
  const uint8_t* bytes = address.ip.bytes().data();
  if (address.ip.is_v6()) {
    out.v6 = sockaddr_in6{};
    out.v6.sin6_family = AF_INET6;
    out.v6.sin6_port = htons(address.port);
    std::memcpy(&out.v6.sin6_addr, bytes, 16);
    return sizeof(out.v6);
  }
  out.v4 = sockaddr_in{};
  out.v4.sin_family = AF_INET;
  out.v4.sin_port = htons(address.port);
  std::memcpy(&out.v4.sin_addr, bytes, 4);
  return sizeof(out.v4);
}

SocketAddress FromSockaddr(const SockaddrAny& address) {
  if (address.base.sa_family == AF_INET6) {
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &address.v6.sin6_addr, bytes.size());
    return {IpAddress::V6(bytes), ntohs(address.v6.sin6_port)};
  }
  std::array<uint8_t, 4> bytes;
  std::memcpy(bytes.data(), &address.v4.sin_addr, bytes.size());
  return {IpAddress::V4(bytes), ntohs(address.v4.sin_port)};
}

}  // namespace pcd::net
