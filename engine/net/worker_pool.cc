#include "engine/net/worker_pool.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace pcd::net {

WorkerPool::WorkerPool(const WorkerPoolOptions& options) : max_queue_(options.max_queue) {
  const size_t count = std::max<size_t>(1, options.threads);
  for (size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::Run(Task task) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_ || queue_.size() >= max_queue_) return false;
    queue_.push_back(std::move(task));
  }
  available_.notify_one();
  return true;
}

void WorkerPool::Stop() {
  std::deque<Task> rest;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    rest.swap(queue_);
  }
  available_.notify_all();
  rest.clear();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::Work() {
  pthread_setname_np(pthread_self(), "worker");
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    available_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
    if (stopped_) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // Dies outside the lock.
    lock.lock();
  }
}

}  // namespace pcd::net
