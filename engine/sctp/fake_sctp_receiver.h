// The receiving half of a fake association.
#ifndef ENGINE_SCTP_FAKE_SCTP_RECEIVER_H_
#define ENGINE_SCTP_FAKE_SCTP_RECEIVER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/sctp/fake_sctp_packet.h"
#include "engine/sctp/sctp_event.h"

namespace pcd::sctp::fake {

// Puts messages together, delivers ordered ones in order, tells the other what has arrived
// and how much more it may send. Threading: one loop.
class Receiver {
 public:
  Receiver(size_t max_message_bytes, size_t receive_buffer_bytes)
      : max_message_bytes_(max_message_bytes), receive_buffer_bytes_(receive_buffer_bytes) {}

  void Handle(Sequenced frame);
  // Events of messages and resets in order.
  bool HasEvent() const { return !events_.empty(); }
  SctpEvent TakeEvent();
  Ack MakeAck();
  uint64_t credit() const { return consumed_ + receive_buffer_bytes_; }
  // The credit told last is so old that the other may be waiting.
  bool CreditDue() const { return credit() - told_credit_ >= receive_buffer_bytes_ / 4; }
  bool too_long() const { return too_long_; }  // A message exceeded the cap.
  bool fin() const { return fin_; }            // All has arrived and no more will.

 private:
  struct Partial {
    uint32_t received = 0;
    size_t bytes = 0;
    std::map<uint32_t, std::vector<uint8_t>> pieces{};
  };
  struct Stream {
    uint32_t next = 0;
    // Complete messages that wait for earlier ones; nullopt: given up by the sender.
    std::map<uint32_t, std::optional<MessageReceived>> waiting{};
  };

  bool MarkReceived(uint32_t sequence);
  void OnFragment(uint32_t sequence, Fragment fragment);
  void OnGone(const Fragment& fragment);
  void Complete(const Fragment& fragment, const Partial& partial);
  void DeliverWaiting(Stream& stream);
  void Deliver(MessageReceived message) { events_.push_back(std::move(message)); }
  void RunControls();

  const size_t max_message_bytes_;
  const size_t receive_buffer_bytes_;
  uint32_t next_expected_ = 0;
  std::set<uint32_t> beyond_;  // Received, above next_expected_.
  std::map<uint32_t, std::variant<Fragment, Reset, Fin>> controls_;
  std::map<uint32_t, Partial> partials_;  // By first sequence.
  std::set<uint32_t> gone_;               // First sequences of given up messages.
  std::unordered_map<uint16_t, Stream> streams_;
  std::deque<SctpEvent> events_;
  uint64_t consumed_ = 0;
  uint64_t told_credit_ = 0;
  bool too_long_ = false;
  bool fin_ = false;
};

}  // namespace pcd::sctp::fake

#endif  // ENGINE_SCTP_FAKE_SCTP_RECEIVER_H_
