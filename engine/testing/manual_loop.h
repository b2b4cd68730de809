// A net::Loop on descriptors of the system, in the test's thread, whose time stands still until
// the test moves it: what waits for 30 s is tested at once.
#ifndef ENGINE_TESTING_MANUAL_LOOP_H_
#define ENGINE_TESTING_MANUAL_LOOP_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/random.h"
#include "engine/base/time.h"
#include "engine/net/end_of_turn_queue.h"
#include "engine/net/flush_list.h"
#include "engine/net/loop.h"
#include "engine/net/poller.h"
#include "engine/net/timer_queue.h"
#include "engine/net/udp_scratch.h"

namespace pcd::testing {

// A turn has the order of an EventLoop's. Made by a loop is destroyed before it.
// Threading: the test's thread, Post too.
class ManualLoop final : public net::Loop {
 public:
  ManualLoop();
  ~ManualLoop() override;

  // One turn. The kernel may take a moment to deliver, even here: see TurnUntil.
  void Turn() { TurnAfter(Duration::zero()); }
  // Turns, waiting for descriptors between, until it holds. False: it did not in 10 s or more.
  [[nodiscard]] bool TurnUntil(const std::function<bool()>& done);
  // Lets time pass, by steps in which each deadline is met, and turns.
  void Advance(Duration duration);

  void Post(net::Task task) override { tasks_.push_back(std::move(task)); }
  bool IsCurrent() const override { return true; }
  Timestamp Now() const override { return now_; }
  int64_t UnixMicros() const override;
  // It is never kept from work.
  Duration ProcessorTime() const override { return now_.time_since_epoch(); }
  std::unique_ptr<net::Timer> CreateTimer(net::Task callback) override;
  absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenDatagramSocket(
      const net::DatagramSocketOptions& options) override;
  absl::Status WatchFd(int fd, net::FdHandler* handler) override;
  void UnwatchFd(int fd) override { poller_.Unwatch(fd); }
  void WatchWritable(int fd, bool on) override { poller_.WatchWritable(fd, on); }
  void RequestEndOfTurn(net::EndOfTurnHandler* handler) override { end_of_turn_.Request(handler); }
  void CancelEndOfTurn(net::EndOfTurnHandler* handler) override { end_of_turn_.Cancel(handler); }
  PacketPool& packets() override { return packets_; }
  RandomSource& random() override { return random_; }

  // Of the latest turn: handlers of descriptors that were called.
  size_t events() const { return events_; }

 private:
  void TurnAfter(Duration wait);

  Timestamp now_;
  SeededRandom random_;
  std::vector<net::Task> tasks_, running_;
  PacketPool packets_;
  std::unique_ptr<net::UdpScratch> udp_scratch_;
  net::TimerQueue timers_;
  net::EndOfTurnQueue end_of_turn_;
  net::FlushList flushes_;
  net::Poller poller_;
  size_t events_ = 0;
};

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_MANUAL_LOOP_H_
