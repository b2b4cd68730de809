// A net::Loop with simulated time and network: what runs on an EventLoop runs here
// unchanged, repeats exactly for a seed and needs no thread.
#ifndef ENGINE_TESTING_SIM_LOOP_H_
#define ENGINE_TESTING_SIM_LOOP_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/random.h"
#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/net/end_of_turn_queue.h"
#include "engine/net/flush_list.h"
#include "engine/net/loop.h"
#include "engine/net/timer_queue.h"
#include "engine/testing/sim_network.h"

namespace pcd::testing {

// A turn has the order of an EventLoop's: timers, datagrams, tasks, end-of-turn handlers,
// sends. Sockets, timers and handlers are destroyed before the loop, loops before the network.
//
// Sockets: a local address that is unspecified becomes address(), port 0 a free one. All
// addresses of the simulation may be bound by any loop (once). Datagrams arrive in batches of
// at most 32 per socket and turn.
//
// Threading: the thread that made it, Post too; IsCurrent() tells whether one is on it.
class SimLoop final : public net::Loop {
 public:
  // The first loop of a network gets address 10.0.0.1, the next 10.0.0.2, ...
  explicit SimLoop(SimNetwork& network);
  ~SimLoop() override;

  IpAddress address() const { return address_; }
  SimNetwork& network() { return network_; }
  // As EventLoop::Stop: destroys waiting tasks; nothing runs any more.
  void Stop();

  // The network's; they run all its loops.
  void RunUntil(Timestamp until) { network_.RunUntil(until); }
  void RunFor(Duration duration) { network_.RunFor(duration); }
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done, Duration max_time) {
    return network_.RunUntil(done, max_time);
  }
  void RunDue() { network_.RunDue(); }

  void Post(net::Task task) override;
  bool IsCurrent() const override;
  Timestamp Now() const override { return network_.Now(); }
  int64_t UnixMicros() const override { return network_.UnixMicros(); }
  // As if it never waited.
  Duration ProcessorTime() const override { return network_.Now().time_since_epoch(); }
  std::unique_ptr<net::Timer> CreateTimer(net::Task callback) override;
  absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenDatagramSocket(
      const net::DatagramSocketOptions& options) override;
  absl::Status WatchFd(int fd, net::FdHandler* handler) override;  // NOT_IMPLEMENTED.
  void UnwatchFd(int fd) override;
  void WatchWritable(int fd, bool on) override;
  void RequestEndOfTurn(net::EndOfTurnHandler* handler) override;
  void CancelEndOfTurn(net::EndOfTurnHandler* handler) override;
  PacketPool& packets() override { return packets_; }
  RandomSource& random() override { return random_; }

 private:
  friend class SimNetwork;
  friend class SimSocket;

  bool HasWork() const;
  Timestamp NextDeadline() const { return stopped_ ? kNever : timers_.NextDeadline(); }
  void Turn();
  void DeliverDatagrams();

  SimNetwork& network_;
  const size_t number_;
  const IpAddress address_;
  SeededRandom random_;
  bool stopped_ = false;
  std::vector<net::Task> tasks_;
  std::vector<net::Task> running_;
  PacketPool packets_;
  net::TimerQueue timers_;
  net::EndOfTurnQueue end_of_turn_;
  net::FlushList flushes_;
  std::vector<SimSocket*> readable_;  // Null where closed.
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_SIM_LOOP_H_
