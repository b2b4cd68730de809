#include "engine/ice/nice_servers.h"

#include <optional>

#include "engine/ice/nice_convert.h"

namespace pcd::ice {
namespace {

constexpr guint kComponent = 1;

// What a relayed candidate is of shows in its priority only (RFC 8445 section 5.1.2). libnice's
// type preference (its candidate-priv.h) is 30 for relays over UDP and 20 for those over TCP.
bool IsRelayOverTcp(const NiceCandidate& relayed) {
  constexpr uint32_t kPreferenceOfUdpRelay = 30;
  return (relayed.priority >> 24) < kPreferenceOfUdpRelay;
}

// Its local preference has three bits for the position of the server, in the order of UseServers.
size_t PositionOfServer(const NiceCandidate& relayed) { return (relayed.priority >> 14) & 7; }

}  // namespace

void UseServers(NiceAgent* agent, guint stream_id, std::span<const ResolvedServer> servers,
                bool relay_only) {
  g_object_set(agent, "force-relay", relay_only ? TRUE : FALSE, nullptr);
  for (const ResolvedServer& server : servers) {
    const std::string address = server.address.ip.ToString();
    if (!server.turn) {
      g_object_set(agent, "stun-server", address.c_str(), "stun-server-port",
                   guint{server.address.port}, nullptr);
      continue;
    }
    nice_agent_set_relay_info(agent, stream_id, kComponent, address.c_str(), server.address.port,
                              server.username.c_str(), server.credential.c_str(),
                              server.tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
  }
}

std::string UrlOf(const NiceCandidate& candidate, const ServerLog& log) {
  if (candidate.type == NICE_CANDIDATE_TYPE_RELAYED) {
    return log.UrlOfRelay(FromNiceAddress(candidate.addr), IsRelayOverTcp(candidate),
                          PositionOfServer(candidate));
  }
  if (candidate.type != NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE) return {};
  NiceAddress address;
  if (nice_candidate_stun_server_address(&candidate, &address) == FALSE) return {};
  // Of a reflexive address that a TURN server told, this is the relayed address.
  const SocketAddress server = FromNiceAddress(address);
  const std::string url = log.UrlOfStun(server);
  return url.empty() ? log.UrlOfRelay(server, false, std::nullopt) : url;
}

void HideRelatedAddress(Candidate& candidate) {
  const auto ip = IpAddress::Parse(candidate.address);
  candidate.related_address = ip.has_value() && ip->is_v6() ? "::" : "0.0.0.0";
  candidate.related_port = 0;
}

}  // namespace pcd::ice
