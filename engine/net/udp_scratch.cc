#include "engine/net/udp_scratch.h"

#include <arpa/inet.h>

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

UdpScratch::UdpScratch(PacketPool& pool) : receive{}, send{}, pool_(pool) {
  receive.used = kReceiveBatch;
}

void UdpScratch::PrepareReceive() {
  for (size_t i = 0; i < receive.used; ++i) {
    if (receive.packets[i] == nullptr) receive.packets[i] = pool_.Get();
    receive.buffers[i] = {receive.packets[i]->data(), Packet::kMaxPayload};
    msghdr& header = receive.headers[i].msg_hdr;
    header.msg_name = &receive.names[i];
    header.msg_namelen = sizeof(SockaddrAny);
    header.msg_iov = &receive.buffers[i];
    header.msg_iovlen = 1;
    header.msg_flags = 0;
  }
  receive.used = 0;
}

}  // namespace pcd::net
