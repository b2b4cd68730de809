#include "engine/sctp/fake_sctp_receiver.h"

#include <optional>
#include <utility>

namespace pcd::sctp::fake {
namespace {

// A sequence number further ahead than any sender of ours goes is not one of ours.
constexpr uint32_t kMaxAhead = 4096;

}  // namespace

void Receiver::Handle(Sequenced frame) {
  if (!MarkReceived(frame.sequence)) return;
  if (auto* fragment = std::get_if<Fragment>(&frame.body)) {
    OnFragment(frame.sequence, std::move(*fragment));
  } else {
    controls_[frame.sequence] = std::move(frame.body);
  }
  RunControls();
}

bool Receiver::MarkReceived(uint32_t sequence) {
  if (sequence < next_expected_ || sequence - next_expected_ > kMaxAhead) return false;
  if (!beyond_.insert(sequence).second) return false;
  while (!beyond_.empty() && *beyond_.begin() == next_expected_) {
    beyond_.erase(beyond_.begin());
    ++next_expected_;
  }
  return true;
}

void Receiver::OnFragment(uint32_t sequence, Fragment fragment) {
  if (fragment.gone) {
    consumed_ += fragment.gone_bytes;
    OnGone(fragment);
    return;
  }
  if (gone_.contains(fragment.first_sequence)) {
    consumed_ += fragment.payload.size();
    return;
  }
  Partial& partial = partials_[fragment.first_sequence];
  ++partial.received;
  partial.bytes += fragment.payload.size();
  too_long_ = too_long_ || partial.bytes > max_message_bytes_;
  partial.pieces[sequence] = std::move(fragment.payload);
  if (too_long_ || partial.received < fragment.count) return;
  Complete(fragment, partial);
  partials_.erase(fragment.first_sequence);
}

void Receiver::OnGone(const Fragment& fragment) {
  if (!gone_.insert(fragment.first_sequence).second) return;
  if (const auto it = partials_.find(fragment.first_sequence); it != partials_.end()) {
    consumed_ += it->second.bytes;
    partials_.erase(it);
  }
  if (!fragment.ordered) return;
  Stream& stream = streams_[fragment.stream_id];
  if (fragment.message_number < stream.next) return;
  stream.waiting.try_emplace(fragment.message_number, std::nullopt);
  DeliverWaiting(stream);
}

void Receiver::Complete(const Fragment& fragment, const Partial& partial) {
  MessageReceived message{.stream_id = fragment.stream_id, .ppid = fragment.ppid};
  message.bytes.reserve(partial.bytes);
  for (const auto& [sequence, piece] : partial.pieces) {
    message.bytes.insert(message.bytes.end(), piece.begin(), piece.end());
  }
  if (!fragment.ordered) {
    Deliver(std::move(message));
    return;
  }
  Stream& stream = streams_[fragment.stream_id];
  stream.waiting[fragment.message_number] = std::move(message);
  DeliverWaiting(stream);
}

void Receiver::DeliverWaiting(Stream& stream) {
  while (!stream.waiting.empty() && stream.waiting.begin()->first <= stream.next) {
    auto& [number, message] = *stream.waiting.begin();
    if (message) Deliver(std::move(*message));
    stream.next = number + 1;
    stream.waiting.erase(stream.waiting.begin());
  }
}

void Receiver::RunControls() {
  while (!controls_.empty() && controls_.begin()->first < next_expected_) {
    const auto body = std::move(controls_.begin()->second);
    controls_.erase(controls_.begin());
    if (const auto* reset = std::get_if<Reset>(&body)) {
      streams_.erase(reset->stream_id);
      events_.push_back(IncomingStreamsReset{.stream_ids = {reset->stream_id}});
    } else {
      fin_ = true;
    }
  }
  gone_.erase(gone_.begin(),
              gone_.lower_bound(next_expected_ > kMaxAhead ? next_expected_ - kMaxAhead : 0));
}

SctpEvent Receiver::TakeEvent() {
  SctpEvent event = std::move(events_.front());
  events_.pop_front();
  if (const auto* message = std::get_if<MessageReceived>(&event)) {
    consumed_ += message->bytes.size();
  }
  return event;
}

Ack Receiver::MakeAck() {
  told_credit_ = credit();
  Ack ack{.next_expected = next_expected_, .credit = told_credit_};
  for (const uint32_t sequence : beyond_) {
    if (ack.received.size() == kMaxAckedExtra) break;
    ack.received.push_back(sequence);
  }
  return ack;
}

}  // namespace pcd::sctp::fake
