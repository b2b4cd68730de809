// The real loop: one thread, one epoll set, its timers, its packet pool, its send batches.
//
// One turn: wait for the first event or deadline; read the time; run due timers; serve
// ready descriptors; run the tasks posted before the turn's task phase; run end-of-turn
// handlers (again while they request each other, at most kMaxEndOfTurnRounds rounds); send
// what the UDP sockets have queued. Whatever asks for more waits for the next turn, so no
// socket, task or timer can starve the others.
#ifndef ENGINE_NET_EVENT_LOOP_H_
#define ENGINE_NET_EVENT_LOOP_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/net/end_of_turn_queue.h"
#include "engine/net/flush_list.h"
#include "engine/net/loop.h"
#include "engine/net/poller.h"
#include "engine/net/system_random.h"
#include "engine/net/task_queue.h"
#include "engine/net/timer_queue.h"

namespace pcd::net {

class UdpScratch;

struct EventLoopOptions {
  std::string name = "loop";       // Of the thread, as `top -H` shows it; cut to 15 characters.
  size_t max_idle_packets = 4096;  // Of the packet pool.
};

// Order of use: Create, Start, Post ..., Stop. Until Start the creating thread owns the loop
// and may set up timers, sockets and watches; after Stop the thread that called it does and
// may destroy what is left. Everything made by a loop is destroyed before the loop is.
//
// Threading: Start and Stop from one thread that is not the loop's; Post and UnixMicros from any;
// the rest on the loop's thread (see above for before Start and after Stop).
class EventLoop final : public Loop {
 public:
  // Times one handler may ask for another round within one turn before the rest waits.
  static constexpr int kMaxEndOfTurnRounds = 16;

  // Fails with LIMIT_EXCEEDED (ResourceExhausted) when the process is out of descriptors.
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create(EventLoopOptions options = {});
  ~EventLoop() override;  // Stops it.

  // Starts the thread. A second Start, also after Stop, is refused with INVALID_STATE.
  absl::Status Start();
  // Ends after the current turn, destroys the tasks that have not run (on the loop's thread)
  // and joins. Without effect when not started or already stopped; then nothing runs any
  // more and Post destroys its task at once.
  void Stop();

  const std::string& name() const { return options_.name; }

  void Post(Task task) override;
  bool IsCurrent() const override;
  Timestamp Now() const override { return now_; }
  int64_t UnixMicros() const override;
  Duration ProcessorTime() const override;
  std::unique_ptr<Timer> CreateTimer(Task callback) override;
  absl::StatusOr<std::unique_ptr<DatagramSocket>> OpenDatagramSocket(
      const DatagramSocketOptions& options) override;
  absl::Status WatchFd(int fd, FdHandler* handler) override;
  void UnwatchFd(int fd) override;
  void WatchWritable(int fd, bool on) override;
  void RequestEndOfTurn(EndOfTurnHandler* handler) override;
  void CancelEndOfTurn(EndOfTurnHandler* handler) override;
  PacketPool& packets() override { return packets_; }
  RandomSource& random() override { return random_; }

  // Since Start. `wakeups` counts writes to the wake-up descriptor: one per burst of posts.
  struct Counters {
    uint64_t turns = 0, events = 0, timers = 0, tasks = 0, wakeups = 0;
  };
  Counters counters() const;

 private:
  EventLoop(EventLoopOptions options, Poller poller);
  void Run();
  void Turn();
  void ReadClock();
  Duration WaitTime() const;  // Zero: do not wait; negative: without end.

  const EventLoopOptions options_;
  std::thread thread_;
  std::atomic<std::thread::id> owner_;
  std::atomic<bool> stopping_{false};
  bool started_ = false;  // The two are used by Start and Stop only.
  bool stopped_ = false;

  TaskQueue tasks_;  // The only member that other threads touch, with poller_.Wake().
  std::atomic<uint64_t> wakeups_{0};

  std::vector<Task> running_;
  Timestamp now_{};
  mutable int64_t unix_offset_ = 0;  // Read at the first use of a turn.
  mutable bool unix_offset_known_ = false;
  Counters counters_;
  SystemRandom random_;
  // Order matters: what holds packets goes before the pool does.
  PacketPool packets_;
  std::unique_ptr<UdpScratch> udp_scratch_;
  TimerQueue timers_;
  EndOfTurnQueue end_of_turn_;
  FlushList flushes_;
  Poller poller_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_EVENT_LOOP_H_
