// The numbered events of one connection: a ring bounded in count and bytes. A watcher can
// resume after any number; what is no longer kept is told as a gap, never lost in silence.
#ifndef ENGINE_PEERCONNECTION_EVENT_LOG_H_
#define ENGINE_PEERCONNECTION_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/fifo.h"
#include "engine/peerconnection/event.h"

namespace pcd::peerconnection {

// Threading: its connection's loop. The events themselves are immutable and shared.
class EventLog {
 public:
  EventLog(size_t max_events, size_t max_bytes) : max_events_(max_events), max_bytes_(max_bytes) {}

  std::shared_ptr<const Event> Append(int64_t unix_us, uint64_t revision, EventPayload payload);

  uint64_t last_sequence() const { return last_sequence_; }
  // The oldest number still kept; last_sequence() + 1 when none is.
  uint64_t first_kept() const { return last_sequence_ + 1 - events_.size(); }

  // What follows `sequence`, oldest first. Check first_kept() for a gap before.
  std::vector<std::shared_ptr<const Event>> After(uint64_t sequence) const;

 private:
  struct Entry {
    std::shared_ptr<const Event> event;
    size_t bytes;
  };

  const size_t max_events_;
  const size_t max_bytes_;
  uint64_t last_sequence_ = 0;
  size_t bytes_ = 0;
  Fifo<Entry> events_;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_EVENT_LOG_H_
