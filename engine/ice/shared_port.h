// One port number on one loop, shared by all its connections: finds out whose each datagram is, by
// the ufrag in STUN checks, by the remote address for the rest. Both in O(1). Over UDP and, where
// SharedPortOptions::tcp says so, over TCP, where a connection stands for the remote address.
#ifndef ENGINE_ICE_SHARED_PORT_H_
#define ENGINE_ICE_SHARED_PORT_H_

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/ice/fair_share/fair_share.h"
#include "engine/ice/lite_path.h"
#include "engine/ice/port_candidates.h"
#include "engine/ice/port_warnings.h"
#include "engine/ice/shared_port_client.h"
#include "engine/ice/shared_port_options.h"
#include "engine/ice/stun_message.h"
#include "engine/ice/tcp/tcp_port.h"
#include "engine/model/ice.h"
#include "engine/model/stats.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Rules it keeps:
// - Nothing but STUN is taken from an address that has not passed a check of a connection, and
//   nothing is remembered of it: memory grows with connections, not with what arrives.
// - Who has proved nothing gets a reply that is at most as long as the request, and such replies
//   are limited to kMaxRefusalsPerSecond.
// - An address belongs to the connection whose check it passed. Another takes it over only by a
//   valid check of its own after the first got none from there for Config::disconnected_after,
//   so that no connection can take another's packets by forging its address. Transports of one
//   Config::owner take over from each other at once.
// - When the loop cannot keep up, one source cannot make the others late: see FairShare.
// - A TCP connection ends with its path; what it may cost before it has one: see TcpPort.
// Threading: its loop; opened and destroyed there, or by the thread that owns the loop while it
// does not run.
class SharedPort : private TcpPortHandler {
 public:
  static constexpr uint32_t kMaxRefusalsPerSecond = 200;

  // `loop_index` counts the loops of the process from 0. INVALID_ARGUMENT with the system's
  // message when no socket, or with a fixed port not every one, can be bound.
  static absl::StatusOr<std::unique_ptr<SharedPort>> Open(net::Loop& loop,
                                                          const SharedPortOptions& options,
                                                          size_t loop_index);
  ~SharedPort() override;  // After all its clients.
  SharedPort(const SharedPort&) = delete;
  SharedPort& operator=(const SharedPort&) = delete;

  net::Loop& loop() { return loop_; }
  uint16_t port() const { return port_; }
  // Without ufrag.
  const std::vector<Candidate>& candidates() const { return candidates_.all; }
  // What was dropped, by reason; the sockets' own drops, too. Asks the system.
  SharedPortStats stats() const;
  // The same without the sockets' own.
  const SharedPortStats& counters() const { return counters_; }
  net::DatagramSocket::Counters socket_counters() const;  // TCP included.
  const TcpPort* tcp() const { return tcp_.get(); }       // Null: there is none.
  size_t routes() const;
  size_t ufrags() const { return clients_.size(); }

  // How candidates show our end of a path. Without ufrag.
  const Candidate& shown(const PathAddress& path) const {
    return (path.connection == 0 ? candidates_.udp : candidates_.tcp)[path.socket];
  }

  // Checks that name `ufrag` go to `client`, until it is removed.
  void AddUfrag(const std::string& ufrag, SharedPortClient* client);
  void RemoveUfrag(const std::string& ufrag);
  // No datagram from there goes to the client any more; a TCP connection is closed.
  void RemoveRoute(const PathAddress& address, const SharedPortClient* client);

  // Goes out with the turn's batch. UDP semantics.
  void Send(PacketPtr packet, const PathAddress& to) {
    if (to.connection != 0) [[unlikely]]
      return tcp_->Send(std::move(packet), to.connection);
    sockets_[to.socket]->socket->Queue(std::move(packet), to.remote);
  }

 private:
  struct Route {
    SharedPortClient* client = nullptr;
    uint32_t path_id = 0;
    FairShare::Use use{};
  };
  struct UfragHash {
    using is_transparent = void;
    size_t operator()(std::string_view ufrag) const { return std::hash<std::string_view>{}(ufrag); }
  };
  struct UfragEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
  };
  struct Socket : net::DatagramHandler {
    void OnDatagrams(std::span<PacketPtr> packets,
                     std::span<const SocketAddress> sources) override {
      port->OnDatagrams(*this, packets, sources);
    }
    SharedPort* port = nullptr;
    uint32_t index = 0;
    std::unique_ptr<net::DatagramSocket> socket{};
    FairShare share{};
    FairShare::Use strangers{};  // Checks of all sources that passed none yet, together.
    absl::flat_hash_map<SocketAddress, Route, std::hash<SocketAddress>> routes{};
  };

  SharedPort(net::Loop& loop, const SharedPortOptions& options) : loop_(loop), options_(options) {}
  absl::Status OpenSockets(uint16_t port);
  absl::Status OpenSocket(const IpAddress& address);
  void MakeCandidates(size_t loop_index);
  void CheckBuffers() const;
  void CheckLosses();

  void OnDatagrams(Socket& socket, std::span<PacketPtr> packets,
                   std::span<const SocketAddress> sources);
  void OnData(Socket& socket, std::span<PacketPtr> packets, const SocketAddress& source);
  bool AdmitCheck(Socket& socket, const SocketAddress& source);
  void OnTcpData(std::span<PacketPtr> packets, const PathAddress& from) override;
  void OnTcpClosed(const PathAddress& from) override;

  // Both tell whether the sender has proved that it knows a password.
  bool OnStun(const PacketPtr& packet, const PathAddress& from) override;
  bool OnCheck(const stun::Message& request, SharedPortClient& client, const PathAddress& from);
  Route* FindRoute(const PathAddress& from);
  Route& MakeRoute(const PathAddress& from);
  bool Claim(const PathAddress& from, SharedPortClient& client);
  void Refuse(const stun::Message& request, int error, const PathAddress& to);
  bool MayRefuse();

  net::Loop& loop_;
  const SharedPortOptions options_;
  uint16_t port_ = 0;
  std::vector<std::unique_ptr<Socket>> sockets_{};
  std::unique_ptr<TcpPort> tcp_{};
  absl::flat_hash_map<uint32_t, Route> tcp_routes_{};  // By connection.
  PortCandidates candidates_{};
  absl::flat_hash_map<std::string, SharedPortClient*, UfragHash, UfragEqual> clients_{};
  SharedPortStats counters_{};
  LossAlarm alarm_{};
  Timestamp refusals_since_{};
  uint32_t refusals_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SHARED_PORT_H_
