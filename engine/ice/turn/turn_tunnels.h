// The tunnels of one generation: to all TURN servers over TCP.
#ifndef ENGINE_ICE_TURN_TURN_TUNNELS_H_
#define ENGINE_ICE_TURN_TURN_TUNNELS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/ice/resolved_server.h"
#include "engine/ice/turn/turn_tunnel.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Order of use: Start, `done`, libnice is given servers(), SetSources. Threading: its loop.
class TurnTunnels {
 public:
  // libnice makes one candidate of all relayed addresses with the same IP address: of the first. So
  // a server that is asked over UDP, too, hears of us over TCP this much later.
  static constexpr Duration kHeadStartOfUdp = std::chrono::milliseconds(300);

  explicit TurnTunnels(net::Loop& loop);
  ~TurnTunnels();
  TurnTunnels(const TurnTunnels&) = delete;
  TurnTunnels& operator=(const TurnTunnels&) = delete;

  // Once. `done` is called from inside when none of the servers is over TCP, else in a later turn:
  // when each of them has a connection or will have none, which takes as long as connecting may
  // (net::TcpStreamOptions).
  void Start(std::vector<ResolvedServer> servers, const std::vector<IpAddress>& local, uint8_t dscp,
             net::Task done);
  // `done` is not called any more; what is open stays.
  void Cancel() { done_ = nullptr; }

  // Those of Start; when done, those over TCP have a tunnel or are unreachable.
  const std::vector<ResolvedServer>& servers() const { return servers_; }

  // None of Start's servers is over TCP.
  bool empty() const { return entries_.empty(); }

  // libnice's sockets, whenever they change.
  void SetSources(std::span<const SocketAddress> sources);

 private:
  struct Entry {
    size_t server;  // In servers_.
    std::unique_ptr<TurnTunnel> tunnel;
  };

  void Check();
  bool IsAskedOverUdp(const ResolvedServer& server) const;

  net::Loop& loop_;
  std::vector<ResolvedServer> servers_;
  net::Task done_;
  std::vector<Entry> entries_;
  std::unique_ptr<net::Timer> head_start_;
  bool started_ = false;  // The head start.
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TURN_TURN_TUNNELS_H_
