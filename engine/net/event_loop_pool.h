// The media loops of the process.
#ifndef ENGINE_NET_EVENT_LOOP_POOL_H_
#define ENGINE_NET_EVENT_LOOP_POOL_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/net/event_loop.h"
#include "engine/net/loop_placement.h"

namespace pcd::net {

// Threading: Create, Start, Stop and destruction from one thread; the rest from any.
class EventLoopPool {
 public:
  // `count` loops named "media-0", ...; 0: one per core that this process may use.
  static absl::StatusOr<std::unique_ptr<EventLoopPool>> Create(size_t count = 0);
  ~EventLoopPool();  // Stops them.

  absl::Status Start();
  void Stop();

  size_t size() const { return loops_.size(); }
  EventLoop& loop(size_t index) { return *loops_[index]; }
  LoopPlacement& placement() { return placement_; }

 private:
  explicit EventLoopPool(std::vector<std::unique_ptr<EventLoop>> loops);

  std::vector<std::unique_ptr<EventLoop>> loops_;
  LoopPlacement placement_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_EVENT_LOOP_POOL_H_
