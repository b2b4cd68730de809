// Which loop a new PeerConnection lives on: the one with the fewest.
#ifndef ENGINE_NET_LOOP_PLACEMENT_H_
#define ENGINE_NET_LOOP_PLACEMENT_H_

#include <cstddef>
#include <mutex>
#include <vector>

#include "engine/net/loop.h"

namespace pcd::net {

// Counts what the caller says lives on each loop. Threading: any thread.
class LoopPlacement {
 public:
  // At least one loop; all outlive this.
  explicit LoopPlacement(std::vector<Loop*> loops);

  size_t size() const { return loops_.size(); }
  Loop& loop(size_t index) const { return *loops_[index]; }

  // The index of a loop with the lowest count, now one higher. Ties go round in turn, so
  // that short-lived connections do not all meet on loop 0.
  size_t Acquire();
  // Once for each Acquire that returned `index`.
  void Release(size_t index);
  size_t count(size_t index) const;

 private:
  const std::vector<Loop*> loops_;
  mutable std::mutex mutex_;
  std::vector<size_t> counts_;  // Guarded by mutex_, like next_.
  size_t next_ = 0;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_LOOP_PLACEMENT_H_
