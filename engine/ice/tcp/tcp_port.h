// The TCP side of a shared port: listens on its addresses and carries datagrams on the connections
// that peers make (RFC 6544: we are passive).
#ifndef ENGINE_ICE_TCP_TCP_PORT_H_
#define ENGINE_ICE_TCP_TCP_PORT_H_

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/ice/lite_path.h"
#include "engine/ice/tcp/tcp_admission.h"
#include "engine/net/loop.h"
#include "engine/net/unique_fd.h"

namespace pcd::ice {

// What the connections bring. May close any of them, and send.
class TcpPortHandler {
 public:
  virtual ~TcpPortHandler() = default;
  // A STUN message. False: whoever sent it has not proved to know a password.
  virtual bool OnStun(const PacketPtr& packet, const PathAddress& from) = 0;
  // Of a proven connection: not STUN. They may be changed and moved out.
  virtual void OnTcpData(std::span<PacketPtr> packets, const PathAddress& from) = 0;
  // A proven connection has ended, not by Close.
  virtual void OnTcpClosed(const PathAddress& from) = 0;
};

// Rules it keeps:
// - How many connections there are and how long they may prove nothing: see TcpAdmission. One
//   whose frame proves nothing, or is too long, or is no STUN before the proof, is closed at once.
// - An unproven connection has one packet at most, and only while a frame is not complete.
// - A write never waits: what the kernel does not take is queued, kMaxQueued bytes of it; packets
//   beyond are dropped whole and counted, as a full UDP socket drops them.
// - Of one connection no more than kReadPerTurn is read in a turn.
// Threading: its loop.
class TcpPort : private net::EndOfTurnHandler {
 public:
  static constexpr size_t kReadPerTurn = 4096;
  static constexpr size_t kMaxQueued = 64 * 1024;

  struct Counters {
    uint64_t packets_sent = 0, bytes_sent = 0, packets_received = 0, bytes_received = 0;
    uint64_t send_drops = 0;     // No room, or the connection was gone.
    uint64_t receive_drops = 0;  // Longer than Packet::kMaxPayload.
    uint64_t accepted = 0;
    uint64_t evicted = 0;  // Unproven, closed for others.
    uint64_t expired = 0;  // Unproven for too long.
    uint64_t refused = 0;  // Proved nothing by what they sent.
    uint64_t crowded = 0;  // Proved something when there were kMaxProven.
  };

  // `handler` outlives it. `dscp` as Config::dscp.
  TcpPort(net::Loop& loop, TcpPortHandler& handler, uint8_t dscp);
  ~TcpPort() override;  // The handler is told nothing.
  TcpPort(const TcpPort&) = delete;
  TcpPort& operator=(const TcpPort&) = delete;

  // `socket` will be that of its connections' PathAddress. Errors as net::TcpListener::Open.
  absl::Status Listen(uint32_t socket, const SocketAddress& local);

  // A connection that sent a valid check stays. False: there is no room for it.
  bool Prove(uint32_t connection);
  void Send(PacketPtr packet, uint32_t connection);
  // Without effect where there is none. At once, also from inside the handler's calls.
  void Close(uint32_t connection);

  const Counters& counters() const { return counters_; }
  size_t connections() const { return connections_.size(); }
  size_t unproven() const { return admission_.unproven(); }

 private:
  class Listener;
  class Connection;
  static constexpr size_t kBatch = 32;

  void OnAccepted(uint32_t socket, net::UniqueFd fd, const SocketAddress& remote);
  void OnFrame(Connection& connection, PacketPtr packet);
  void OnStun(Connection& connection, const PacketPtr& packet);
  void Deliver(Connection& connection);
  void OnClosed(Connection& connection);
  void OnTimer();
  void ArmTimer();
  void OnEndOfTurn() override;
  uint32_t NewId();

  net::Loop& loop_;
  TcpPortHandler& handler_;
  const uint8_t dscp_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  absl::flat_hash_map<uint32_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> closed_;  // Until the turn ends.
  TcpAdmission admission_;
  std::unique_ptr<net::Timer> timer_;
  Timestamp armed_for_ = kNever;
  uint32_t last_id_ = 0;
  // Data of the connection that is being read; empty otherwise.
  std::array<PacketPtr, kBatch> batch_{};
  size_t batched_ = 0;
  Counters counters_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TCP_TCP_PORT_H_
