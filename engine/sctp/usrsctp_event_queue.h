// Events that have been read from usrsctp and not yet been asked for.
#ifndef ENGINE_SCTP_USRSCTP_EVENT_QUEUE_H_
#define ENGINE_SCTP_USRSCTP_EVENT_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>

#include "engine/sctp/sctp_event.h"

namespace pcd::sctp {

// A peer decides how many there are, so each is charged with what it costs to keep, and resets
// that mean the same as one are kept as one: a stream whose reset nobody has seen yet, and on
// which nothing has come since, cannot be reset more than it is.
// Threading: one loop.
class UsrsctpEventQueue {
 public:
  // Of every event, beside its message's bytes and two for each of its stream ids.
  static constexpr size_t kEventCharge = 64;

  // A reset joins a queued one of its kind when no other event is behind that; its ids are then
  // in ascending order and each once.
  void Push(SctpEvent event);
  std::optional<SctpEvent> Pop();
  void Clear();

  bool empty() const { return events_.empty(); }
  size_t size() const { return events_.size(); }
  // Bytes that the events cost, about.
  size_t charge() const { return charge_; }

 private:
  std::deque<SctpEvent> events_;
  size_t charge_ = 0;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_EVENT_QUEUE_H_
