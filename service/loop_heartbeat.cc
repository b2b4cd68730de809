#include "service/loop_heartbeat.h"

#include <utility>

namespace pcd::service {

LoopHeartbeat::LoopHeartbeat(const std::vector<net::Loop*>& loops, Time now) {
  for (net::Loop* loop : loops) pulses_.push_back({.loop = loop, .asked = now});
}

void LoopHeartbeat::Beat(Time now) {
  for (Pulse& pulse : pulses_) {
    if (!pulse.answered->load()) continue;
    pulse.asked = now;
    pulse.answered->store(false);
    pulse.loop->Post([answered = pulse.answered] { answered->store(true); });
  }
}

bool LoopHeartbeat::IsAlive(Time now) const {
  for (const Pulse& pulse : pulses_) {
    if (!pulse.answered->load() && now - pulse.asked >= kPatience) return false;
  }
  return true;
}

LivenessMonitor::LivenessMonitor(const std::vector<net::Loop*>& loops,
                                 std::function<void(bool)> on_change, std::function<void()> on_beat)
    : heartbeat_(loops, std::chrono::steady_clock::now()),
      on_change_(std::move(on_change)),
      on_beat_(std::move(on_beat)),
      thread_([this] { Run(); }) {}

LivenessMonitor::~LivenessMonitor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void LivenessMonitor::Run() {
  bool alive = true;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = std::chrono::steady_clock::now();
    heartbeat_.Beat(now);
    if (heartbeat_.IsAlive(now) != alive) {
      alive = !alive;
      on_change_(alive);
    }
    on_beat_();
    wake_.wait_for(lock, LoopHeartbeat::kInterval, [this] { return stopping_; });
  }
}

}  // namespace pcd::service
