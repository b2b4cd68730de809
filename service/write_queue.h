// The sending half of a stream: a bounded queue, one write in flight, and an end that comes
// after what is queued. It exists once for event streams and data streams.
#ifndef SERVICE_WRITE_QUEUE_H_
#define SERVICE_WRITE_QUEUE_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "service/byte_budget.h"

namespace pcd::service {

// What the queue does with its stream; a reactor implements it by StartWrite and Finish.
template <typename Response>
class WriteTarget {
 public:
  virtual ~WriteTarget() = default;
  virtual void StartWriteOf(const Response& response) = 0;
  virtual void FinishWith(const grpc::Status& status) = 0;
};

// Whether a message takes room of the queue's own limits. What comes all at once by its nature
// (the snapshots with which a watch begins) is not charged: it would fill the queue on its own.
// The budget that queues share is for all messages.
enum class QueueCharge { kCharged, kFree };

struct WriteQueueLimits {
  size_t max_messages = 1 << 15;
  size_t max_bytes = 8 << 20;
  std::shared_ptr<ByteBudget> budget{};  // Null: none.
};

// Threading: any thread. The target is called without a lock held, and never twice at a time:
// a write begins when the one before has ended, and the end comes last and once.
template <typename Response>
class WriteQueue {
 public:
  WriteQueue(WriteTarget<Response>& target, WriteQueueLimits limits)
      : target_(target), limits_(limits) {}

  ~WriteQueue() { Give(queued_bytes_); }

  // False: the queue is full and nothing was taken. After the end it takes and drops all.
  bool Push(Response response, QueueCharge charge = QueueCharge::kCharged) {
    const bool charged = charge == QueueCharge::kCharged;
    const size_t bytes = response.ByteSizeLong();
    std::unique_lock lock(mutex_);
    if (ending_) return true;
    // One message always fits, however long it is.
    if (charged && messages_ > 0 &&
        (messages_ >= limits_.max_messages || bytes_ + bytes > limits_.max_bytes)) {
      return false;
    }
    if (limits_.budget != nullptr && !limits_.budget->Take(bytes, queued_bytes_)) return false;
    queued_bytes_ += bytes;
    bytes_ += charged ? bytes : 0;
    messages_ += charged ? 1 : 0;
    queue_.push_back({std::move(response), bytes, charged});
    Continue(lock);
    return true;
  }

  // Changes the newest queued message that has not begun to be written and that `merge`
  // accepts by returning true; false when there is none.
  template <typename Merge>
  bool MergeInto(Merge merge) {
    const std::unique_lock lock(mutex_);
    const size_t first = writing_ ? 1 : 0;
    for (size_t i = queue_.size(); i > first; --i) {
      if (merge(queue_[i - 1].response)) return true;
    }
    return false;
  }

  // Ends the stream after what is queued.
  void FinishAfterQueue(grpc::Status status) {
    std::unique_lock lock(mutex_);
    if (ending_) return;
    ending_ = std::move(status);
    Continue(lock);
  }

  // Ends the stream as soon as the write in flight is done; what is queued is dropped.
  void FinishNow(grpc::Status status) {
    std::unique_lock lock(mutex_);
    if (finished_) return;
    ending_ = std::move(status);
    while (queue_.size() > (writing_ ? 1u : 0u)) DropBack();
    Continue(lock);
  }

  // As FinishNow, but `farewell` makes one last message, out of what is dropped, oldest first.
  // Without effect on a stream that is ending already.
  template <typename Farewell>
  void FinishNowWith(grpc::Status status, Farewell farewell) {
    std::unique_lock lock(mutex_);
    if (ending_) return;
    ending_ = std::move(status);
    const size_t kept = writing_ ? 1 : 0;
    std::vector<const Response*> dropped;
    for (size_t i = kept; i < queue_.size(); ++i) dropped.push_back(&queue_[i].response);
    Response last = farewell(dropped);
    while (queue_.size() > kept) DropBack();
    queue_.push_back({std::move(last), 0, false});
    Continue(lock);
  }

  // To be called by the reactor. A failed write means that the caller is gone.
  void OnWriteDone(bool ok) {
    std::unique_lock lock(mutex_);
    writing_ = false;
    Uncount(queue_.front());
    queue_.pop_front();
    if (!ok) {
      while (!queue_.empty()) DropBack();
      if (!ending_) ending_ = grpc::Status::CANCELLED;
    }
    Continue(lock);
  }

  bool ending() const {
    const std::lock_guard lock(mutex_);
    return ending_.has_value();
  }

 private:
  struct Entry {
    Response response;
    size_t bytes;
    bool charged;
  };

  void DropBack() {
    Uncount(queue_.back());
    queue_.pop_back();
  }

  void Uncount(const Entry& entry) {
    queued_bytes_ -= entry.bytes;
    Give(entry.bytes);
    if (!entry.charged) return;
    bytes_ -= entry.bytes;
    --messages_;
  }

  void Give(size_t bytes) {
    if (limits_.budget != nullptr) limits_.budget->Give(bytes);
  }

  // Starts what comes next, outside of the lock.
  void Continue(std::unique_lock<std::mutex>& lock) {
    if (writing_ || finished_) return;
    if (!queue_.empty()) {
      writing_ = true;
      const Response& response = queue_.front().response;  // A deque does not move its front.
      lock.unlock();
      target_.StartWriteOf(response);
      return;
    }
    if (!ending_) return;
    finished_ = true;
    const grpc::Status status = *ending_;
    lock.unlock();
    target_.FinishWith(status);
  }

  WriteTarget<Response>& target_;
  const WriteQueueLimits limits_;
  mutable std::mutex mutex_;
  std::deque<Entry> queue_;             // Guarded by mutex_. The front is being written.
  size_t queued_bytes_ = 0;             // Guarded by mutex_. Of all messages.
  size_t bytes_ = 0;                    // Guarded by mutex_. Of charged messages.
  size_t messages_ = 0;                 // Guarded by mutex_. Charged ones.
  bool writing_ = false;                // Guarded by mutex_.
  bool finished_ = false;               // Guarded by mutex_.
  std::optional<grpc::Status> ending_;  // Guarded by mutex_.
};

}  // namespace pcd::service

#endif  // SERVICE_WRITE_QUEUE_H_
