// Events on their way to the consumer, and the channels it has paused.
#ifndef ENGINE_DATACHANNEL_INBOX_H_
#define ENGINE_DATACHANNEL_INBOX_H_

#include <cstddef>
#include <deque>
#include <optional>

#include "engine/datachannel/channel.h"
#include "engine/datachannel/data_channel_event.h"

namespace pcd::datachannel {

// A paused channel's messages and what follows them wait with the channel, in order; all
// other events in one queue.
// Threading: one loop.
class Inbox {
 public:
  // `max_bytes`: of messages not yet taken, each counted with an overhead.
  explicit Inbox(size_t max_bytes) : max_bytes_(max_bytes) {}

  // False while nothing more should be read.
  bool HasRoom() const { return charged_bytes_ < max_bytes_; }

  void Push(Channel& channel, DataChannelEvent event);
  // Not held by a pause: it is about sending.
  void PushNow(DataChannelEvent event) { events_.push_back(std::move(event)); }
  // After a pause no message of the channel comes out, not even one that was waiting already.
  void SetPaused(Channel& channel, bool paused);
  // Messages not yet taken will not be wanted; what else is held comes out.
  void DiscardMessages(Channel& channel);
  std::optional<DataChannelEvent> Poll();
  void Clear();

 private:
  void Hold(Channel& channel);
  void Release(Channel& channel);

  const size_t max_bytes_;
  size_t charged_bytes_ = 0;
  std::deque<DataChannelEvent> events_;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_INBOX_H_
