// Posted tasks on their way to a loop.
#ifndef ENGINE_NET_TASK_QUEUE_H_
#define ENGINE_NET_TASK_QUEUE_H_

#include <atomic>
#include <mutex>
#include <vector>

#include "engine/net/loop.h"

namespace pcd::net {

// The one lock of a loop, held for a vector's push or swap only; tasks run and die outside. A turn
// that has no tasks does not take it.
//
// Threading: Push from anywhere, Take and Close on the loop.
class TaskQueue {
 public:
  // True when the queue was empty, so that one burst of posts wakes its loop once. After
  // Close the task is destroyed and the answer is false.
  bool Push(Task task);

  // Moves all waiting tasks into `out` (emptied first), whose capacity is used again.
  void Take(std::vector<Task>& out);
  bool empty() const { return !waiting_.load(std::memory_order_acquire); }

  // Destroys what waits and refuses all that follows.
  void Close();

 private:
  std::mutex mutex_;
  std::atomic<bool> waiting_{false};  // Written under the lock.
  std::vector<Task> tasks_;
  bool closed_ = false;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_TASK_QUEUE_H_
