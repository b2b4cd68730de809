// A STUN or TURN server at one address.
#ifndef ENGINE_ICE_RESOLVED_SERVER_H_
#define ENGINE_ICE_RESOLVED_SERVER_H_

#include <string>

#include "engine/base/socket_address.h"

namespace pcd::ice {

struct ResolvedServer {
  std::string url{};  // As the caller wrote it.
  bool turn = false;
  bool tcp = false;
  SocketAddress address{};
  std::string username{};
  std::string credential{};
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_RESOLVED_SERVER_H_
