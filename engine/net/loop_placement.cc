#include "engine/net/loop_placement.h"

#include <utility>

namespace pcd::net {

LoopPlacement::LoopPlacement(std::vector<Loop*> loops)
    : loops_(std::move(loops)), counts_(loops_.size(), 0) {}

size_t LoopPlacement::Acquire() {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t best = next_;
  for (size_t i = 1; i < counts_.size(); ++i) {
    const size_t index = (next_ + i) % counts_.size();
    if (counts_[index] < counts_[best]) best = index;
  }
  ++counts_[best];
  next_ = (best + 1) % counts_.size();
  return best;
}

void LoopPlacement::Release(size_t index) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (counts_[index] > 0) --counts_[index];
}

size_t LoopPlacement::count(size_t index) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return counts_[index];
}

}  // namespace pcd::net
