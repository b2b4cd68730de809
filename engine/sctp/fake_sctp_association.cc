#include "engine/sctp/fake_sctp_association.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/base/status.h"

namespace pcd::sctp {
namespace {

constexpr Duration kPokeEvery = std::chrono::milliseconds(500);
constexpr int kMaxSilentPokes = 60;  // Half a minute.

}  // namespace

FakeSctpAssociation::FakeSctpAssociation(const SctpOptions& options)
    : options_(options),
      sender_(options.mtu - fake::kFragmentOverhead),
      // It takes messages whole only, so its window has room for one.
      receiver_(options.max_message_bytes,
                std::max(options.receive_buffer_bytes, options.max_message_bytes)) {}

absl::Status FakeSctpAssociation::Start(const SctpParams& /*params*/, Timestamp now) {
  if (started_ || state_ != SctpState::kConnecting) {
    return InvalidState("the SCTP association has been started or closed before");
  }
  started_ = true;
  SayHello();
  poke_at_ = now + kPokeEvery;
  return absl::OkStatus();
}

void FakeSctpAssociation::SayHello() {
  Write(fake::Hello{
      .max_streams = options_.max_streams, .credit = receiver_.credit(), .answered = heard_});
}

void FakeSctpAssociation::HandlePacket(ByteSpan packet, Timestamp now) {
  auto frame = fake::Parse(packet);
  const bool taken = started_ && frame && state_ != SctpState::kClosed;
  if (!taken) {
    ++stats_.packets_dropped;
    // The peer repeats its last word until it knows that we have it.
    if (receiver_.fin() && frame) Write(receiver_.MakeAck());
    return;
  }
  ++stats_.packets_received;
  stats_.bytes_received += packet.size();
  silent_pokes_ = 0;
  if (const auto* hello = std::get_if<fake::Hello>(&*frame)) {
    OnHello(*hello);
  } else if (const auto* goodbye = std::get_if<fake::Goodbye>(&*frame)) {
    End(goodbye->reason.empty() ? "the peer aborted" : goodbye->reason);
  } else if (heard_) {
    peer_heard_ = true;
    if (auto* sequenced = std::get_if<fake::Sequenced>(&*frame)) {
      OnSequenced(std::move(*sequenced));
    } else if (const auto* ack = std::get_if<fake::Ack>(&*frame)) {
      OnAck(*ack);
    } else {
      Write(receiver_.MakeAck());
    }
  }
  Flush(now);
}

void FakeSctpAssociation::OnHello(const fake::Hello& hello) {
  sender_.SetCredit(hello.credit);
  peer_heard_ = peer_heard_ || hello.answered;
  if (!std::exchange(heard_, true)) {
    state_ = SctpState::kConnected;
    stream_count_ = std::min(options_.max_streams, hello.max_streams);
    events_.push_back(StateChanged{.state = state_});
  }
  if (!hello.answered) SayHello();
}

void FakeSctpAssociation::OnSequenced(fake::Sequenced frame) {
  receiver_.Handle(std::move(frame));
  if (receiver_.too_long()) {
    const std::string reason = "the peer sent a message longer than " +
                               std::to_string(options_.max_message_bytes) + " bytes";
    Write(fake::Goodbye{.reason = reason});
    End(reason);
    return;
  }
  Write(receiver_.MakeAck());
  if (receiver_.fin()) End("");
}

void FakeSctpAssociation::OnAck(const fake::Ack& ack) {
  const fake::Sender::Settled settled = sender_.HandleAck(ack);
  for (const uint16_t id : settled.resets) {
    resetting_.erase(id);
    events_.push_back(OutgoingStreamsReset{.stream_ids = {id}, .ok = true});
  }
  if (settled.fin) End("");
}

void FakeSctpAssociation::HandleTimeout(Timestamp now) {
  if (state_ == SctpState::kClosed || !started_) return;
  if (now >= poke_at_) {
    poke_at_ = now + kPokeEvery;
    const bool waiting = !peer_heard_ || !sender_.idle();
    if (waiting && ++silent_pokes_ > kMaxSilentPokes) {
      End("the peer does not answer");
      return;
    }
    if (!peer_heard_) {
      SayHello();
    } else if (waiting) {
      Write(fake::Ping{});  // Perhaps an Ack with more credit was lost.
    }
  }
  Flush(now);
}

Timestamp FakeSctpAssociation::NextDeadline() const {
  if (state_ == SctpState::kClosed || !started_) return kNever;
  return std::min(poke_at_, sender_.NextDeadline());
}

void FakeSctpAssociation::Flush(Timestamp now) {
  if (state_ != SctpState::kConnected) return;
  for (fake::Sequenced& frame : sender_.Flush(now)) Write(std::move(frame));
}

void FakeSctpAssociation::Write(const fake::Frame& frame) { output_.push_back(fake::Write(frame)); }

std::optional<std::vector<uint8_t>> FakeSctpAssociation::PollOutput() {
  if (output_.empty()) return std::nullopt;
  std::vector<uint8_t> packet = std::move(output_.front());
  output_.pop_front();
  ++stats_.packets_sent;
  stats_.bytes_sent += packet.size();
  return packet;
}

std::optional<SctpEvent> FakeSctpAssociation::PollEvent() {
  if (!events_.empty()) {
    SctpEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  if (receiver_.HasEvent()) {
    SctpEvent event = receiver_.TakeEvent();
    if (std::holds_alternative<MessageReceived>(event)) ++stats_.messages_received;
    if (receiver_.CreditDue() && state_ == SctpState::kConnected) Write(receiver_.MakeAck());
    return event;
  }
  const size_t before = std::exchange(told_buffered_bytes_, sender_.buffered_bytes());
  if (told_buffered_bytes_ < before) return BufferedBytesLow{told_buffered_bytes_};
  if (last_event_) return std::exchange(last_event_, std::nullopt);
  return std::nullopt;
}

SendResult FakeSctpAssociation::Send(uint16_t stream_id, uint32_t ppid, ByteSpan message,
                                     const SendOptions& options, Timestamp now) {
  if (state_ != SctpState::kConnected || shutting_down_) return SendResult::kNotConnected;
  if (stream_id >= stream_count_ || resetting_.contains(stream_id)) return SendResult::kBadStream;
  if (message.empty() || message.size() > options_.send_buffer_bytes) return SendResult::kTooLarge;
  if (sender_.buffered_bytes() + message.size() > options_.send_buffer_bytes) {
    return SendResult::kWouldBlock;
  }
  sender_.Queue(stream_id, ppid, message, options, now);
  told_buffered_bytes_ = std::max(told_buffered_bytes_, sender_.buffered_bytes());
  ++stats_.messages_sent;
  Flush(now);
  return SendResult::kOk;
}

void FakeSctpAssociation::ResetStream(uint16_t stream_id, Timestamp now) {
  if (state_ != SctpState::kConnected || stream_id >= stream_count_) return;
  if (!resetting_.insert(stream_id).second) return;
  sender_.QueueReset(stream_id);
  Flush(now);
}

void FakeSctpAssociation::Abort() {
  if (started_ && state_ != SctpState::kClosed) Write(fake::Goodbye{});
  state_ = SctpState::kClosed;
  stream_count_ = 0;
  events_.clear();
  while (receiver_.HasEvent()) receiver_.TakeEvent();
  told_buffered_bytes_ = 0;
}

void FakeSctpAssociation::Shutdown(Timestamp now) {
  if (state_ == SctpState::kClosed) return;
  if (state_ == SctpState::kConnecting) {
    End("");
    return;
  }
  if (std::exchange(shutting_down_, true)) return;
  sender_.QueueFin();
  Flush(now);
}

void FakeSctpAssociation::End(const std::string& reason) {
  if (state_ == SctpState::kClosed) return;
  state_ = SctpState::kClosed;
  stream_count_ = 0;
  last_event_ = StateChanged{.state = state_, .reason = reason};
}

std::optional<SctpPath> FakeSctpAssociation::path() const {
  if (state_ != SctpState::kConnected) return std::nullopt;
  return SctpPath{.mtu = options_.mtu, .unacknowledged_chunks = sender_.in_flight()};
}

}  // namespace pcd::sctp
