// What peers are told of a host candidate of a socket of its own.
#ifndef ENGINE_ICE_ANNOUNCED_CANDIDATES_H_
#define ENGINE_ICE_ANNOUNCED_CANDIDATES_H_

#include <span>
#include <vector>

#include "engine/ice/announced_address.h"
#include "engine/model/ice.h"

namespace pcd::ice {

// The announced addresses that stand for its address, in order, with its own port; behind them
// itself, unless one of them replaces it. Rules with a port are about the media port and are left
// out. Priorities fall, so that peers try them in this order.
std::vector<Candidate> ShownFor(const Candidate& host, std::span<const AnnouncedAddress> rules);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ANNOUNCED_CANDIDATES_H_
