// The half of DataChannelManager that faces the association.
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/datachannel/data_channel_manager.h"
#include "engine/datachannel/utf8.h"

namespace pcd::datachannel {
namespace {

absl::Status ChannelFailure(std::string_view message) {
  return MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL, message,
                   {.dom_exception = "OperationError"});
}

bool IsEnd(const sctp::SctpEvent& event) {
  const auto* changed = std::get_if<sctp::StateChanged>(&event);
  return changed != nullptr && changed->state == SctpState::kClosed;
}

bool IsText(PayloadProtocol protocol) {
  return protocol == PayloadProtocol::kString || protocol == PayloadProtocol::kStringEmpty;
}

}  // namespace

void DataChannelManager::HandleAssociation(Timestamp now, bool may_be_replaced) {
  if (association_ == nullptr) return;
  now_ = now;
  if (!up_ && association_->state() == SctpState::kConnected) OnTransportUp();
  if (!TakeEvents(may_be_replaced)) return SuspendAssociation(now);
  outbox_.Settle(association_->buffered_bytes(), [this](Channel& channel) {
    inbox_.PushNow(BufferedAmountLow{.channel_id = channel.info.channel_id,
                                     .buffered_amount = channel.info.buffered_amount});
  });
  MoveMessages();
}

bool DataChannelManager::TakeEvents(bool hold_end) {
  while (inbox_.HasRoom()) {
    auto event = association_->PollEvent();
    if (!event) break;
    if (hold_end && IsEnd(*event)) return false;
    HandleEvent(std::move(*event));
  }
  return true;
}

void DataChannelManager::MoveMessages() {
  if (!transport_up()) return;
  outbox_.Move(
      *association_, now_, [this](Channel& channel) { ResetIfDrained(channel); },
      [this](Channel& channel) {
        Fail(channel, ChannelFailure("a message did not fit the association"));
      });
}

void DataChannelManager::HandleEvent(sctp::SctpEvent event) {
  if (auto* message = std::get_if<sctp::MessageReceived>(&event)) {
    OnMessage(std::move(*message));
  } else if (const auto* state = std::get_if<sctp::StateChanged>(&event)) {
    // A late "connected" of an association that has ended meanwhile opens nothing.
    if (!up_ && association_->state() == SctpState::kConnected) OnTransportUp();
    if (state->state == SctpState::kClosed) OnTransportLost(*state);
  } else if (const auto* incoming = std::get_if<sctp::IncomingStreamsReset>(&event)) {
    for (const uint16_t id : incoming->stream_ids) OnIncomingReset(id);
  } else if (const auto* outgoing = std::get_if<sctp::OutgoingStreamsReset>(&event)) {
    for (const uint16_t id : outgoing->stream_ids) OnOutgoingReset(id, outgoing->ok);
  }
}

void DataChannelManager::OnTransportUp() {
  up_ = true;
  for (Channel* channel : channels_.All()) {
    if (channel->info.state == DataChannelState::kConnecting) {
      Open(*channel);  // It may be gone now.
      continue;
    }
    if (channel->awaiting_ack) {
      // Of the association before; it may not have arrived.
      outbox_.PushControlFirst(*channel,
                               {PayloadProtocol::kDcep, WriteDcepOpen(channel->info.init), 0});
    }
    ResetIfDrained(*channel);  // It may have begun to close while there was no association.
  }
}

void DataChannelManager::Open(Channel& channel) {
  const auto& id = channel.info.init.id;
  if (!channel.info.init.negotiated && id && *id >= association_->stream_count()) {
    // The id is from before it was known how few streams there are.
    channels_.UnbindStream(channel);
    stream_ids_.Release(*id);
    BindStream(channel, AllocateStream());
  }
  if (!id || *id >= association_->stream_count()) {
    Fail(channel, MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::NO_STREAM_ID,
                            "the association has no stream for the channel",
                            {.dom_exception = "OperationError"}));
    return;
  }
  if (!channel.info.init.negotiated) {
    channel.awaiting_ack = true;
    outbox_.Push(channel, {PayloadProtocol::kDcep, WriteDcepOpen(channel.info.init), 0});
  }
  Apply(channel, ChannelInput::kTransportUp);
}

void DataChannelManager::OnMessage(sctp::MessageReceived message) {
  const auto protocol = static_cast<PayloadProtocol>(message.ppid);
  if (protocol == PayloadProtocol::kDcep) {
    OnControl(message.stream_id, message.bytes);
    return;
  }
  Channel* const channel = channels_.FindByStream(message.stream_id);
  if (channel == nullptr) {
    ++drops_.unknown_stream;
    return;
  }
  channel->awaiting_ack = false;
  if (channel->info.state != DataChannelState::kOpen) {
    ++drops_.after_close;
    return;
  }
  OnUserMessage(*channel, protocol, std::move(message.bytes));
}

void DataChannelManager::OnUserMessage(Channel& channel, PayloadProtocol protocol,
                                       std::vector<uint8_t> bytes) {
  switch (protocol) {
    case PayloadProtocol::kStringPartial:
    case PayloadProtocol::kBinaryPartial:
      AppendPartial(channel, bytes);
      return;
    case PayloadProtocol::kStringEmpty:
    case PayloadProtocol::kBinaryEmpty:
      bytes.clear();
      break;
    case PayloadProtocol::kString:
    case PayloadProtocol::kBinary:
      break;
    default:
      ++drops_.unknown_ppid;
      return;
  }
  if (!channel.partial.empty()) {
    if (!AppendPartial(channel, bytes)) return;
    bytes = channel.partial;
    ClearPartial(channel);
  }
  if (IsText(protocol) && !IsUtf8(bytes)) {
    const std::string text = DecodeUtf8(bytes);
    bytes.assign(text.begin(), text.end());
  }
  ++channel.info.messages_received;
  channel.info.bytes_received += bytes.size();
  inbox_.Push(channel, ChannelMessage{.channel_id = channel.info.channel_id,
                                      .binary = !IsText(protocol),
                                      .bytes = std::move(bytes)});
}

bool DataChannelManager::AppendPartial(Channel& channel, ByteSpan bytes) {
  // The cap is on all channels together: each could keep one open for ever.
  if (partial_bytes_ + bytes.size() > limits_.max_message_bytes) {
    Fail(channel,
         MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::MESSAGE_TOO_LARGE,
                   "the peer's message in parts is too long", {.dom_exception = "OperationError"}));
    return false;
  }
  partial_bytes_ += bytes.size();
  channel.partial.insert(channel.partial.end(), bytes.begin(), bytes.end());
  return true;
}

void DataChannelManager::ClearPartial(Channel& channel) {
  partial_bytes_ -= channel.partial.size();
  channel.partial = {};
}

void DataChannelManager::OnControl(uint16_t stream_id, ByteSpan bytes) {
  std::optional<DcepMessage> message = ParseDcep(bytes);
  Channel* const channel = channels_.FindByStream(stream_id);
  if (!message) {
    ++drops_.bad_control;
    // RFC 8832 section 6: what is wrong with an OPEN ends its channel.
    if (channel == nullptr) association_->ResetStream(stream_id, now_);
  } else if (auto* open = std::get_if<DcepOpen>(&*message)) {
    OnOpen(stream_id, std::move(*open));
  } else if (channel == nullptr) {
    ++drops_.unknown_stream;
  } else {
    channel->awaiting_ack = false;
  }
}

void DataChannelManager::OnOpen(uint16_t stream_id, DcepOpen open) {
  // RFC 8832 section 6: the peer opens channels on ids of its own parity only. aiortc and werift do
  // not know their DTLS role there, so what is free they may have; a channel of ours is none of
  // their business.
  if (const Channel* const ours = channels_.FindByStream(stream_id);
      ours != nullptr && !ours->info.opened_by_remote && StreamIds::IsOf(role_, stream_id)) {
    ++drops_.bad_control;
    return;
  }
  if (Channel* const old = channels_.FindByStream(stream_id); old != nullptr) {
    if (!old->incoming_reset_seen) {
      ++drops_.bad_control;
      Fail(*old, ChannelFailure("the peer opened the channel's stream a second time"));
      return;
    }
    // The peer is done with the old channel; only its answer to our reset is late.
    Apply(*old, ChannelInput::kBothReset);
  }
  const bool fits = open.init.label.size() <= limits_.max_label_bytes &&
                    open.init.protocol.size() <= limits_.max_label_bytes;
  if (!fits || channels_.size() >= limits_.max_data_channels) {
    ++drops_.refused_channels;
    association_->ResetStream(stream_id, now_);
    return;
  }
  Channel& channel = Add(NextId("remote-dc-", remote_ids_));
  channel.info.init = std::move(open.init);
  channel.info.init.id = stream_id;
  channel.info.opened_by_remote = true;
  channel.info.state = DataChannelState::kOpen;
  channel.was_open = true;
  ++channels_opened_;
  stream_ids_.Take(stream_id);
  channels_.BindStream(channel);
  outbox_.Push(channel, {PayloadProtocol::kDcep, WriteDcepAck(), 0});
  inbox_.Push(channel, ChannelOpened{.info = channel.info});
}

void DataChannelManager::OnIncomingReset(uint16_t stream_id) {
  Channel* const channel = channels_.FindByStream(stream_id);
  if (channel == nullptr || channel->incoming_reset_seen) return;
  channel->incoming_reset_seen = true;
  outbox_.Drop(*channel);  // Nobody reads it any more.
  if (channel->outgoing_reset_done) {
    Apply(*channel, ChannelInput::kBothReset);
  } else {
    Apply(*channel, ChannelInput::kIncomingReset);
  }
}

void DataChannelManager::OnOutgoingReset(uint16_t stream_id, bool ok) {
  Channel* const channel = channels_.FindByStream(stream_id);
  if (channel == nullptr || !channel->outgoing_reset_asked) return;
  channel->outgoing_reset_done = true;
  // A peer that cannot reset will not reset its side either.
  if (!ok) channel->incoming_reset_seen = true;
  if (channel->incoming_reset_seen) Apply(*channel, ChannelInput::kBothReset);
}

void DataChannelManager::OnTransportLost(const sctp::StateChanged& end) {
  up_ = false;
  outbox_.ForgetInFlight();
  for (Channel* channel : channels_.All()) {
    if (channel->info.state == DataChannelState::kClosed) continue;
    if (!end.reason.empty()) {
      inbox_.Push(*channel, ChannelError{.channel_id = channel->info.channel_id,
                                         .status = ChannelFailure("SCTP: " + end.reason),
                                         .sctp_failure = true,
                                         .sctp_cause_code = end.cause_code});
    }
    Apply(*channel, ChannelInput::kTransportLost);
  }
}

void DataChannelManager::Fail(Channel& channel, absl::Status status) {
  outbox_.Drop(channel);
  if (channel.info.state != DataChannelState::kClosing) {
    inbox_.Push(channel,
                ChannelError{.channel_id = channel.info.channel_id, .status = std::move(status)});
  }
  Apply(channel, ChannelInput::kLocalClose);
}

void DataChannelManager::Apply(Channel& channel, ChannelInput input) {
  const DataChannelState before = channel.info.state;
  const DataChannelState after = NextState(before, input);
  if (after != before) {
    if (after == DataChannelState::kOpen) {
      channel.was_open = true;
      ++channels_opened_;
    }
    if (before == DataChannelState::kOpen) ++channels_closed_;
    channel.info.state = after;
    inbox_.Push(channel,
                ChannelStateChanged{
                    .channel_id = channel.info.channel_id, .state = after, .info = channel.info});
  }
  if (after == DataChannelState::kClosing) {
    ClearPartial(channel);
    ResetIfDrained(channel);
  } else if (after == DataChannelState::kClosed) {
    ClearPartial(channel);
    outbox_.Drop(channel);
    channels_.UnbindStream(channel);
    if (channel.info.init.id) stream_ids_.Release(*channel.info.init.id);
    if (!inbox_.Holds(channel)) channels_.Remove(channel);
  }
}

void DataChannelManager::ResetIfDrained(Channel& channel) {
  if (channel.info.state != DataChannelState::kClosing || channel.outgoing_reset_asked) return;
  if (!channel.outgoing.empty()) return;
  if (suspended_ && channel.was_open) return;  // The next association tells the peer.
  const auto& id = channel.info.init.id;
  if (!transport_up() || !id || *id >= association_->stream_count()) {
    Apply(channel, ChannelInput::kBothReset);
    return;
  }
  channel.outgoing_reset_asked = true;
  association_->ResetStream(*id, now_);
}

}  // namespace pcd::datachannel
