// The candidates of a shared port: what peers are told of its addresses.
#ifndef ENGINE_ICE_PORT_CANDIDATES_H_
#define ENGINE_ICE_PORT_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/ice/announced_address.h"
#include "engine/model/ice.h"

namespace pcd::ice {

struct PortCandidates {
  // Without ufrag; those of UDP first. Several local addresses may stand behind one.
  std::vector<Candidate> all{};
  // How a local address is shown: the first candidate of each, in their order. `tcp` is empty
  // without TCP.
  std::vector<Candidate> udp{}, tcp{};
};

// `locals` are bound, all to one port number; with `tcp` by TCP, too (RFC 6544: passive).
// `loop_index` as in SharedPort::Open.
PortCandidates MakePortCandidates(std::span<const SocketAddress> locals,
                                  std::span<const AnnouncedAddress> announced, size_t loop_index,
                                  bool tcp);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_PORT_CANDIDATES_H_
