#include "clients/pcctl/channel_view.h"

#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

// "ordered", "unordered, 3 retransmits", "ordered, 500 ms".
std::string DeliveryText(const api::DataChannel& channel) {
  std::string text = channel.ordered() ? "ordered" : "unordered";
  if (channel.has_max_retransmits()) {
    text += ", " + std::to_string(channel.max_retransmits()) + " retransmits";
  }
  if (channel.has_max_packet_life_time()) {
    text += ", " + std::to_string(channel.max_packet_life_time()) + " ms";
  }
  return text;
}

std::string Hex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

std::vector<std::string> ChannelColumns() {
  return {"CHANNEL",  "STATE",    "STREAM",   "DELIVERY", "SENT",
          "RECEIVED", "BUFFERED", "PROTOCOL", "LABEL"};
}

std::vector<std::string> ChannelRow(const api::DataChannel& channel) {
  return {Printable(channel.data_channel_id()),
          EnumText(channel.ready_state()),
          channel.has_id() ? std::to_string(channel.id()) : "-",
          DeliveryText(channel),
          std::to_string(channel.counters().messages_sent()),
          std::to_string(channel.counters().messages_received()),
          std::to_string(channel.buffered_amount()),
          OrDash(channel.protocol()),
          OrDash(channel.label())};
}

std::string MessageText(const api::DataMessage& message) {
  if (!message.has_binary()) return Printable(message.text());
  const std::string& bytes = message.binary();
  std::string text =
      "binary, " + std::to_string(bytes.size()) + (bytes.size() == 1 ? " byte" : " bytes");
  if (!bytes.empty()) text += ": " + Hex(bytes);
  return text;
}

}  // namespace pcd::pcctl
