// Gives STUN and TURN servers to libnice, and reads from its candidates which one they are of.
#ifndef ENGINE_ICE_NICE_SERVERS_H_
#define ENGINE_ICE_NICE_SERVERS_H_

#include <nice/agent.h>

#include <span>
#include <string>

#include "engine/ice/resolved_server.h"
#include "engine/ice/server_log.h"
#include "engine/model/ice.h"

namespace pcd::ice {

// Before gathering, in this order; those that are unreachable are left out. To libnice all TURN
// servers are over UDP: it finds those over TCP where their tunnel is. `relay_only`: no other
// candidates are gathered or paired.
void UseServers(NiceAgent* agent, guint stream_id, std::span<const ResolvedServer> servers,
                bool relay_only);

// The URL of the server that a local candidate is of; empty: none, or one of several. The
// candidates of libnice's signals are copies, which know no TURN server
// (nice_candidate_relay_address crashes), so the log is asked.
std::string UrlOf(const NiceCandidate& candidate, const ServerLog& log);

// A relayed candidate no longer tells our own address (related address 0.0.0.0 or ::, port 0), as
// in browsers where only relays may be used.
void HideRelatedAddress(Candidate& candidate);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_SERVERS_H_
