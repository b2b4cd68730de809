// A stand-in for SCTP that needs nothing but packets and the time it is given.
#ifndef ENGINE_SCTP_FAKE_SCTP_ASSOCIATION_H_
#define ENGINE_SCTP_FAKE_SCTP_ASSOCIATION_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/sctp/fake_sctp_packet.h"
#include "engine/sctp/fake_sctp_receiver.h"
#include "engine/sctp/fake_sctp_sender.h"
#include "engine/sctp/sctp_association.h"
#include "engine/sctp/sctp_association_factory.h"

namespace pcd::sctp {

// Threading: one loop. It never wakes its owner: all happens inside calls.
class FakeSctpAssociation : public SctpAssociation {
 public:
  explicit FakeSctpAssociation(const SctpOptions& options);

  absl::Status Start(const SctpParams& params, Timestamp now) override;
  void HandlePacket(ByteSpan packet, Timestamp now) override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextDeadline() const override;
  std::optional<std::vector<uint8_t>> PollOutput() override;
  std::optional<SctpEvent> PollEvent() override;
  void SetWakeCallback(net::Task) override {}

  SendResult Send(uint16_t stream_id, uint32_t ppid, ByteSpan message, const SendOptions& options,
                  Timestamp now) override;
  void ResetStream(uint16_t stream_id, Timestamp now) override;
  void Abort() override;
  void Shutdown(Timestamp now) override;

  SctpState state() const override { return state_; }
  uint16_t stream_count() const override { return stream_count_; }
  size_t buffered_bytes() const override { return sender_.buffered_bytes(); }
  SctpStats stats() const override { return stats_; }
  std::optional<SctpPath> path() const override;

 private:
  void OnHello(const fake::Hello& hello);
  void OnSequenced(fake::Sequenced frame);
  void OnAck(const fake::Ack& ack);
  void Flush(Timestamp now);
  void End(const std::string& reason);
  void Write(const fake::Frame& frame);
  void SayHello();

  const SctpOptions options_;
  fake::Sender sender_;
  fake::Receiver receiver_;
  SctpState state_ = SctpState::kConnecting;
  bool started_ = false;
  bool heard_ = false;       // The peer is there.
  bool peer_heard_ = false;  // The peer knows that we are.
  bool shutting_down_ = false;
  uint16_t stream_count_ = 0;
  Timestamp poke_at_ = kNever;  // When to say hello or ping.
  int silent_pokes_ = 0;        // Since the peer was heard.
  size_t told_buffered_bytes_ = 0;
  std::unordered_set<uint16_t> resetting_;
  std::deque<SctpEvent> events_;            // Before those of the receiver: the states.
  std::optional<StateChanged> last_event_;  // After those of the receiver.
  std::deque<std::vector<uint8_t>> output_;
  SctpStats stats_;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_FAKE_SCTP_ASSOCIATION_H_
