#include "engine/sctp/fake_sctp_sender.h"

#include <algorithm>
#include <utility>

namespace pcd::sctp::fake {
namespace {

constexpr size_t kMaxInFlight = 256;
constexpr Duration kRepeatAfter = std::chrono::milliseconds(200);

}  // namespace

void Sender::Queue(uint16_t stream_id, uint32_t ppid, ByteSpan message, const SendOptions& options,
                   Timestamp now) {
  const size_t count = (message.size() + fragment_bytes_ - 1) / fragment_bytes_;
  const uint32_t first = next_sequence_;
  const uint32_t number = options.ordered ? message_numbers_[stream_id]++ : 0;
  Item item{.options = options};
  if (options.max_packet_life_time) {
    item.expires = now + std::chrono::milliseconds(*options.max_packet_life_time);
  }
  for (size_t at = 0; at < message.size(); at += fragment_bytes_) {
    const ByteSpan piece = message.subspan(at, std::min(fragment_bytes_, message.size() - at));
    item.body = Fragment{.stream_id = stream_id,
                         .ordered = options.ordered,
                         .message_number = number,
                         .ppid = ppid,
                         .first_sequence = first,
                         .count = static_cast<uint32_t>(count),
                         .payload = {piece.begin(), piece.end()}};
    Append(item);
  }
  buffered_bytes_ += message.size();
}

void Sender::QueueReset(uint16_t stream_id) {
  message_numbers_.erase(stream_id);
  Append(Item{.body = Reset{.stream_id = stream_id}});
}

void Sender::Append(Item item) {
  item.sequence = next_sequence_++;
  queue_.push_back(std::move(item));
}

std::vector<Sequenced> Sender::Flush(Timestamp now) {
  std::vector<Sequenced> out;
  RepeatLate(now, out);
  while (!queue_.empty() && in_flight_.size() < kMaxInFlight) {
    Item& next = queue_.front();
    const auto* fragment = std::get_if<Fragment>(&next.body);
    if (fragment != nullptr && !fragment->gone && now >= next.expires) {
      Abandon(fragment->first_sequence);
    }
    const size_t bytes = fragment == nullptr ? 0 : fragment->payload.size();
    if (spent_ + bytes > credit_) break;
    spent_ += bytes;
    Item item = std::move(next);
    queue_.pop_front();
    SendItem(in_flight_[item.sequence] = std::move(item), now, out);
  }
  return out;
}

void Sender::RepeatLate(Timestamp now, std::vector<Sequenced>& out) {
  for (auto& [sequence, item] : in_flight_) {
    if (now < item.sent_at + kRepeatAfter) continue;
    if (MayAbandon(item, now)) Abandon(std::get<Fragment>(item.body).first_sequence);
    SendItem(item, now, out);
  }
}

void Sender::SendItem(Item& item, Timestamp now, std::vector<Sequenced>& out) {
  item.sent_at = now;
  ++item.times_sent;
  out.push_back(Sequenced{.sequence = item.sequence, .body = item.body});
}

bool Sender::MayAbandon(const Item& item, Timestamp now) const {
  const auto* fragment = std::get_if<Fragment>(&item.body);
  if (fragment == nullptr || fragment->gone) return false;
  if (item.options.max_retransmits) return item.times_sent > *item.options.max_retransmits;
  return now >= item.expires;
}

void Sender::Abandon(uint32_t first_sequence) {
  const auto belongs = [first_sequence](const Item& item) {
    const auto* fragment = std::get_if<Fragment>(&item.body);
    return fragment != nullptr && fragment->first_sequence == first_sequence;
  };
  for (auto& [sequence, item] : in_flight_) {
    if (belongs(item)) TurnGone(item);
  }
  for (Item& item : queue_) {
    if (belongs(item)) TurnGone(item);
  }
}

void Sender::TurnGone(Item& item) {
  Fragment& fragment = std::get<Fragment>(item.body);
  if (fragment.gone) return;
  buffered_bytes_ -= fragment.payload.size();
  fragment.gone = true;
  fragment.gone_bytes = item.times_sent > 0 ? static_cast<uint32_t>(fragment.payload.size()) : 0;
  fragment.payload.clear();
}

Sender::Settled Sender::HandleAck(const Ack& ack) {
  Settled settled;
  SetCredit(ack.credit);
  while (!in_flight_.empty() && in_flight_.begin()->first < ack.next_expected) {
    Acknowledge(in_flight_.begin()->second, settled);
    in_flight_.erase(in_flight_.begin());
  }
  for (const uint32_t sequence : ack.received) {
    const auto it = in_flight_.find(sequence);
    // A reset or fin takes effect in sequence only.
    if (it == in_flight_.end() || !std::holds_alternative<Fragment>(it->second.body)) continue;
    Acknowledge(it->second, settled);
    in_flight_.erase(it);
  }
  return settled;
}

void Sender::Acknowledge(Item& item, Settled& settled) {
  if (const auto* fragment = std::get_if<Fragment>(&item.body)) {
    buffered_bytes_ -= fragment->payload.size();
  } else if (const auto* reset = std::get_if<Reset>(&item.body)) {
    settled.resets.push_back(reset->stream_id);
  } else {
    settled.fin = true;
  }
}

Timestamp Sender::NextDeadline() const {
  Timestamp next = kNever;
  for (const auto& [sequence, item] : in_flight_) {
    next = std::min(next, item.sent_at + kRepeatAfter);
  }
  return next;
}

}  // namespace pcd::sctp::fake
