// Where a datagram of a peer came from and arrived: the 5-tuple, as one connection sees it.
#ifndef ENGINE_ICE_LITE_PATH_H_
#define ENGINE_ICE_LITE_PATH_H_

#include <cstdint>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"

namespace pcd::ice {

struct PathAddress {
  uint32_t socket = 0;  // Which of our addresses.
  SocketAddress remote{};
  // The TCP connection, by its number in the port; 0: UDP. So neither the two protocols nor two
  // connections that follow each other are taken for one.
  uint32_t connection = 0;
  friend bool operator==(const PathAddress&, const PathAddress&) = default;
};

// A tuple on which the peer has proved that it knows our password.
struct LitePath {
  uint32_t id = 0;  // Not reused within a connection.
  PathAddress address{};
  uint32_t generation = 0;     // The latest whose credentials were used on it.
  uint64_t pair_priority = 0;  // RFC 8445 section 6.1.2.3, with the peer controlling.
  uint32_t peer_priority = 0;  // PRIORITY of its checks.
  bool nominated = false;      // By USE-CANDIDATE, since another path was selected.
  bool was_nominated = false;  // By USE-CANDIDATE, at any time of its generation.
  Timestamp last_check{};
  // Its latest two checks of the generation, as numbers of all checks of the agent; 0: none.
  uint32_t latest = 0, before_latest = 0;
  // Valid checks on it, the same one again included, and what was written in reply.
  uint64_t requests = 0, responses = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_LITE_PATH_H_
