// Messages on their way out: waiting in channels, then inside the association.
#ifndef ENGINE_DATACHANNEL_OUTBOX_H_
#define ENGINE_DATACHANNEL_OUTBOX_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "engine/base/bytes.h"
#include "engine/base/fifo.h"
#include "engine/base/time.h"
#include "engine/datachannel/channel.h"
#include "engine/datachannel/channel_table.h"
#include "engine/sctp/sctp_association.h"

namespace pcd::datachannel {

// Channels with messages waiting take turns, so a full channel does not starve the others. The
// bytes of a turn grow with the priority, as RFC 8835 section 4.1 shares one flow: twice as much
// for each step up. A message is never cut: what it has too much is missing from the next turns.
// What the association has taken is attributed to its channel until the association's count of
// unacknowledged bytes has gone down by as much; it acknowledges about in order of sending.
//
// Threading: one loop.
class Outbox {
 public:
  // `max_bytes`: of all messages waiting or unacknowledged, each counted with an overhead so
  // that a flood of tiny ones is bounded, too.
  Outbox(ChannelTable& channels, size_t max_bytes) : channels_(channels), max_bytes_(max_bytes) {}

  bool HasRoomFor(size_t bytes) const;
  // Behind what the channel already has. Control messages are pushed without asking for room.
  void Push(Channel& channel, OutgoingMessage message);
  // A control message before all that the channel has, unless one is there already.
  void PushControlFirst(Channel& channel, OutgoingMessage message);
  // Hands a message over without keeping a copy, if nothing waits and the association takes it
  // now.
  bool SendNow(Channel& channel, PayloadProtocol protocol, ByteSpan bytes, size_t user_bytes,
               sctp::SctpAssociation& association, Timestamp now);
  // Forgets what the channel still has waiting.
  void Drop(Channel& channel);

  using OnChannel = std::function<void(Channel&)>;
  // Hands over as much as the association takes. `drained` is called for a channel that has
  // nothing left to hand over, `failed` for one whose message will never be taken; `failed`
  // must Drop it.
  void Move(sctp::SctpAssociation& association, Timestamp now, const OnChannel& drained,
            const OnChannel& failed);
  // Lowers the channels' buffered amounts by what `association_bytes` says has been
  // acknowledged; `low` is called for each that fell to its threshold or below.
  void Settle(size_t association_bytes, const OnChannel& low);
  // The association is gone and with it all it had.
  void ForgetInFlight();

  uint64_t user_bytes() const { return user_bytes_; }

 private:
  struct InFlight {
    uint64_t channel_number = 0;
    size_t bytes = 0;
    size_t user_bytes = 0;
  };

  // Of the channel in front, which goes behind the others.
  void EndTurn();
  void NoteInFlight(uint64_t channel_number, size_t bytes, size_t user_bytes);
  void Lower(uint64_t channel_number, size_t user_bytes, const OnChannel& low);

  ChannelTable& channels_;
  const size_t max_bytes_;
  Fifo<uint64_t> turns_;  // Channels with messages waiting, each once.
  Fifo<InFlight> in_flight_;
  size_t in_flight_bytes_ = 0;
  size_t charged_bytes_ = 0;  // Waiting and in flight, with overhead.
  uint64_t user_bytes_ = 0;   // The same as users count it.
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_OUTBOX_H_
