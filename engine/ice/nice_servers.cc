#include "engine/ice/nice_servers.h"

#include <optional>

#include "engine/ice/nice_convert.h"

namespace pcd::ice {
namespace {

constexpr guint kComponent = 1;

// What a relayed candidate is of shows in its priority only (RFC 8445 section 5.1.2): its local
// preference has three bits for the position of the server, in the order of UseServers.
size_t PositionOfServer(const NiceCandidate& relayed) { return (relayed.priority >> 14) & 7; }

}  // namespace

void UseServers(NiceAgent* agent, guint stream_id, std::span<const ResolvedServer> servers,
                bool relay_only) {
  g_object_set(agent, "force-relay", relay_only ? TRUE : FALSE, nullptr);
  for (const ResolvedServer& server : servers) {
    if (!server.unreachable.empty()) continue;
    const std::string address = server.asked_at().ip.ToString();
    const guint port = server.asked_at().port;
    if (!server.turn) {
      g_object_set(agent, "stun-server", address.c_str(), "stun-server-port", port, nullptr);
      continue;
    }
    nice_agent_set_relay_info(agent, stream_id, kComponent, address.c_str(), port,
                              server.username.c_str(), server.credential.c_str(),
                              NICE_RELAY_TYPE_TURN_UDP);
  }
}

std::string UrlOf(const NiceCandidate& candidate, const ServerLog& log) {
  if (candidate.type == NICE_CANDIDATE_TYPE_RELAYED) {
    return log.UrlOfRelay(FromNiceAddress(candidate.addr), PositionOfServer(candidate));
  }
  if (candidate.type != NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE) return {};
  NiceAddress address;
  if (nice_candidate_stun_server_address(&candidate, &address) == FALSE) return {};
  // Of a reflexive address that a TURN server told, this is the relayed address.
  const SocketAddress server = FromNiceAddress(address);
  const std::string url = log.UrlOfStun(server);
  return url.empty() ? log.UrlOfRelay(server, std::nullopt) : url;
}

void HideRelatedAddress(Candidate& candidate) {
  const auto ip = IpAddress::Parse(candidate.address);
  candidate.related_address = ip.has_value() && ip->is_v6() ? "::" : "0.0.0.0";
  candidate.related_port = 0;
}

}  // namespace pcd::ice
