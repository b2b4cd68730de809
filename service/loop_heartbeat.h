// Whether every media loop still turns: each is given a task now and then, and one that has not
// run any for too long hangs, and with it its connections.
#ifndef SERVICE_LOOP_HEARTBEAT_H_
#define SERVICE_LOOP_HEARTBEAT_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/net/loop.h"

namespace pcd::service {

// Threading: one thread. It may be gone before its last tasks have run.
class LoopHeartbeat {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kInterval{2};  // Between calls of Beat.
  static constexpr std::chrono::seconds kPatience{10};

  // The loops outlive it.
  LoopHeartbeat(const std::vector<net::Loop*>& loops, Time now);

  // Asks every loop for a sign of life. A loop that still owes one is not asked again, so what is
  // posted to a loop that hangs does not pile up.
  void Beat(Time now);
  // Whether no loop owes a sign of life for kPatience or longer.
  bool IsAlive(Time now) const;

 private:
  struct Pulse {
    net::Loop* loop = nullptr;
    Time asked{};
    // Set by the loop.
    std::shared_ptr<std::atomic<bool>> answered = std::make_shared<std::atomic<bool>>(true);
  };
  std::vector<Pulse> pulses_;
};

// Beats from a thread of its own and tells every change. Threading: created and destroyed by one
// thread; `on_change` (first when a loop hangs) and `on_beat` are called on the monitor's own.
class LivenessMonitor {
 public:
  LivenessMonitor(const std::vector<net::Loop*>& loops, std::function<void(bool)> on_change,
                  std::function<void()> on_beat);
  ~LivenessMonitor();

 private:
  void Run();

  LoopHeartbeat heartbeat_;
  const std::function<void(bool)> on_change_;
  const std::function<void()> on_beat_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace pcd::service

#endif  // SERVICE_LOOP_HEARTBEAT_H_
