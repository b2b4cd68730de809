#include "engine/net/timer_queue.h"

#include <utility>

namespace pcd::net {

struct TimerQueue::Node : TimerWheel::Entry {
  Task callback;
  Timestamp when = kNever;
  uint64_t sequence = 0;  // Of arming; orders equal deadlines and marks what is new.
  size_t index = kNotArmed;
  bool running = false;
  bool abandoned = false;  // Its Timer was destroyed by its own callback.

  bool Before(const Node& other) const {
    return when != other.when ? when < other.when : sequence < other.sequence;
  }
};

class TimerQueue::Handle final : public Timer {
 public:
  Handle(TimerQueue* queue, Task callback) : queue_(queue), node_(new Node) {
    node_->callback = std::move(callback);
  }
  ~Handle() override {
    queue_->Remove(node_);
    queue_->Refill();
    if (node_->running) {
      node_->abandoned = true;  // RunDue frees it when the callback has returned.
    } else {
      delete node_;
    }
  }
  void Set(Timestamp when) override { queue_->Set(node_, when); }

 private:
  TimerQueue* const queue_;
  Node* const node_;
};

TimerQueue::~TimerQueue() = default;

std::unique_ptr<Timer> TimerQueue::Create(Task callback) {
  return std::make_unique<Handle>(this, std::move(callback));
}

Timestamp TimerQueue::NextDeadline() const { return heap_.empty() ? kNever : heap_.front()->when; }

size_t TimerQueue::RunDue(Timestamp now) {
  const uint64_t armed_before = next_sequence_;
  size_t count = 0;
  // What callbacks arm is newer and may stand in front when it is due as well: it is set
  // aside, so that a timer that always wants to run at once cannot hold the turn.
  while (!heap_.empty() && heap_.front()->when <= now) {
    Node* node = heap_.front();
    if (node->sequence >= armed_before) {
      Remove(node);
      postponed_.push_back(node);
      node->index = kPostponed;
      Refill();
      continue;
    }
    Remove(node);
    node->running = true;
    node->callback();
    node->running = false;
    if (node->abandoned) delete node;
    ++count;
    Refill();
  }
  for (Node* node : postponed_) {
    if (node == nullptr) continue;
    node->index = kNotArmed;
    Insert(node);
  }
  postponed_.clear();
  Refill();
  return count;
}

void TimerQueue::Set(Node* node, Timestamp when) {
  Remove(node);
  if (when != kNever) {
    node->when = when;
    node->sequence = next_sequence_++;
    Insert(node);
  }
  Refill();
}

void TimerQueue::Insert(Node* node) {
  const uint64_t tick = TimerWheel::TickOf(node->when);
  if (tick > wheel_.tick()) {
    wheel_.Insert(*node, tick);
  } else {
    InsertIntoHeap(node);
  }
}

// What the heap lacks comes from the wheel, whose tick may then be far ahead: until then what is
// set for an earlier time stands in the heap.
void TimerQueue::Refill() {
  if (!heap_.empty()) return;
  for (TimerWheel::Entry* entry = wheel_.TakeEarliest(); entry != nullptr; entry = entry->next) {
    InsertIntoHeap(static_cast<Node*>(entry));
  }
}

void TimerQueue::InsertIntoHeap(Node* node) {
  heap_.push_back(node);
  node->index = heap_.size() - 1;
  SiftUp(node->index);
}

void TimerQueue::Remove(Node* node) {
  if (node->in_wheel()) return wheel_.Remove(*node);
  if (node->index == kNotArmed) return;
  if (node->index == kPostponed) {
    for (Node*& postponed : postponed_) {
      if (postponed == node) postponed = nullptr;
    }
    node->index = kNotArmed;
    return;
  }
  RemoveFromHeap(node);
}

void TimerQueue::RemoveFromHeap(Node* node) {
  const size_t index = std::exchange(node->index, kNotArmed);
  Node* last = heap_.back();
  heap_.pop_back();
  if (last == node) return;
  Place(last, index);
  SiftUp(index);
  SiftDown(last->index);
}

void TimerQueue::Place(Node* node, size_t index) {
  heap_[index] = node;
  node->index = index;
}

void TimerQueue::SiftUp(size_t index) {
  Node* node = heap_[index];
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (!node->Before(*heap_[parent])) break;
    Place(heap_[parent], index);
    index = parent;
  }
  Place(node, index);
}

void TimerQueue::SiftDown(size_t index) {
  Node* node = heap_[index];
  for (;;) {
    size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->Before(*heap_[child])) ++child;
    if (!heap_[child]->Before(*node)) break;
    Place(heap_[child], index);
    index = child;
  }
  Place(node, index);
}

}  // namespace pcd::net
