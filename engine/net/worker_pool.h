// A few threads for work that blocks: key generation, name resolution, files.
#ifndef ENGINE_NET_WORKER_POOL_H_
#define ENGINE_NET_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/net/loop.h"

namespace pcd::net {

struct WorkerPoolOptions {
  size_t threads = 2;      // At least one.
  size_t max_queue = 256;  // Tasks that wait; those that run are not counted.
};

// A task reports its result by posting it to the loop that wants it. Threading: any thread.
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerPoolOptions& options = {});
  ~WorkerPool();  // Stops it.
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, with the task destroyed, when the queue is full or the pool has stopped.
  [[nodiscard]] bool Run(Task task);

  // Waits for the tasks that run and destroys those that wait. Not from a task.
  void Stop();

 private:
  void Work();

  const size_t max_queue_;
  std::mutex mutex_;
  std::condition_variable available_;
  std::deque<Task> queue_;  // Guarded by mutex_, like stopped_.
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_WORKER_POOL_H_
