// One-shot timers. Those that are not due soon stand in a wheel, where setting, moving and stopping
// cost the same however many there are: most are moved or stopped long before they are due. The
// earliest stand in a binary heap, which orders them exactly. No allocation (but where the heap
// grows), no system call.
#ifndef ENGINE_NET_TIMER_QUEUE_H_
#define ENGINE_NET_TIMER_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/time.h"
#include "engine/net/loop.h"
#include "engine/net/timer_wheel.h"

namespace pcd::net {

// Both loops, the real and the simulated one, keep their timers here. The queue outlives its
// timers. Threading: one loop.
class TimerQueue {
 public:
  TimerQueue() = default;
  ~TimerQueue();
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  // Stopped until Set. Equal deadlines run in the order in which they were set.
  std::unique_ptr<Timer> Create(Task callback);

  // The earliest deadline; kNever when nothing is armed.
  Timestamp NextDeadline() const;

  // Runs what is due at `now` and was armed before this call; what a callback arms runs in a
  // later call at the earliest, even when it is due already. Returns how many ran.
  size_t RunDue(Timestamp now);

 private:
  struct Node;
  class Handle;
  static constexpr size_t kNotArmed = static_cast<size_t>(-1);
  static constexpr size_t kPostponed = static_cast<size_t>(-2);

  void Set(Node* node, Timestamp when);
  void Insert(Node* node);
  void Remove(Node* node);
  void Refill();
  void InsertIntoHeap(Node* node);
  void RemoveFromHeap(Node* node);
  void Place(Node* node, size_t index);
  void SiftUp(size_t index);
  void SiftDown(size_t index);

  // All up to the wheel's tick; empty only when the wheel is empty as well.
  std::vector<Node*> heap_;
  TimerWheel wheel_;
  std::vector<Node*> postponed_;  // Due, but armed during RunDue; null where stopped.
  uint64_t next_sequence_ = 0;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_TIMER_QUEUE_H_
