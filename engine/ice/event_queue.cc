#include "engine/ice/event_queue.h"

#include <utility>

namespace pcd::ice {

EventQueue::EventQueue(net::Loop& loop) : loop_(loop), self_(std::make_shared<EventQueue*>(this)) {}

EventQueue::~EventQueue() { *self_ = nullptr; }

void EventQueue::SetCallback(net::Task callback) {
  callback_ = std::move(callback);
  if (!events_.empty()) Schedule();
}

void EventQueue::Push(Event event) {
  events_.push_back(std::move(event));
  Schedule();
}

std::optional<Event> EventQueue::Poll() {
  if (events_.empty()) return std::nullopt;
  return events_.Take();
}

void EventQueue::Schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  loop_.Post([self = self_] {
    if (*self != nullptr) (*self)->Notify();
  });
}

void EventQueue::Notify() {
  scheduled_ = false;
  // The owner may have polled everything in the meantime.
  if (callback_ && !events_.empty()) callback_();
}

}  // namespace pcd::ice
