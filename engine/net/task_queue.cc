#include "engine/net/task_queue.h"

#include <utility>

namespace pcd::net {

bool TaskQueue::Push(Task task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return false;  // The parameter dies after the lock, with the caller's frame.
  tasks_.push_back(std::move(task));
  waiting_.store(true, std::memory_order_release);
  return tasks_.size() == 1;
}

void TaskQueue::Take(std::vector<Task>& out) {
  out.clear();
  if (empty()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  out.swap(tasks_);
  waiting_.store(false, std::memory_order_release);
}

void TaskQueue::Close() {
  std::vector<Task> rest;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    rest.swap(tasks_);
    waiting_.store(false, std::memory_order_release);
  }
  // A dying task may post: the lock is free again.
  rest.clear();
}

}  // namespace pcd::net
