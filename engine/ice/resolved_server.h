// A STUN or TURN server at one address.
#ifndef ENGINE_ICE_RESOLVED_SERVER_H_
#define ENGINE_ICE_RESOLVED_SERVER_H_

#include <optional>
#include <string>

#include "engine/base/socket_address.h"

namespace pcd::ice {

struct ResolvedServer {
  std::string url{};  // As the caller wrote it.
  bool turn = false;
  bool tcp = false;
  SocketAddress address{};
  // Where libnice finds it instead: the tunnel to a server over TCP (turn_tunnel.h).
  std::optional<SocketAddress> via{};
  // Why it is not asked at all: there is no connection to it. Empty: it is.
  std::string unreachable{};
  std::string username{};
  std::string credential{};

  const SocketAddress& asked_at() const { return via.has_value() ? *via : address; }
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_RESOLVED_SERVER_H_
