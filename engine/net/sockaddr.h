// Addresses as the kernel wants them.
#ifndef ENGINE_NET_SOCKADDR_H_
#define ENGINE_NET_SOCKADDR_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/base/socket_address.h"

namespace pcd::net {

union SockaddrAny {
  sockaddr base;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

// Fills `out`; returns its length.
socklen_t ToSockaddr(const SocketAddress& address, SockaddrAny& out);
SocketAddress FromSockaddr(const SockaddrAny& address);

}  // namespace pcd::net

#endif  // ENGINE_NET_SOCKADDR_H_
