// To libnice a TURN server over UDP on loopback; to the server a client over TCP.
#ifndef ENGINE_ICE_TURN_TURN_TUNNEL_H_
#define ENGINE_ICE_TURN_TURN_TUNNEL_H_

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/net/loop.h"

namespace pcd::ice {

struct TurnTunnelOptions {
  SocketAddress server{};
  // Its sockets will be on these. A connection is made from each one of the server's family, so
  // that each socket has an allocation of its own, as over UDP.
  std::vector<IpAddress> local{};
  uint8_t dscp = 0;
};

// One server of one generation. The connections are opened at once, because libnice gives each of
// its requests no more than two seconds. A connection that is lost is not made again: the
// allocation went with it.
//
// Threading: its loop.
class TurnTunnel : private net::DatagramHandler {
 public:
  // Further addresses have no connection.
  static constexpr size_t kMaxConnections = 16;

  // `changed` is called, in turns of its own, each time that one of the answers below may have
  // changed; it must not destroy this.
  TurnTunnel(net::Loop& loop, const TurnTunnelOptions& options, net::Task changed);
  ~TurnTunnel() override;

  // At least one connection is there.
  bool ready() const;
  // None is there, and none is on its way.
  bool failed() const;
  // Why, of the latest that failed; empty: none did.
  const std::string& problem() const { return problem_; }
  // Where libnice finds it. Only where it has not failed.
  SocketAddress address() const { return socket_->local_address(); }

  // What libnice sends goes on from now on. Of what it sent before, as of what it sends while a
  // connection is on its way, the latest datagram of each socket is kept.
  void Open();
  // libnice's sockets. What anybody else on this machine sends here is dropped, and connections
  // without a socket are closed.
  void SetSources(std::span<const SocketAddress> sources);

  struct Drops {
    uint64_t strangers = 0;       // Of nobody's socket.
    uint64_t malformed = 0;       // Not one message.
    uint64_t not_connected = 0;   // Not yet, or no longer.
    uint64_t no_room = 0;         // The server takes less than libnice sends.
    uint64_t nobody_waiting = 0;  // From the server, before libnice asked.
  };
  const Drops& drops() const { return drops_; }

 private:
  class Link;

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources) override;
  Link* LinkOf(const SocketAddress& source);
  // A message that came to this socket of libnice's.
  void Deliver(ByteSpan message, const SocketAddress& source);
  void OnLinkChanged(const absl::Status& why);

  net::Loop& loop_;
  net::Task changed_;
  std::unique_ptr<net::DatagramSocket> socket_;
  std::vector<std::unique_ptr<Link>> links_;
  std::string problem_;
  bool open_ = false;
  Drops drops_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TURN_TURN_TUNNEL_H_
