// The association of the service: usrsctp behind SctpAssociation.
#ifndef ENGINE_SCTP_USRSCTP_ASSOCIATION_H_
#define ENGINE_SCTP_USRSCTP_ASSOCIATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/net/loop.h"
#include "engine/sctp/sctp_association.h"
#include "engine/sctp/sctp_association_factory.h"
#include "engine/sctp/usrsctp_event_queue.h"
#include "engine/sctp/usrsctp_mailbox.h"
#include "engine/sctp/usrsctp_notification.h"
#include "engine/sctp/usrsctp_reset_gate.h"
#include "engine/sctp/usrsctp_reset_splitter.h"
#include "engine/sctp/usrsctp_socket.h"
#include "engine/sctp/usrsctp_ticker.h"

namespace pcd::sctp {

// usrsctp delivers data only inside HandlePacket, so reading needs no callback: PollEvent
// reads. Its timers run on the tick loop and reach us through the mailbox.
//
// Threading: one loop.
class UsrsctpAssociation : public SctpAssociation {
 public:
  UsrsctpAssociation(net::Loop& loop, const SctpOptions& options,
                     std::shared_ptr<UsrsctpTicker> ticker);
  ~UsrsctpAssociation() override;

  absl::Status Start(const SctpParams& params, Timestamp now) override;
  void HandlePacket(ByteSpan packet, Timestamp now) override;
  void HandleTimeout(Timestamp) override {}
  Timestamp NextDeadline() const override { return kNever; }
  std::optional<std::vector<uint8_t>> PollOutput() override;
  std::optional<SctpEvent> PollEvent() override;
  void SetWakeCallback(net::Task wake) override;

  SendResult Send(uint16_t stream_id, uint32_t ppid, ByteSpan message, const SendOptions& options,
                  Timestamp now) override;
  void ResetStream(uint16_t stream_id, Timestamp now) override;
  void Abort() override;
  void Shutdown(Timestamp now) override;

  SctpState state() const override { return state_; }
  uint16_t stream_count() const override { return stream_count_; }
  size_t buffered_bytes() const override { return buffered_bytes_; }
  SctpStats stats() const override { return stats_; }
  std::optional<SctpPath> path() const override;

 private:
  bool IsForUs(ByteSpan packet) const;
  void Input(ByteSpan packet);
  void InputReset(ByteSpan packet);
  void InputAsIs(ByteSpan packet);
  void InputWhatWaited();
  static constexpr size_t kReadBuffer = size_t{64} * 1024;
  // Reads one notification, or one piece of a message of up to `most` bytes. Returns the bytes
  // read; nullopt when there is nothing.
  std::optional<size_t> ReadOne(size_t most = kReadBuffer);
  void ReadWhileConnecting();
  void OnData(const UsrsctpRead& read, ByteSpan bytes);
  void OnNotification(UsrsctpNotification notification);
  void OnUp(const AssociationUp& up);
  void OnReset(StreamsReset reset);
  // Frees the socket; the event carries the reason.
  void End(std::string reason, std::optional<uint16_t> cause_code = {});
  void CloseSocket();
  void UpdateBufferedBytes();
  void MakeRoomForNotification();

  const SctpOptions options_;
  const std::shared_ptr<UsrsctpTicker> ticker_;
  const std::shared_ptr<UsrsctpMailbox> mailbox_;
  SctpParams params_;
  uintptr_t address_ = 0;  // 0: none.
  std::unique_ptr<UsrsctpSocket> socket_;
  UsrsctpResetGate reset_gate_;
  UsrsctpResetSplitter reset_splitter_;
  SctpState state_ = SctpState::kConnecting;
  uint16_t stream_count_ = 0;
  size_t buffered_bytes_ = 0;
  bool buffered_bytes_low_ = false;  // Event due.
  MessageReceived partial_;          // The message whose end has not been read.
  UsrsctpEventQueue events_;
  std::unordered_set<uint16_t> resetting_;  // Outgoing resets under way.
  SctpStats stats_;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_ASSOCIATION_H_
