// All data channels of one connection: RTCDataChannel's states over one SCTP association.
//
// Order of calls (peerconnection's pump):
//   - Create, Send, Close, ... at any time, before or after there is a transport.
//   - SetRole when a description has decided the DTLS role: channels get their stream ids.
//   - AttachAssociation once, when the association has been created. It may already be connected.
//   - HandleAssociation in each turn in which the association may have something (after its
//     HandlePacket, its wake, its HandleTimeout) and after calls to this class: it drains the
//     association's events and moves queued messages into it.
//   - PollEvent until empty.
//   - The transport polls the association's output afterwards.
//   - DetachAssociation before the association is destroyed: every channel closes. Or
//     SuspendAssociation, when another one may follow that the channels go on with.
#ifndef ENGINE_DATACHANNEL_DATA_CHANNEL_MANAGER_H_
#define ENGINE_DATACHANNEL_DATA_CHANNEL_MANAGER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/limits.h"
#include "engine/base/time.h"
#include "engine/datachannel/channel.h"
#include "engine/datachannel/channel_state.h"
#include "engine/datachannel/channel_table.h"
#include "engine/datachannel/data_channel_event.h"
#include "engine/datachannel/data_channel_info.h"
#include "engine/datachannel/dcep.h"
#include "engine/datachannel/inbox.h"
#include "engine/datachannel/outbox.h"
#include "engine/datachannel/stream_ids.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"
#include "engine/model/stats.h"
#include "engine/sctp/sctp_association.h"

namespace pcd::datachannel {

// What was dropped and why; nothing is dropped without being counted here.
struct DataChannelDrops {
  uint64_t unknown_stream = 0;    // A message on a stream that has no channel.
  uint64_t unknown_ppid = 0;      // A payload protocol we do not know.
  uint64_t bad_control = 0;       // DCEP that does not parse or fit, or OPENs a channel of ours.
  uint64_t refused_channels = 0;  // Remote channels beyond the cap.
  uint64_t after_close = 0;       // Messages on a channel that is closing.
};

// Threading: one loop.
class DataChannelManager {
 public:
  // Uses max_data_channels, max_label_bytes, max_message_bytes, max_data_buffered_bytes and
  // max_data_received_bytes.
  explicit DataChannelManager(const Limits& limits);
  ~DataChannelManager();
  DataChannelManager(const DataChannelManager&) = delete;
  DataChannelManager& operator=(const DataChannelManager&) = delete;

  // Unix time less the loop's: with it channels tell when they were made. Before any is.
  void SetUnixOffset(Duration offset) { unix_offset_ = offset; }

  // Creates a channel in state connecting and returns its id: `channel_id`, or "dc-<n>" when
  // that is empty. Channels opened by the remote are named "remote-dc-<n>".
  // Errors: INVALID_ARGUMENT, W3C TypeError (`channel_id` is not IsCallerId, field
  // data_channel_id; both reliability limits set; label or protocol not UTF-8 or longer than
  // 65,535 bytes; negotiated without an id of 0 to 65534, or an id without negotiated; a
  // preferred id with negotiated or above 65534);
  // RESOURCE_EXHAUSTED NO_STREAM_ID, W3C OperationError (the id is taken or above what the
  // association has, or none is free); RESOURCE_EXHAUSTED LIMIT_EXCEEDED (channel count, label or
  // protocol length); ALREADY_EXISTS; FAILED_PRECONDITION INVALID_STATE after CloseAll.
  absl::StatusOr<std::string> Create(const DataChannelInit& init, std::string_view channel_id,
                                     Timestamp now);

  // Queues one message, in order. `bytes` may be empty; text must be UTF-8.
  // Errors: NOT_FOUND DATA_CHANNEL_NOT_FOUND; FAILED_PRECONDITION DATA_CHANNEL_NOT_OPEN (W3C
  // InvalidStateError); INVALID_ARGUMENT MESSAGE_TOO_LARGE (W3C TypeError) above
  // max_send_message_bytes(); RESOURCE_EXHAUSTED BUFFER_FULL (W3C OperationError) when the
  // connection's unsent bytes would exceed max_data_buffered_bytes: nothing was taken, try
  // again after BufferedAmountLow.
  absl::Status Send(std::string_view channel_id, bool binary, ByteSpan bytes, Timestamp now);

  // Starts to close: what was queued is still sent, then the stream is reset; StateChanged
  // to closing and, when both sides are done, to closed. OK when closing already.
  // DATA_CHANNEL_NOT_FOUND for an unknown id.
  absl::Status Close(std::string_view channel_id, Timestamp now);
  // The same for all, but what has arrived before is still delivered.
  void CloseEach(Timestamp now);
  // Whether each channel has been closed at both sides, or has no peer to tell.
  bool all_closed() const;
  absl::Status SetBufferedAmountLowThreshold(std::string_view channel_id, uint64_t bytes);

  // After a pause no message of the channel comes out of PollEvent: they and what follows
  // them are kept here. Above max_data_received_bytes in sum nothing more is read from the
  // association, for any channel, until a consumer catches up, and the peer's window closes;
  // the newest message may exceed the sum. A channel that closes meanwhile shows as closing
  // until its messages have been taken, or until Close, which drops them.
  absl::Status SetReceivePaused(std::string_view channel_id, bool paused);

  // The remote's a=max-message-size: absent (nullopt) means 64 KiB, 0 unlimited.
  void SetRemoteMaxMessageSize(std::optional<uint64_t> bytes);
  // The smaller of the remote's size and our max_message_bytes.
  size_t max_send_message_bytes() const;

  // kClient or kServer. It decides the parity of our stream ids: kClient even, kServer odd (RFC
  // 8832 section 6). Channels without an id get one, in order of creation; those that have not been
  // open yet get another one if the role is another than before. Returns what has changed.
  std::vector<DataChannelInfo> SetRole(DtlsRole role);
  // `role` as for SetRole, which it implies. `association` is not owned.
  void AttachAssociation(sctp::SctpAssociation* association, DtlsRole role, Timestamp now);
  // Closes every channel at once, with an error unless the association ended in good order.
  void DetachAssociation();
  // The peer goes on with its channels over another association, as Chromium does: so do we. What
  // arrived before is delivered, as far as there is room; what was unacknowledged is lost, and
  // channels whose reset was under way are closed. Those that Close is called for meanwhile are
  // closing until there is a peer to tell. The association may be destroyed. AttachAssociation or
  // DetachAssociation, when there will be none, follows.
  void SuspendAssociation(Timestamp now);
  bool suspended() const { return suspended_; }
  // `may_be_replaced`: an end of the association is not told to its channels, but suspends them.
  void HandleAssociation(Timestamp now, bool may_be_replaced = false);

  // The connection closes: every channel becomes closed without events (W3C close()); only
  // lookups work afterwards.
  void CloseAll();

  std::optional<DataChannelEvent> PollEvent();

  std::optional<DataChannelInfo> Get(std::string_view channel_id) const;
  std::vector<DataChannelInfo> List() const;  // In order of creation.
  // True once a channel was ever created or opened: the connection needs an application
  // section.
  bool used() const { return used_; }
  // Unsent bytes of all channels.
  uint64_t buffered_amount() const { return outbox_.user_bytes(); }
  // One entry per existing channel; `id` is "D" + the channel's id.
  std::vector<DataChannelStats> Stats() const;
  // Channels that ever became open, and that left the open state (RTCPeerConnectionStats).
  uint32_t channels_opened() const { return channels_opened_; }
  uint32_t channels_closed() const { return channels_closed_; }
  const DataChannelDrops& drops() const { return drops_; }

 private:
  absl::Status CheckInit(const DataChannelInit& init, std::string_view channel_id) const;
  std::string NextId(std::string_view prefix, uint64_t& counter) const;
  Channel& Add(std::string id);
  // A free stream id of our parity; nullopt when there is none or the role is not known.
  std::optional<uint16_t> AllocateStream(std::optional<uint16_t> preferred = std::nullopt);
  void BindStream(Channel& channel, std::optional<uint16_t> stream_id);
  void OnTransportUp();
  void Open(Channel& channel);

  // As far as there is room. False: the association has ended, and `hold_end` kept that back.
  bool TakeEvents(bool hold_end);
  void HandleEvent(sctp::SctpEvent event);
  void OnMessage(sctp::MessageReceived message);
  void OnControl(uint16_t stream_id, ByteSpan bytes);
  void OnOpen(uint16_t stream_id, DcepOpen open);
  void OnUserMessage(Channel& channel, PayloadProtocol protocol, std::vector<uint8_t> bytes);
  bool AppendPartial(Channel& channel, ByteSpan bytes);
  void ClearPartial(Channel& channel);
  void OnIncomingReset(uint16_t stream_id);
  void OnOutgoingReset(uint16_t stream_id, bool ok);
  void OnTransportLost(const sctp::StateChanged& end);

  // The one way to change a state: counts, tells, and forgets what is closed.
  void Apply(Channel& channel, ChannelInput input);
  void Fail(Channel& channel, absl::Status status);
  // Resets the stream when the channel is closing and all it had has been handed over.
  void ResetIfDrained(Channel& channel);
  void MoveMessages();
  bool transport_up() const { return association_ != nullptr && up_; }

  const Limits limits_;
  ChannelTable channels_;
  Outbox outbox_;
  Inbox inbox_;
  StreamIds stream_ids_;
  sctp::SctpAssociation* association_ = nullptr;
  DtlsRole role_ = DtlsRole::kAuto;
  bool up_ = false;
  bool suspended_ = false;
  bool closed_ = false;  // CloseAll was called.
  bool used_ = false;
  Timestamp now_{};  // Of the call being served.
  Duration unix_offset_{};
  size_t partial_bytes_ = 0;
  std::optional<uint64_t> remote_max_message_bytes_;
  uint64_t local_ids_ = 0, remote_ids_ = 0;  // Given out.
  uint32_t channels_opened_ = 0, channels_closed_ = 0;
  DataChannelDrops drops_;
};

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_DATA_CHANNEL_MANAGER_H_
