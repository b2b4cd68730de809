#include "engine/datachannel/data_channel_manager.h"

#include <algorithm>
#include <utility>

#include "engine/base/caller_id.h"
#include "engine/base/status.h"
#include "engine/datachannel/utf8.h"

namespace pcd::datachannel {
namespace {

constexpr uint64_t kDefaultRemoteMaxMessageBytes = uint64_t{64} * 1024;  // RFC 8841 section 6.
constexpr size_t kMaxDcepText = 65'535;  // Its length fields have 16 bits.
constexpr uint8_t kDummyByte = 0;        // Of an empty message.

ByteSpan AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

absl::Status TypeError(std::string_view message, std::string field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT, message,
                   {.dom_exception = "TypeError", .field = std::move(field)});
}

absl::Status LimitExceeded(std::string_view message, std::string field = {}) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED, message,
                   {.dom_exception = "OperationError", .field = std::move(field)});
}

absl::Status NoStreamId(std::string_view message) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::NO_STREAM_ID, message,
                   {.dom_exception = "OperationError", .field = "id"});
}

absl::Status NotFound(std::string_view channel_id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::DATA_CHANNEL_NOT_FOUND,
                   "no data channel \"" + std::string(channel_id) + "\"");
}

// A closed channel is kept only until its last messages have been taken; until then its
// users have not been told.
DataChannelInfo Visible(const Channel& channel) {
  DataChannelInfo info = channel.info;
  if (info.state == DataChannelState::kClosed) info.state = DataChannelState::kClosing;
  return info;
}

absl::Status CheckText(const std::string& text, const char* field, size_t limit) {
  if (text.size() > kMaxDcepText) return TypeError("longer than 65,535 bytes", field);
  if (!IsUtf8(AsBytes(text))) return TypeError("not valid UTF-8", field);
  if (text.size() > limit) {
    return LimitExceeded("longer than the limit of " + std::to_string(limit) + " bytes", field);
  }
  return absl::OkStatus();
}

}  // namespace

DataChannelManager::DataChannelManager(const Limits& limits)
    : limits_(limits),
      outbox_(channels_, limits.max_data_buffered_bytes),
      inbox_(limits.max_data_received_bytes) {}

DataChannelManager::~DataChannelManager() = default;

absl::Status DataChannelManager::CheckInit(const DataChannelInit& init,
                                           std::string_view channel_id) const {
  if (closed_) return InvalidState("the connection is closed");
  if (!channel_id.empty() && !IsCallerId(channel_id)) {
    return TypeError("a data channel id is 1 to 64 letters, digits, '-', '_' or '.'",
                     "data_channel_id");
  }
  PCD_RETURN_IF_ERROR(CheckText(init.label, "label", limits_.max_label_bytes));
  PCD_RETURN_IF_ERROR(CheckText(init.protocol, "protocol", limits_.max_label_bytes));
  if (init.max_packet_life_time && init.max_retransmits) {
    return TypeError("max_packet_life_time and max_retransmits exclude each other",
                     "max_retransmits");
  }
  if (init.negotiated && !init.id) return TypeError("a negotiated channel needs an id", "id");
  if (init.negotiated && *init.id > StreamIds::kMaxId) {
    return TypeError("ids go from 0 to 65534", "id");
  }
  if (!init.negotiated && init.id) return TypeError("only a negotiated channel has an id", "id");
  if (init.preferred_id && (init.negotiated || *init.preferred_id > StreamIds::kMaxId)) {
    return TypeError("a preferred id is at most 65534, and none of a negotiated channel",
                     "preferred_id");
  }
  if (init.negotiated && channels_.FindByStream(*init.id) != nullptr) {
    return NoStreamId("another channel has this id");
  }
  if (init.negotiated && up_ && *init.id >= association_->stream_count()) {
    return NoStreamId("the association has fewer streams");
  }
  if (channels_.Find(channel_id) != nullptr) {
    return MakeError(absl::StatusCode::kAlreadyExists, ErrorReason::ALREADY_EXISTS,
                     "a data channel of this id exists", {.field = "data_channel_id"});
  }
  if (channels_.size() >= limits_.max_data_channels) {
    return LimitExceeded("no more data channels on this connection");
  }
  return absl::OkStatus();
}

std::string DataChannelManager::NextId(std::string_view prefix, uint64_t& counter) const {
  // A caller may have chosen one of ours.
  while (true) {
    std::string id = std::string(prefix) + std::to_string(++counter);
    if (channels_.Find(id) == nullptr) return id;
  }
}

Channel& DataChannelManager::Add(std::string id) {
  Channel& channel = channels_.Add(std::move(id));
  used_ = true;
  channel.info.create_unix_us = (now_.time_since_epoch() + unix_offset_).count();
  return channel;
}

absl::StatusOr<std::string> DataChannelManager::Create(const DataChannelInit& init,
                                                       std::string_view channel_id, Timestamp now) {
  now_ = now;
  PCD_RETURN_IF_ERROR(CheckInit(init, channel_id));
  const std::optional<uint16_t> stream_id =
      init.negotiated ? init.id : AllocateStream(init.preferred_id);
  if (role_ != DtlsRole::kAuto && !stream_id) return NoStreamId("there is no free stream");
  std::string id = channel_id.empty() ? NextId("dc-", local_ids_) : std::string(channel_id);
  Channel& channel = Add(id);
  channel.info.init = init;
  channel.info.init.preferred_id.reset();
  if (init.negotiated) stream_ids_.Take(*init.id);
  BindStream(channel, stream_id);
  if (transport_up()) Open(channel);
  return id;
}

std::optional<uint16_t> DataChannelManager::AllocateStream(std::optional<uint16_t> preferred) {
  // Before the association is up it is not known how many there will be.
  return stream_ids_.AllocatePreferred(
      role_, up_ ? association_->stream_count() : uint32_t{StreamIds::kMaxId} + 1, preferred);
}

void DataChannelManager::BindStream(Channel& channel, std::optional<uint16_t> stream_id) {
  if (!stream_id) return;
  channel.info.init.id = stream_id;
  channels_.BindStream(channel);
}

absl::Status DataChannelManager::Send(std::string_view channel_id, bool binary, ByteSpan bytes,
                                      Timestamp now) {
  Channel* const channel = channels_.Find(channel_id);
  if (channel == nullptr) return NotFound(channel_id);
  if (channel->info.state != DataChannelState::kOpen) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::DATA_CHANNEL_NOT_OPEN,
                     "the data channel is " + std::string(ToString(channel->info.state)),
                     {.dom_exception = "InvalidStateError"});
  }
  if (bytes.size() > max_send_message_bytes()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::MESSAGE_TOO_LARGE,
                     "at most " + std::to_string(max_send_message_bytes()) + " bytes",
                     {.dom_exception = "TypeError"});
  }
  if (!binary && !IsUtf8(bytes)) return TypeError("the text is not valid UTF-8", "text");
  if (!outbox_.HasRoomFor(bytes.size())) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::BUFFER_FULL,
                     "the connection's send buffer is full", {.dom_exception = "OperationError"});
  }
  now_ = now;
  const size_t user_bytes = bytes.size();
  PayloadProtocol protocol = binary ? PayloadProtocol::kBinary : PayloadProtocol::kString;
  if (bytes.empty()) {
    protocol = binary ? PayloadProtocol::kBinaryEmpty : PayloadProtocol::kStringEmpty;
    bytes = ByteSpan(&kDummyByte, 1);
  }
  if (!transport_up() ||
      !outbox_.SendNow(*channel, protocol, bytes, user_bytes, *association_, now)) {
    outbox_.Push(*channel, {protocol, {bytes.begin(), bytes.end()}, user_bytes});
  }
  ++channel->info.messages_sent;
  channel->info.bytes_sent += user_bytes;
  return absl::OkStatus();
}

absl::Status DataChannelManager::Close(std::string_view channel_id, Timestamp now) {
  Channel* const channel = channels_.Find(channel_id);
  if (channel == nullptr) return NotFound(channel_id);
  now_ = now;
  inbox_.DiscardMessages(*channel);
  if (channel->info.state == DataChannelState::kClosed) {
    channels_.Remove(*channel);  // Only what it held kept it.
  } else {
    Apply(*channel, ChannelInput::kLocalClose);
  }
  return absl::OkStatus();
}

void DataChannelManager::CloseEach(Timestamp now) {
  now_ = now;
  for (Channel* channel : channels_.All()) {
    if (channel->info.state != DataChannelState::kClosed)
      Apply(*channel, ChannelInput::kLocalClose);
  }
}

bool DataChannelManager::all_closed() const {
  return std::ranges::all_of(channels_.All(), [](const Channel* channel) {
    return channel->info.state == DataChannelState::kClosed;
  });
}

absl::Status DataChannelManager::SetBufferedAmountLowThreshold(std::string_view channel_id,
                                                               uint64_t bytes) {
  Channel* const channel = channels_.Find(channel_id);
  if (channel == nullptr) return NotFound(channel_id);
  channel->info.buffered_amount_low_threshold = bytes;
  return absl::OkStatus();
}

absl::Status DataChannelManager::SetReceivePaused(std::string_view channel_id, bool paused) {
  Channel* const channel = channels_.Find(channel_id);
  if (channel == nullptr) return NotFound(channel_id);
  inbox_.SetPaused(*channel, paused);
  if (!paused && channel->info.state == DataChannelState::kClosed) channels_.Remove(*channel);
  return absl::OkStatus();
}

void DataChannelManager::SetRemoteMaxMessageSize(std::optional<uint64_t> bytes) {
  remote_max_message_bytes_ = bytes;
}

size_t DataChannelManager::max_send_message_bytes() const {
  const uint64_t remote = remote_max_message_bytes_.value_or(kDefaultRemoteMaxMessageBytes);
  if (remote == 0) return limits_.max_message_bytes;
  return static_cast<size_t>(std::min<uint64_t>(remote, limits_.max_message_bytes));
}

std::vector<DataChannelInfo> DataChannelManager::SetRole(DtlsRole role) {
  std::vector<Channel*> waiting;
  for (Channel* channel : channels_.All()) {
    const bool may_change = channel->info.state == DataChannelState::kConnecting;
    if (may_change && !channel->info.init.negotiated) waiting.push_back(channel);
  }
  const bool other = role_ != DtlsRole::kAuto && role_ != role;
  for (Channel* channel : waiting) {
    auto& id = channel->info.init.id;
    if (!other || !id) continue;
    channels_.UnbindStream(*channel);
    stream_ids_.Release(*id);
    id.reset();
  }
  role_ = role;
  std::vector<DataChannelInfo> changed;
  for (Channel* channel : waiting) {
    if (channel->info.init.id) continue;
    BindStream(*channel, AllocateStream());
    if (channel->info.init.id) changed.push_back(channel->info);
  }
  return changed;
}

void DataChannelManager::AttachAssociation(sctp::SctpAssociation* association, DtlsRole role,
                                           Timestamp now) {
  association_ = association;
  up_ = false;
  suspended_ = false;
  SetRole(role);
  HandleAssociation(now);
}

void DataChannelManager::DetachAssociation() {
  if (association_ == nullptr && !suspended_) return;
  suspended_ = false;
  OnTransportLost({.state = SctpState::kClosed, .reason = "the transport has ended"});
  association_ = nullptr;
  role_ = DtlsRole::kAuto;
}

void DataChannelManager::SuspendAssociation(Timestamp now) {
  if (association_ == nullptr) return;
  now_ = now;
  TakeEvents(true);
  up_ = false;
  suspended_ = true;
  association_ = nullptr;
  outbox_.ForgetInFlight();
  for (Channel* channel : channels_.All()) {
    ClearPartial(*channel);
    if (channel->info.state == DataChannelState::kClosing && channel->outgoing_reset_asked) {
      Apply(*channel, ChannelInput::kBothReset);
    }
  }
}

void DataChannelManager::CloseAll() {
  for (Channel* channel : channels_.All()) {
    if (channel->info.state == DataChannelState::kOpen) ++channels_closed_;
    outbox_.Drop(*channel);
  }
  outbox_.ForgetInFlight();
  inbox_.Clear();
  channels_.Clear();
  association_ = nullptr;
  up_ = false;
  closed_ = true;
}

std::optional<DataChannelEvent> DataChannelManager::PollEvent() { return inbox_.Poll(); }

std::optional<DataChannelInfo> DataChannelManager::Get(std::string_view channel_id) const {
  const Channel* const channel = channels_.Find(channel_id);
  if (channel == nullptr) return std::nullopt;
  return Visible(*channel);
}

std::vector<DataChannelInfo> DataChannelManager::List() const {
  std::vector<DataChannelInfo> list;
  for (const Channel* channel : channels_.All()) list.push_back(Visible(*channel));
  return list;
}

std::vector<DataChannelStats> DataChannelManager::Stats() const {
  std::vector<DataChannelStats> list;
  for (const DataChannelInfo& info : List()) {
    list.push_back({.id = "D" + info.channel_id,
                    .label = info.init.label,
                    .protocol = info.init.protocol,
                    .data_channel_id = info.channel_id,
                    .data_channel_identifier = info.init.id,
                    .state = info.state,
                    .messages_sent = info.messages_sent,
                    .bytes_sent = info.bytes_sent,
                    .messages_received = info.messages_received,
                    .bytes_received = info.bytes_received});
  }
  return list;
}

}  // namespace pcd::datachannel
