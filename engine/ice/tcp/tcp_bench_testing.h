// A shared port with TCP on loopback, its connections, and time that the test moves.
#ifndef ENGINE_ICE_TCP_TCP_BENCH_TESTING_H_
#define ENGINE_ICE_TCP_TCP_BENCH_TESTING_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/ice/check_testing.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/shared_port.h"
#include "engine/ice/shared_port_transport.h"
#include "engine/ice/tcp/tcp_peer_testing.h"
#include "engine/testing/manual_loop.h"

namespace pcd::ice {

inline const IceParameters kPeerParameters{.ufrag = "peer", .pwd = "peers-password-22-chars"};
inline const IpAddress kLoopback = IpAddress::V4({127, 0, 0, 1});
inline const std::vector<uint8_t> kDtls = {22, 254, 253, 0, 0};
inline const std::vector<uint8_t> kRtp = {0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
using Datagrams = std::vector<std::vector<uint8_t>>;

struct TcpConnection {
  TcpConnection(SharedPort& port, const Config& config) : ice(port, config), recorder(ice) {
    EXPECT_TRUE(ice.SetRemoteParameters(kPeerParameters).ok());
    ice.StartGathering();
  }
  CheckToMake Check(bool use_candidate = true) const {
    return CheckFor(ice.local_parameters(), kPeerParameters, use_candidate);
  }
  std::vector<uint8_t> CheckBytes(bool use_candidate = true) const {
    return MakeCheck(Check(use_candidate));
  }

  SharedPortTransport ice;
  EventRecorder recorder;
};

// A UDP socket of the outside.
class UdpPeer : public net::DatagramHandler {
 public:
  UdpPeer(net::Loop& loop, const SocketAddress& to, const SocketAddress& from) : to_(to) {
    socket_ = std::move(loop.OpenDatagramSocket({.local = from})).value();
    socket_->SetHandler(this);
    loop_ = &loop;
  }
  void Send(const std::vector<uint8_t>& bytes) {
    socket_->Queue(loop_->packets().CopyOf(bytes), to_);
  }
  SocketAddress address() const { return socket_->local_address(); }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      received.emplace_back(packet->bytes().begin(), packet->bytes().end());
    }
  }

  Datagrams received{};

 private:
  const SocketAddress to_;
  net::Loop* loop_ = nullptr;
  std::unique_ptr<net::DatagramSocket> socket_;
};

class TcpBench : public ::testing::Test {
 protected:
  TcpBench() { Open({}); }

  void Open(SharedPortOptions options) {
    port_.reset();
    options.tcp = true;
    if (options.addresses.empty()) options.addresses = {kLoopback};
    port_ = std::move(SharedPort::Open(loop_, options, 0)).value();
    to_ = {options.addresses[0], port_->port()};
  }
  std::unique_ptr<TcpConnection> Connect(const Config& config = {}) {
    return std::make_unique<TcpConnection>(*port_, config);
  }
  // A peer whose check was answered.
  std::unique_ptr<TcpPeer> Checked(const TcpConnection& connection, bool use_candidate = true,
                                   const SocketAddress& from = {}) {
    auto peer = std::make_unique<TcpPeer>(to_, from);
    peer->Send(connection.CheckBytes(use_candidate));
    EXPECT_TRUE(Answered(*peer));
    return peer;
  }
  bool Answered(TcpPeer& peer, size_t count = 1) {
    return loop_.TurnUntil([&] {
      peer.Read();
      return peer.received.size() >= count;
    });
  }
  bool Closed(TcpPeer& peer) {
    return loop_.TurnUntil([&] { return peer.Closed(); });
  }
  bool Accepted(uint64_t count) {
    return loop_.TurnUntil([&] { return tcp().accepted >= count; });
  }
  bool Received(const TcpConnection& connection, size_t count) {
    return loop_.TurnUntil([&] { return connection.recorder.packets.size() >= count; });
  }
  const TcpPort::Counters& tcp() const { return port_->tcp()->counters(); }

  testing::ManualLoop loop_;
  std::unique_ptr<SharedPort> port_;
  SocketAddress to_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TCP_TCP_BENCH_TESTING_H_
