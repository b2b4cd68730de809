// The events of one transport, waiting for its owner.
#ifndef ENGINE_ICE_EVENT_QUEUE_H_
#define ENGINE_ICE_EVENT_QUEUE_H_

#include <memory>
#include <optional>

#include "engine/base/fifo.h"
#include "engine/ice/ice_events.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Implements IceTransport::SetEventCallback and PollEvent: the callback runs from a posted
// task, so it never re-enters whoever pushed. Threading: its loop.
class EventQueue {
 public:
  explicit EventQueue(net::Loop& loop);
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  void SetCallback(net::Task callback);
  void Push(Event event);
  std::optional<Event> Poll();

 private:
  void Schedule();
  void Notify();

  net::Loop& loop_;
  net::Task callback_;
  Fifo<Event> events_;
  bool scheduled_ = false;
  // Reset to null on destruction, so that a posted task finds out.
  std::shared_ptr<EventQueue*> self_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_EVENT_QUEUE_H_
