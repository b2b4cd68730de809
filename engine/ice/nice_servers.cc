#include "engine/ice/nice_servers.h"

#include "engine/ice/nice_convert.h"

namespace pcd::ice {
namespace {

constexpr guint kComponent = 1;
// libnice's type preferences (its candidate-priv.h): 30 for relays over UDP, 20 for those over TCP.
// Nothing else in the candidate tells them apart.
constexpr uint32_t kPreferenceOfUdpRelay = 30;

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

bool IsRelayOverTcp(const NiceCandidate& relayed) {
  return relayed.priority >> 24 < kPreferenceOfUdpRelay;
}

SocketAddress RelayServerOf(const NiceCandidate& relayed) {
  NiceAddress server;
  nice_candidate_relay_address(&relayed, &server);
  return FromNiceAddress(server);
}

std::string UrlOf(const NiceCandidate& candidate, const ServerLog& log) {
  if (candidate.type == NICE_CANDIDATE_TYPE_RELAYED) {
    return log.UrlOf(RelayServerOf(candidate), true, IsRelayOverTcp(candidate));
  }
  if (candidate.type != NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE) return {};
  NiceAddress server;
  std::string url;
  if (nice_candidate_stun_server_address(&candidate, &server) != FALSE) {
    url = log.UrlOf(FromNiceAddress(server), false, false);
  }
  return url.empty() ? log.OnlyUdpRelayUrl() : url;
}

void HideRelatedAddress(Candidate& candidate) {
  const auto ip = IpAddress::Parse(candidate.address);
  candidate.related_address = ip.has_value() && ip->is_v6() ? "::" : "0.0.0.0";
  candidate.related_port = 0;
}

}  // namespace pcd::ice
