// How one ICE transport gathers and what it may use up.
#ifndef ENGINE_ICE_ICE_CONFIG_H_
#define ENGINE_ICE_ICE_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/ice/announced_address.h"
#include "engine/ice/server_policy.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/net/host_resolver.h"

namespace pcd::ice {

struct Config {
  // STUN and TURN servers; see CheckServers. Not empty, or policy kRelay: Create answers
  // UNIMPLEMENTED with NOT_IMPLEMENTED in backends that have no servers.
  std::vector<IceServer> servers{};
  // Judges the address of each of them when it is known.
  ServerPolicy server_policy{};
  // For servers given by name; not owned. Null: such a server has no address.
  net::HostResolver* resolver = nullptr;
  // Gathering waits no longer for names.
  Duration resolve_timeout = std::chrono::seconds(5);
  IceTransportPolicy policy = IceTransportPolicy::kAll;
  // We are the lite end (RFC 8445 section 2.5): host candidates only, answer checks, send none.
  bool lite = false;
  // Host candidates on 127.0.0.0/8 and ::1 too.
  bool allow_loopback = true;
  // Asked for each address that is up, with the interface's name; false: no candidate there.
  // Empty: all are used.
  std::function<bool(const std::string& interface_name, const IpAddress& address)> address_filter{};
  // Exactly these local addresses instead of the machine's own. Empty: enumerate.
  std::vector<IpAddress> addresses{};
  // What peers are told instead of host addresses (those without a port), or beside them.
  std::vector<AnnouncedAddress> announced{};
  // Local ports, both ends included. 0 and 0: the system chooses.
  uint16_t min_port = 0;
  uint16_t max_port = 0;
  // Marks what is sent: 0 to 63 (RFC 8837). The shared port has its own (SharedPortOptions).
  uint8_t dscp = 0;
  // Candidates kept in each direction and generation; further ones are dropped and counted.
  size_t max_candidates = Limits{}.max_candidates;
  // Pairs of candidates that are checked, and that statistics remember, in each generation. Full
  // ICE: those of the highest priority. On a shared port no more remote addresses than that, at
  // most LiteAgent::kMaxPaths, are heard at a time. 2 at least, so that a peer can move.
  size_t max_candidate_pairs = Limits{}.max_candidate_pairs;
  // Checks that reach nobody end in kFailed after this, or earlier when the peer's candidates are
  // complete.
  Duration check_timeout = std::chrono::seconds(30);
  // Silence of the peer (neither data nor STUN) after which a connection is kDisconnected; on full
  // ICE also half of `failed_after` without an answer to our checks. kFailed for good: without a
  // valid check of the peer (lite) or an answer to ours (full; RFC 7675 section 5.1: consent
  // expires after 30 s). Both ends send a check every 6 s at the latest.
  Duration disconnected_after = std::chrono::seconds(8);
  Duration failed_after = std::chrono::seconds(30);
  // Of one owner a later transport may take over the addresses of an earlier one at once, as after
  // an ICE restart by a peer that keeps its ports. Null: no owner.
  const void* owner = nullptr;
  // Local credentials to use instead of new ones. Not on shared ports, where they are the address.
  std::optional<IceParameters> credentials{};
  // Datagrams read in one turn of the loop before other connections have their turn.
  size_t max_packets_per_turn = 32;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ICE_CONFIG_H_
