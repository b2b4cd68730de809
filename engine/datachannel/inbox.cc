#include "engine/datachannel/inbox.h"

#include <iterator>
#include <string>
#include <utility>
#include <variant>

namespace pcd::datachannel {
namespace {

constexpr size_t kMessageOverhead = 64;

size_t Charge(const DataChannelEvent& event) {
  const auto* message = std::get_if<ChannelMessage>(&event);
  return message == nullptr ? 0 : message->bytes.size() + kMessageOverhead;
}

// The channel that a pause may hold the event for; null for those it does not concern.
const std::string* HoldableId(const DataChannelEvent& event) {
  if (const auto* message = std::get_if<ChannelMessage>(&event)) return &message->channel_id;
  if (const auto* state = std::get_if<ChannelStateChanged>(&event)) return &state->channel_id;
  if (const auto* error = std::get_if<ChannelError>(&event)) return &error->channel_id;
  return nullptr;
}

}  // namespace

void Inbox::Push(Channel& channel, DataChannelEvent event) {
  charged_bytes_ += Charge(event);
  const bool is_message = std::holds_alternative<ChannelMessage>(event);
  if (channel.paused && (is_message || !channel.held.empty())) {
    channel.held.push_back(std::move(event));
  } else {
    events_.push_back(std::move(event));
  }
}

void Inbox::SetPaused(Channel& channel, bool paused) {
  if (channel.paused == paused) return;
  channel.paused = paused;
  if (paused) {
    Hold(channel);
  } else {
    Release(channel);
  }
}

void Inbox::Hold(Channel& channel) {
  std::deque<DataChannelEvent> others;
  for (DataChannelEvent& event : events_) {
    const std::string* id = HoldableId(event);
    const bool ours = id != nullptr && *id == channel.info.channel_id;
    const bool held =
        ours && (!channel.held.empty() || std::holds_alternative<ChannelMessage>(event));
    (held ? channel.held : others).push_back(std::move(event));
  }
  events_ = std::move(others);
}

void Inbox::DiscardMessages(Channel& channel) {
  channel.paused = false;
  std::erase_if(channel.held, [this](const DataChannelEvent& event) {
    charged_bytes_ -= Charge(event);
    return std::holds_alternative<ChannelMessage>(event);
  });
  Release(channel);
}

void Inbox::Release(Channel& channel) {
  events_.insert(events_.end(), std::make_move_iterator(channel.held.begin()),
                 std::make_move_iterator(channel.held.end()));
  channel.held.clear();
}

std::optional<DataChannelEvent> Inbox::Poll() {
  if (events_.empty()) return std::nullopt;
  DataChannelEvent event = std::move(events_.front());
  events_.pop_front();
  charged_bytes_ -= Charge(event);
  return event;
}

void Inbox::Clear() {
  events_.clear();
  charged_bytes_ = 0;
}

}  // namespace pcd::datachannel
