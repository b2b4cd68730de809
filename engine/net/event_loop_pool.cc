#include "engine/net/event_loop_pool.h"

#include <sched.h>

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/status.h"

namespace pcd::net {
namespace {

size_t UsableCores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return 1;
  return static_cast<size_t>(std::max(1, CPU_COUNT(&cores)));
}

std::vector<Loop*> Pointers(const std::vector<std::unique_ptr<EventLoop>>& loops) {
  std::vector<Loop*> pointers;
  pointers.reserve(loops.size());
  for (const auto& loop : loops) pointers.push_back(loop.get());
  return pointers;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoopPool>> EventLoopPool::Create(size_t count) {
  if (count == 0) count = UsableCores();
  std::vector<std::unique_ptr<EventLoop>> loops;
  for (size_t i = 0; i < count; ++i) {
    PCD_ASSIGN_OR_RETURN(auto loop, EventLoop::Create({.name = "media-" + std::to_string(i)}));
    loops.push_back(std::move(loop));
  }
  return std::unique_ptr<EventLoopPool>(new EventLoopPool(std::move(loops)));
}

EventLoopPool::EventLoopPool(std::vector<std::unique_ptr<EventLoop>> loops)
    : loops_(std::move(loops)), placement_(Pointers(loops_)) {}

EventLoopPool::~EventLoopPool() { Stop(); }

absl::Status EventLoopPool::Start() {
  for (auto& loop : loops_) PCD_RETURN_IF_ERROR(loop->Start());
  return absl::OkStatus();
}

void EventLoopPool::Stop() {
  for (auto& loop : loops_) loop->Stop();
}

}  // namespace pcd::net
