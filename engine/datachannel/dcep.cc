#include "engine/datachannel/dcep.h"

#include <algorithm>
#include <string>

#include "engine/datachannel/utf8.h"

namespace pcd::datachannel {
namespace {

constexpr uint8_t kAckMessage = 0x02;
constexpr uint8_t kOpenMessage = 0x03;

// Channel types: the lower bits say what limits repetition, the top bit "unordered".
constexpr uint8_t kReliable = 0x00;
constexpr uint8_t kLimitedRetransmits = 0x01;
constexpr uint8_t kLimitedLifeTime = 0x02;
constexpr uint8_t kUnordered = 0x80;

constexpr size_t kOpenHeader = 12;

// RFC 8831 section 6.4.
uint16_t WirePriority(DataChannelPriority priority) {
  switch (priority) {
    case DataChannelPriority::kVeryLow:
      return 128;
    case DataChannelPriority::kLow:
      return 256;
    case DataChannelPriority::kMedium:
      return 512;
    case DataChannelPriority::kHigh:
      return 1024;
  }
  return 256;
}

// W3C webrtc-priority section 4: a value between two names has the one above it.
DataChannelPriority PriorityOf(uint16_t wire) {
  if (wire <= 128) return DataChannelPriority::kVeryLow;
  if (wire <= 256) return DataChannelPriority::kLow;
  if (wire <= 512) return DataChannelPriority::kMedium;
  return DataChannelPriority::kHigh;
}

ByteSpan AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool ReadReliability(uint8_t type, uint32_t parameter, DataChannelInit& init) {
  init.ordered = (type & kUnordered) == 0;
  const auto limit = static_cast<uint16_t>(std::min<uint32_t>(parameter, 0xffff));
  switch (type & ~kUnordered) {
    case kReliable:
      return true;
    case kLimitedRetransmits:
      init.max_retransmits = limit;
      return true;
    case kLimitedLifeTime:
      init.max_packet_life_time = limit;
      return true;
    default:
      return false;
  }
}

std::optional<DcepMessage> ParseOpen(ByteReader& in) {
  DcepOpen open;
  const uint8_t type = in.U8();
  open.init.priority = PriorityOf(in.U16());
  const uint32_t reliability = in.U32();
  const uint16_t label_length = in.U16();
  const uint16_t protocol_length = in.U16();
  const ByteSpan label = in.Bytes(label_length);
  const ByteSpan protocol = in.Bytes(protocol_length);
  if (!in.ok() || in.remaining() != 0) return std::nullopt;
  if (!ReadReliability(type, reliability, open.init)) return std::nullopt;
  open.init.label = DecodeUtf8(label);
  open.init.protocol = DecodeUtf8(protocol);
  return open;
}

}  // namespace

std::vector<uint8_t> WriteDcepOpen(const DataChannelInit& init) {
  std::vector<uint8_t> message(kOpenHeader + init.label.size() + init.protocol.size());
  ByteWriter out(message);
  uint8_t type = init.max_retransmits        ? kLimitedRetransmits
                 : init.max_packet_life_time ? kLimitedLifeTime
                                             : kReliable;
  if (!init.ordered) type |= kUnordered;
  out.U8(kOpenMessage);
  out.U8(type);
  out.U16(WirePriority(init.priority));
  out.U32(init.max_retransmits.value_or(init.max_packet_life_time.value_or(0)));
  out.U16(static_cast<uint16_t>(init.label.size()));
  out.U16(static_cast<uint16_t>(init.protocol.size()));
  out.Bytes(AsBytes(init.label));
  out.Bytes(AsBytes(init.protocol));
  return message;
}

std::vector<uint8_t> WriteDcepAck() { return {kAckMessage}; }

std::optional<DcepMessage> ParseDcep(ByteSpan message) {
  ByteReader in(message);
  const uint8_t type = in.U8();
  if (!in.ok()) return std::nullopt;
  if (type == kOpenMessage) return ParseOpen(in);
  if (type == kAckMessage && message.size() == 1) return DcepAck{};
  return std::nullopt;
}

}  // namespace pcd::datachannel
