#include "service/data_channel_mapping.h"

#include "engine/base/status.h"
#include "service/enum_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr uint32_t kMaxUint16 = 65535;
constexpr uint32_t kMaxStreamId = 65534;

absl::Status TypeError(const std::string& message, const std::string& field) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT, message,
                   {.dom_exception = "TypeError", .field = field});
}

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

v1::DataChannelPriority ToProto(DataChannelPriority priority) {
  switch (priority) {
    case DataChannelPriority::kVeryLow:
      return v1::DATA_CHANNEL_PRIORITY_VERY_LOW;
    case DataChannelPriority::kLow:
      return v1::DATA_CHANNEL_PRIORITY_LOW;
    case DataChannelPriority::kMedium:
      return v1::DATA_CHANNEL_PRIORITY_MEDIUM;
    case DataChannelPriority::kHigh:
      return v1::DATA_CHANNEL_PRIORITY_HIGH;
  }
  return v1::DATA_CHANNEL_PRIORITY_UNSPECIFIED;
}

absl::StatusOr<DataChannelPriority> FromProto(v1::DataChannelPriority priority) {
  switch (priority) {
    case v1::DATA_CHANNEL_PRIORITY_VERY_LOW:
      return DataChannelPriority::kVeryLow;
    case v1::DATA_CHANNEL_PRIORITY_UNSPECIFIED:
    case v1::DATA_CHANNEL_PRIORITY_LOW:
      return DataChannelPriority::kLow;
    case v1::DATA_CHANNEL_PRIORITY_MEDIUM:
      return DataChannelPriority::kMedium;
    case v1::DATA_CHANNEL_PRIORITY_HIGH:
      return DataChannelPriority::kHigh;
    default:
      return TypeError("there is no such priority", "init.priority");
  }
}

}  // namespace

absl::StatusOr<DataChannelInit> FromProto(const v1::DataChannelInit& init) {
  DataChannelInit out{.label = init.label(),
                      .ordered = !init.has_ordered() || init.ordered(),
                      .protocol = init.protocol(),
                      .negotiated = init.negotiated()};
  if (init.max_packet_life_time() > kMaxUint16) {
    return TypeError("at most 65535 milliseconds", "init.max_packet_life_time");
  }
  if (init.max_retransmits() > kMaxUint16) {
    return TypeError("at most 65535 retransmissions", "init.max_retransmits");
  }
  if (init.has_max_packet_life_time()) {
    out.max_packet_life_time = static_cast<uint16_t>(init.max_packet_life_time());
  }
  if (init.has_max_retransmits()) {
    out.max_retransmits = static_cast<uint16_t>(init.max_retransmits());
  }
  if (init.has_id() && (!init.negotiated() || init.id() > kMaxStreamId)) {
    return TypeError("an id is given with negotiated only, and is at most 65534", "init.id");
  }
  if (init.has_id()) out.id = static_cast<uint16_t>(init.id());
  if (init.preferred_id() > kMaxStreamId) {
    return TypeError("a preferred id is at most 65534", "init.preferred_id");
  }
  if (init.has_preferred_id()) out.preferred_id = static_cast<uint16_t>(init.preferred_id());
  PCD_ASSIGN_OR_RETURN(out.priority, FromProto(init.priority()));
  return out;
}

v1::DataChannel ToProto(const std::string& peer_connection_id,
                        const datachannel::DataChannelInfo& channel) {
  v1::DataChannel out;
  out.set_data_channel_id(channel.channel_id);
  out.set_peer_connection_id(peer_connection_id);
  out.set_label(channel.init.label);
  out.set_ordered(channel.init.ordered);
  if (channel.init.max_packet_life_time.has_value()) {
    out.set_max_packet_life_time(*channel.init.max_packet_life_time);
  }
  if (channel.init.max_retransmits.has_value()) {
    out.set_max_retransmits(*channel.init.max_retransmits);
  }
  out.set_protocol(channel.init.protocol);
  out.set_negotiated(channel.init.negotiated);
  if (channel.init.id.has_value()) out.set_id(*channel.init.id);
  out.set_priority(ToProto(channel.init.priority));
  out.set_ready_state(ToProto(channel.state));
  out.set_buffered_amount(channel.buffered_amount);
  out.set_buffered_amount_low_threshold(channel.buffered_amount_low_threshold);
  out.set_opened_by_remote(channel.opened_by_remote);
  *out.mutable_create_time() = TimestampFromUnixMicros(channel.create_unix_us);
  return out;
}

v1::DataChannel ToProto(const std::string& peer_connection_id,
                        const peerconnection::DataChannelView& channel) {
  v1::DataChannel out = ToProto(peer_connection_id, channel.info);
  v1::DataChannelCounters& counters = *out.mutable_counters();
  counters.set_messages_sent(channel.messages_sent);
  counters.set_bytes_sent(channel.bytes_sent);
  counters.set_messages_received(channel.messages_received);
  counters.set_bytes_received(channel.bytes_received);
  return out;
}

absl::StatusOr<MessageView> FromProto(const v1::DataMessage& message, const std::string& field) {
  switch (message.payload_case()) {
    case v1::DataMessage::kText:
      return MessageView{.binary = false, .bytes = Bytes(message.text())};
    case v1::DataMessage::kBinary:
      return MessageView{.binary = true, .bytes = Bytes(message.binary())};
    case v1::DataMessage::PAYLOAD_NOT_SET:
      break;
  }
  return InvalidArgument("a message is text or binary", field);
}

v1::DataMessage MessageToProto(bool binary, const std::vector<uint8_t>& bytes) {
  v1::DataMessage out;
  std::string& payload = binary ? *out.mutable_binary() : *out.mutable_text();
  payload.assign(bytes.begin(), bytes.end());
  return out;
}

}  // namespace pcd::service
