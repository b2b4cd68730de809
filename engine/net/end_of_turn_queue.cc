#include "engine/net/end_of_turn_queue.h"

namespace pcd::net {

void EndOfTurnQueue::Request(EndOfTurnHandler* handler) {
  const auto [it, added] = positions_.try_emplace(handler, queue_.size());
  if (added) queue_.push_back(handler);
}

void EndOfTurnQueue::Cancel(EndOfTurnHandler* handler) {
  const auto it = positions_.find(handler);
  if (it == positions_.end()) return;
  queue_[it->second] = nullptr;
  positions_.erase(it);
}

void EndOfTurnQueue::Run(int max_rounds) {
  size_t next = 0;
  for (int round = 0; round < max_rounds && next < queue_.size(); ++round) {
    const size_t end_of_round = queue_.size();
    for (; next < end_of_round; ++next) {
      EndOfTurnHandler* handler = queue_[next];
      if (handler == nullptr) continue;
      positions_.erase(handler);
      handler->OnEndOfTurn();
    }
  }
  DropFront(next);
}

void EndOfTurnQueue::DropFront(size_t count) {
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  for (auto& [handler, position] : positions_) position -= count;
}

}  // namespace pcd::net
