#include "engine/datachannel/inbox.h"

#include <variant>

namespace pcd::datachannel {
namespace {

constexpr size_t kMessageOverhead = 64;

bool IsMessage(const DataChannelEvent& event) {
  return std::holds_alternative<ChannelMessage>(event);
}

size_t Charge(const DataChannelEvent& event) {
  const auto* message = std::get_if<ChannelMessage>(&event);
  return message == nullptr ? 0 : message->bytes.size() + kMessageOverhead;
}

bool HeldBack(const InboxLane& lane, const DataChannelEvent& event) {
  return lane.paused && (IsMessage(event) || !lane.held.empty());
}

}  // namespace

void Inbox::Push(Channel& channel, DataChannelEvent event) {
  InboxLane& lane = *channel.lane;
  const size_t charge = Charge(event);
  charged_bytes_ += charge;
  if (lane.queued == 0 && HeldBack(lane, event)) {
    lane.held.push_back(std::move(event));
    return;
  }
  ++lane.queued;
  lane.queued_messages += IsMessage(event) ? 1 : 0;
  lane.queued_charge += charge;
  events_.push_back({channel.lane, std::move(event)});
}

void Inbox::SetPaused(Channel& channel, bool paused) {
  if (channel.lane->discarding) return;  // No messages are left to hold back.
  channel.lane->paused = paused;
  if (!paused) MakeReady(channel.lane);
}

bool Inbox::Holds(const Channel& channel) const {
  const InboxLane& lane = *channel.lane;
  return lane.paused && (lane.queued_messages > 0 || !lane.held.empty());
}

void Inbox::DiscardMessages(Channel& channel) {
  InboxLane& lane = *channel.lane;
  if (!lane.paused) return;
  lane.paused = false;
  lane.discarding = true;
  charged_bytes_ -= lane.queued_charge;
  lane.queued_charge = 0;
  std::erase_if(lane.held, [this](const DataChannelEvent& event) {
    charged_bytes_ -= Charge(event);
    return IsMessage(event);
  });
  MakeReady(channel.lane);
}

void Inbox::MakeReady(const std::shared_ptr<InboxLane>& lane) {
  if (lane->ready || lane->held.empty()) return;
  lane->ready = true;
  ready_.push_back(lane);
}

std::optional<DataChannelEvent> Inbox::PollReady() {
  while (!ready_.empty()) {
    InboxLane& lane = *ready_.front();
    if (lane.paused || lane.held.empty()) {
      lane.ready = false;
      ready_.pop_front();
      continue;
    }
    DataChannelEvent event = std::move(lane.held.front());
    lane.held.pop_front();
    charged_bytes_ -= Charge(event);
    return event;
  }
  return std::nullopt;
}

std::optional<DataChannelEvent> Inbox::Take(Queued queued) {
  if (queued.lane == nullptr) return std::move(queued.event);
  InboxLane& lane = *queued.lane;
  --lane.queued;
  const size_t charge = lane.discarding ? 0 : Charge(queued.event);
  lane.queued_charge -= charge;
  if (IsMessage(queued.event)) {
    --lane.queued_messages;
    if (lane.discarding) return std::nullopt;
  }
  if (HeldBack(lane, queued.event)) {
    lane.held.push_back(std::move(queued.event));
    return std::nullopt;
  }
  charged_bytes_ -= charge;
  return std::move(queued.event);
}

std::optional<DataChannelEvent> Inbox::Poll() {
  if (auto event = PollReady()) return event;
  while (!events_.empty()) {
    if (auto event = Take(events_.Take())) return event;
  }
  return std::nullopt;
}

void Inbox::Clear() {
  events_.clear();
  ready_.clear();
  charged_bytes_ = 0;
}

}  // namespace pcd::datachannel
