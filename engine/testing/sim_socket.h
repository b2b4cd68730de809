// A datagram socket inside the simulation.
#ifndef ENGINE_TESTING_SIM_SOCKET_H_
#define ENGINE_TESTING_SIM_SOCKET_H_

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/socket_address.h"
#include "engine/net/flush_list.h"
#include "engine/net/loop.h"
#include "engine/testing/sim_loop.h"

namespace pcd::testing {

// Threading: the test's one thread.
class SimSocket final : public net::DatagramSocket, public net::Flushable {
 public:
  static constexpr size_t kBatch = 32;

  // `local` is bound in the network for as long as the socket lives.
  SimSocket(SimLoop& loop, const SocketAddress& local, const net::DatagramSocketOptions& options);
  ~SimSocket() override;

  SocketAddress local_address() const override { return local_; }
  void SetHandler(net::DatagramHandler* handler) override { handler_ = handler; }
  void Queue(PacketPtr packet, const SocketAddress& destination) override;
  void Queue(PacketPtr packet) override;
  Counters counters() const override { return counters_; }
  bool more_may_wait() const override { return more_may_wait_; }
  void Flush() override;

  // From the network: a datagram is there for the next turn.
  void Arrive(const SocketAddress& source, ByteSpan bytes);
  // From the loop: hands one batch to the handler, which may destroy the socket.
  void Deliver();

 private:
  struct Queued {
    PacketPtr packet;
    SocketAddress destination;
  };

  SimLoop& loop_;
  const SocketAddress local_;
  const bool connected_;
  const SocketAddress remote_;
  net::DatagramHandler* handler_ = nullptr;
  std::vector<Queued> sending_;
  std::deque<std::pair<SocketAddress, PacketPtr>> arrived_;
  bool readable_ = false;  // Listed with the loop.
  bool more_may_wait_ = false;
  Counters counters_;
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_SIM_SOCKET_H_
