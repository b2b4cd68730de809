// From the servers of a configuration to addresses.
#ifndef ENGINE_ICE_SERVER_RESOLUTION_H_
#define ENGINE_ICE_SERVER_RESOLUTION_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/ice/ice_events.h"
#include "engine/ice/resolved_server.h"
#include "engine/ice/server_policy.h"
#include "engine/ice/server_url.h"
#include "engine/model/ice.h"
#include "engine/net/host_resolver.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Resolves all names at once, and judges every address by the policy. `done` is called from inside
// Start when all servers are given by address, else in a later turn: when the last name is
// resolved, or after `timeout` without the names that are late.
//
// Of each TURN URL the first address of each family is used, of all STUN URLs the first address
// that there is, IPv4 first: libnice has one STUN server. TURN servers over UDP come last. Those
// over TLS are not asked for: each is an error.
// Threading: its loop.
class ServerResolution {
 public:
  ServerResolution(net::Loop& loop, net::HostResolver* resolver, ServerPolicy policy);
  ~ServerResolution();
  ServerResolution(const ServerResolution&) = delete;
  ServerResolution& operator=(const ServerResolution&) = delete;

  // Once. Destroying this cancels it.
  void Start(std::span<const IceServer> servers, Duration timeout, net::Task done);

  // Valid once done. At most one STUN server and kMaxTurnServers.
  static constexpr size_t kMaxTurnServers = 8;  // libnice's NICE_CANDIDATE_MAX_TURN_SERVERS.
  const std::vector<ResolvedServer>& servers() const { return resolved_; }
  // One for each URL that has no address, or is over TLS: error code 701.
  const std::vector<CandidateError>& errors() const { return errors_; }

 private:
  struct Entry {
    ServerUrl url{};
    std::string text{};
    std::string username{}, credential{};
    bool waiting = false;
    std::vector<IpAddress> addresses{};
  };

  void OnResolved(size_t index, const std::vector<IpAddress>& addresses);
  void Finish();
  void Use(const Entry& entry);
  void Add(const Entry& entry, const IpAddress& address);
  void Fail(const Entry& entry, std::string why);

  net::Loop& loop_;
  net::HostResolver* resolver_;  // Null: names have no address.
  const ServerPolicy policy_;
  std::unique_ptr<net::Timer> timer_;
  net::Task done_;
  std::vector<Entry> entries_;
  size_t waiting_ = 0;
  bool finished_ = false;
  std::vector<ResolvedServer> resolved_;
  std::vector<CandidateError> errors_;
  // Reset to null on destruction, so that a late answer finds out.
  std::shared_ptr<ServerResolution*> self_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SERVER_RESOLUTION_H_
