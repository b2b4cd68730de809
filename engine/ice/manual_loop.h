// A loop that a test turns by hand: time moves only when the test says so.
#ifndef ENGINE_ICE_MANUAL_LOOP_H_
#define ENGINE_ICE_MANUAL_LOOP_H_

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Threading: one thread.
class ManualLoop : public net::Loop {
 public:
  // Runs posted tasks and due timers, also those that they cause, then ends the turn.
  void Run() {
    while (!tasks_.empty() || FireDueTimer()) {
      if (tasks_.empty()) continue;
      net::Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  void Advance(Duration by) {
    const Timestamp end = now_ + by;
    for (Run(); NextTimer() <= end; Run()) now_ = NextTimer();
    now_ = end;
    Run();
  }

  void Post(net::Task task) override { tasks_.push_back(std::move(task)); }
  bool IsCurrent() const override { return true; }
  Timestamp Now() const override { return now_; }
  int64_t UnixMicros() const override { return now_.time_since_epoch().count(); }
  std::unique_ptr<net::Timer> CreateTimer(net::Task callback) override {
    return std::make_unique<ManualTimer>(*this, std::move(callback));
  }
  absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenDatagramSocket(
      const net::DatagramSocketOptions&) override {
    return InvalidState("no sockets here");
  }
  absl::Status WatchFd(int, net::FdHandler*) override { return InvalidState("no sockets here"); }
  void UnwatchFd(int) override {}
  void RequestEndOfTurn(net::EndOfTurnHandler*) override {}
  void CancelEndOfTurn(net::EndOfTurnHandler*) override {}
  PacketPool& packets() override { return pool_; }
  RandomSource& random() override { return random_; }

 private:
  struct ManualTimer : net::Timer {
    ManualTimer(ManualLoop& owner, net::Task task) : loop(owner), callback(std::move(task)) {
      loop.timers_.push_back(this);
    }
    ~ManualTimer() override { std::erase(loop.timers_, this); }
    void Set(Timestamp at) override { when = at; }
    ManualLoop& loop;
    net::Task callback;
    Timestamp when = kNever;
  };

  Timestamp NextTimer() const {
    Timestamp next = kNever - std::chrono::microseconds(1);
    for (const ManualTimer* timer : timers_) next = std::min(next, timer->when);
    return next;
  }
  bool FireDueTimer() {
    for (ManualTimer* timer : timers_) {
      if (timer->when > now_) continue;
      timer->when = kNever;
      timer->callback();
      return true;
    }
    return false;
  }

  PacketPool pool_;
  SeededRandom random_{1};
  Timestamp now_{};
  std::deque<net::Task> tasks_;
  std::vector<ManualTimer*> timers_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_MANUAL_LOOP_H_
