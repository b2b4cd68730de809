// The sending half of a fake association.
#ifndef ENGINE_SCTP_FAKE_SCTP_SENDER_H_
#define ENGINE_SCTP_FAKE_SCTP_SENDER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/sctp/fake_sctp_packet.h"
#include "engine/sctp/sctp_association.h"

namespace pcd::sctp::fake {

// Cuts messages into numbered fragments, sends what the other's credit allows, repeats after
// a fixed time, gives up what its options allow to give up. Threading: one loop.
class Sender {
 public:
  explicit Sender(size_t fragment_bytes) : fragment_bytes_(fragment_bytes) {}

  void Queue(uint16_t stream_id, uint32_t ppid, ByteSpan message, const SendOptions& options,
             Timestamp now);
  void QueueReset(uint16_t stream_id);
  void QueueFin() { Append(Item{.body = Fin{}}); }

  // The frames to send now.
  std::vector<Sequenced> Flush(Timestamp now);
  // What an Ack settled.
  struct Settled {
    std::vector<uint16_t> resets{};
    bool fin = false;
  };
  Settled HandleAck(const Ack& ack);
  void SetCredit(uint64_t credit) { credit_ = credit > credit_ ? credit : credit_; }

  // Earliest repetition; kNever when nothing is on the way.
  Timestamp NextDeadline() const;
  size_t buffered_bytes() const { return buffered_bytes_; }
  size_t in_flight() const { return in_flight_.size(); }
  bool idle() const { return queue_.empty() && in_flight_.empty(); }

 private:
  struct Item {
    std::variant<Fragment, Reset, Fin> body{};
    SendOptions options{};
    Timestamp expires = kNever;
    uint32_t sequence = 0;
    Timestamp sent_at{};
    uint32_t times_sent = 0;
  };

  void Append(Item item);
  bool MayAbandon(const Item& item, Timestamp now) const;
  void Abandon(uint32_t first_sequence);
  void TurnGone(Item& item);
  void Acknowledge(Item& item, Settled& settled);
  void SendItem(Item& item, Timestamp now, std::vector<Sequenced>& out);
  void RepeatLate(Timestamp now, std::vector<Sequenced>& out);

  const size_t fragment_bytes_;
  uint32_t next_sequence_ = 0;
  std::deque<Item> queue_;              // Not sent yet, in sequence.
  std::map<uint32_t, Item> in_flight_;  // Sent and not acknowledged.
  std::unordered_map<uint16_t, uint32_t> message_numbers_;
  uint64_t credit_ = 0;
  uint64_t spent_ = 0;  // Payload bytes sent for the first time.
  size_t buffered_bytes_ = 0;
};

}  // namespace pcd::sctp::fake

#endif  // ENGINE_SCTP_FAKE_SCTP_SENDER_H_
