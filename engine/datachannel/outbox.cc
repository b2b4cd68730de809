#include "engine/datachannel/outbox.h"

#include <algorithm>
#include <utility>

namespace pcd::datachannel {
namespace {

constexpr size_t kMessageOverhead = 64;

// Inside the association each message costs hundreds of bytes however short it is.
constexpr size_t kMaxInFlight = 4096;

sctp::SendOptions OptionsOf(const Channel& channel, PayloadProtocol protocol) {
  if (protocol == PayloadProtocol::kDcep) return {};
  const DataChannelInit& init = channel.info.init;
  return {.ordered = init.ordered || channel.awaiting_ack,
          .max_retransmits = init.max_retransmits,
          .max_packet_life_time = init.max_packet_life_time};
}

// Bytes of one turn at the lowest priority. Short, so that a turn of small messages is, too.
constexpr int64_t kTurnBytes = 1024;

// RFC 8835 section 4.1: twice the share of the priority below.
int64_t TurnOf(const Channel& channel) {
  return kTurnBytes << static_cast<int>(channel.info.init.priority);
}

}  // namespace

bool Outbox::HasRoomFor(size_t bytes) const {
  return charged_bytes_ + bytes + kMessageOverhead <= max_bytes_;
}

void Outbox::Push(Channel& channel, OutgoingMessage message) {
  charged_bytes_ += message.bytes.size() + kMessageOverhead;
  user_bytes_ += message.user_bytes;
  channel.info.buffered_amount += message.user_bytes;
  if (channel.outgoing.empty()) {
    channel.turn_left = TurnOf(channel);
    turns_.push_back(channel.number);
  }
  channel.outgoing.push_back(std::move(message));
}

void Outbox::PushControlFirst(Channel& channel, OutgoingMessage message) {
  auto& outgoing = channel.outgoing;
  if (outgoing.empty()) return Push(channel, std::move(message));
  if (outgoing.front().protocol == PayloadProtocol::kDcep) return;
  charged_bytes_ += message.bytes.size() + kMessageOverhead;
  outgoing.push_front(std::move(message));
}

void Outbox::Drop(Channel& channel) {
  for (const OutgoingMessage& message : channel.outgoing) {
    charged_bytes_ -= message.bytes.size() + kMessageOverhead;
    user_bytes_ -= message.user_bytes;
    channel.info.buffered_amount -= message.user_bytes;
  }
  if (!channel.outgoing.empty()) turns_.Erase(channel.number);
  channel.outgoing.clear();
}

void Outbox::Move(sctp::SctpAssociation& association, Timestamp now, const OnChannel& drained,
                  const OnChannel& failed) {
  size_t skipped = 0;  // Channels in a row whose stream is not free yet.
  while (skipped < turns_.size() && in_flight_.size() < kMaxInFlight) {
    Channel& channel = *channels_.FindByNumber(turns_.front());
    if (channel.turn_left <= 0) {
      channel.turn_left += TurnOf(channel);
      EndTurn();
      skipped = 0;
      continue;
    }
    const OutgoingMessage& message = channel.outgoing.front();
    const sctp::SendResult result =
        association.Send(*channel.info.init.id, static_cast<uint32_t>(message.protocol),
                         message.bytes, OptionsOf(channel, message.protocol), now);
    if (result == sctp::SendResult::kWouldBlock || result == sctp::SendResult::kNotConnected) {
      return;
    }
    if (result == sctp::SendResult::kTooLarge) {
      failed(channel);
      continue;
    }
    if (result == sctp::SendResult::kBadStream) {
      EndTurn();
      ++skipped;
      continue;
    }
    skipped = 0;
    NoteInFlight(channel.number, message.bytes.size(), message.user_bytes);
    channel.turn_left -= static_cast<int64_t>(message.bytes.size() + kMessageOverhead);
    channel.outgoing.pop_front();
    if (!channel.outgoing.empty()) continue;
    turns_.pop_front();
    drained(channel);
  }
}

void Outbox::EndTurn() { turns_.push_back(turns_.Take()); }

bool Outbox::SendNow(Channel& channel, PayloadProtocol protocol, ByteSpan bytes, size_t user_bytes,
                     sctp::SctpAssociation& association, Timestamp now) {
  if (!turns_.empty() || in_flight_.size() >= kMaxInFlight) return false;
  const auto result = association.Send(*channel.info.init.id, static_cast<uint32_t>(protocol),
                                       bytes, OptionsOf(channel, protocol), now);
  if (result != sctp::SendResult::kOk) return false;
  charged_bytes_ += bytes.size() + kMessageOverhead;
  user_bytes_ += user_bytes;
  channel.info.buffered_amount += user_bytes;
  NoteInFlight(channel.number, bytes.size(), user_bytes);
  return true;
}

void Outbox::NoteInFlight(uint64_t channel_number, size_t bytes, size_t user_bytes) {
  in_flight_.push_back({channel_number, bytes, user_bytes});
  in_flight_bytes_ += bytes;
}

void Outbox::Settle(size_t association_bytes, const OnChannel& low) {
  while (!in_flight_.empty() && in_flight_bytes_ - in_flight_.front().bytes >= association_bytes) {
    const InFlight settled = in_flight_.Take();
    in_flight_bytes_ -= settled.bytes;
    charged_bytes_ -= settled.bytes + kMessageOverhead;
    user_bytes_ -= settled.user_bytes;
    Lower(settled.channel_number, settled.user_bytes, low);
  }
}

void Outbox::Lower(uint64_t channel_number, size_t user_bytes, const OnChannel& low) {
  Channel* const channel = channels_.FindByNumber(channel_number);
  if (channel == nullptr) return;
  const uint64_t before = channel->info.buffered_amount;
  channel->info.buffered_amount = before - std::min<uint64_t>(before, user_bytes);
  const uint64_t threshold = channel->info.buffered_amount_low_threshold;
  if (before > threshold && channel->info.buffered_amount <= threshold) low(*channel);
}

void Outbox::ForgetInFlight() {
  Settle(0, [](Channel&) {});
}

}  // namespace pcd::datachannel
