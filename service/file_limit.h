// How many files (mostly sockets) the process may have open.
#ifndef SERVICE_FILE_LIMIT_H_
#define SERVICE_FILE_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace pcd::service {

// Raises the soft limit to the hard one, as every process may, and returns the limit that holds
// afterwards. Threading: at start, before others look at the limit.
uint64_t RaiseFileLimit();

// What to log when `limit` is less than `max_peer_connections` connections commonly need; empty:
// it suffices. It is an estimate: an ICE agent has a socket for each local address and two
// descriptors of its own, a sink has two sockets; with ICE-TCP a peer has a connection, and may
// have another that has proved nothing yet. Transports that are not bundled are not counted.
std::string FileLimitWarning(uint64_t limit, size_t max_peer_connections, bool ice_tcp);

}  // namespace pcd::service

#endif  // SERVICE_FILE_LIMIT_H_
