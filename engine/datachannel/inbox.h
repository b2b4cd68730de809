// Events on their way to the consumer, and the channels it has paused.
#ifndef ENGINE_DATACHANNEL_INBOX_H_
#define ENGINE_DATACHANNEL_INBOX_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/fifo.h"
#include "engine/datachannel/channel.h"
#include "engine/datachannel/data_channel_event.h"

namespace pcd::datachannel {

// One queue of all events. A pause only marks its channel: the channel's messages, and what
// follows them, move aside when the queue comes to them, so that pausing and releasing cost the
// same however much is waiting, and each event moves aside once at most. The events of one
// channel come out in order; what a pause held comes out before what is queued.
// Threading: one loop.
class Inbox {
 public:
  // `max_bytes`: of messages not yet taken, each counted with an overhead.
  explicit Inbox(size_t max_bytes) : max_bytes_(max_bytes) {}

  // False while nothing more should be read.
  bool HasRoom() const { return charged_bytes_ < max_bytes_; }

  void Push(Channel& channel, DataChannelEvent event);
  // Not held by a pause: it is about sending.
  void PushNow(DataChannelEvent event) { events_.push_back({nullptr, std::move(event)}); }
  // After a pause no message of the channel comes out, not even one that was waiting already.
  void SetPaused(Channel& channel, bool paused);
  // Whether a pause keeps messages of the channel back.
  bool Holds(const Channel& channel) const;
  // Messages that a pause keeps back will not be wanted; what else is held comes out. Nothing
  // may be pushed for the channel afterwards but changes of its state.
  void DiscardMessages(Channel& channel);
  std::optional<DataChannelEvent> Poll();
  void Clear();

 private:
  struct Queued {
    std::shared_ptr<InboxLane> lane;  // Null: of no channel.
    DataChannelEvent event;
  };

  void MakeReady(const std::shared_ptr<InboxLane>& lane);
  std::optional<DataChannelEvent> PollReady();
  // Nothing when a pause holds it or it is not wanted.
  std::optional<DataChannelEvent> Take(Queued queued);

  const size_t max_bytes_;
  size_t charged_bytes_ = 0;
  Fifo<Queued> events_;
  Fifo<std::shared_ptr<InboxLane>> ready_;  // Each once.
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_INBOX_H_
