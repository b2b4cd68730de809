#include "engine/sctp/usrsctp_association.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "engine/base/status.h"
#include "engine/sctp/crc32c.h"
#include "engine/sctp/sctp_chunks.h"
#include "engine/sctp/sctp_packet_check.h"
#include "engine/sctp/usrsctp_runtime.h"

namespace pcd::sctp {
namespace {

// A DTLS record holds no more.
constexpr size_t kMaxPacket = size_t{16} * 1024;

constexpr int kConnectAttempts = 3;

// Of a notification; usrsctp makes none longer than 2,048 bytes.
constexpr size_t kNotificationRoom = 4096;

MutableByteSpan ReadBuffer(size_t size) {
  static thread_local std::vector<uint8_t> buffer;
  if (buffer.size() < size) buffer.resize(size);
  return MutableByteSpan(buffer).first(size);
}

}  // namespace

UsrsctpAssociation::UsrsctpAssociation(net::Loop& loop, const SctpOptions& options,
                                       std::shared_ptr<UsrsctpTicker> ticker)
    : options_(options),
      ticker_(std::move(ticker)),
      mailbox_(std::make_shared<UsrsctpMailbox>(loop)) {
  ticker_->AddUser();
}

UsrsctpAssociation::~UsrsctpAssociation() {
  CloseSocket();
  mailbox_->Detach();
  ticker_->RemoveUser();
}

absl::Status UsrsctpAssociation::Start(const SctpParams& params, Timestamp now) {
  if (socket_ != nullptr || state_ != SctpState::kConnecting) {
    return InvalidState("the SCTP association has been started or closed before");
  }
  UsrsctpMailbox::OwnCall own_call(*mailbox_);
  ticker_->NoteActivity(now);
  params_ = params;
  absl::Status status;
  // usrsctp may still hold the port of a reused address's last association for a moment.
  for (int attempt = 0; attempt < kConnectAttempts; ++attempt) {
    address_ = UsrsctpRuntime::Get().Acquire(mailbox_);
    auto socket = UsrsctpSocket::Connect(address_, options_);
    if (socket.ok()) {
      socket_ = std::move(socket).value();
      return absl::OkStatus();
    }
    status = socket.status();
    UsrsctpRuntime::Get().Release(std::exchange(address_, 0));
  }
  return status;
}

void UsrsctpAssociation::HandlePacket(ByteSpan packet, Timestamp now) {
  if (socket_ == nullptr || !IsForUs(packet)) {
    ++stats_.packets_dropped;
    return;
  }
  ticker_->NoteActivity(now);
  ++stats_.packets_received;
  stats_.bytes_received += packet.size();
  std::optional<std::vector<uint8_t>> instead = reset_gate_.OnInput(packet);
  if (!instead) {
    Input(packet);
  } else if (!instead->empty()) {
    Input(*instead);
  }
}

bool UsrsctpAssociation::IsForUs(ByteSpan packet) const {
  return packet.size() <= kMaxPacket && IsPlausibleSctpPacket(packet) &&
         LoadU16(packet.data()) == params_.remote_port &&
         LoadU16(packet.data() + 2) == params_.local_port && HasSctpChecksum(packet);
}

void UsrsctpAssociation::Input(ByteSpan packet) {
  if (!HasReConfigChunk(packet)) {
    InputAsIs(packet);
    return;
  }
  const std::optional<std::vector<uint8_t>> instead = reset_splitter_.OnInput(packet);
  if (!instead) {
    InputReset(packet);
  } else if (!instead->empty()) {
    InputReset(*instead);
  }
}

void UsrsctpAssociation::InputReset(ByteSpan packet) {
  MakeRoomForNotification();
  if (socket_ != nullptr) InputAsIs(packet);
}

void UsrsctpAssociation::InputAsIs(ByteSpan packet) {
  UsrsctpMailbox::OwnCall own_call(*mailbox_);
  socket_->Input(packet);
  UpdateBufferedBytes();
  ReadWhileConnecting();
}

// state() is true for everybody as soon as the peer has answered, whoever polls events.
void UsrsctpAssociation::ReadWhileConnecting() {
  while (socket_ != nullptr && state_ == SctpState::kConnecting && ReadOne()) {
  }
}

// usrsctp drops the notification of a stream reset when its receive buffer is full, which a
// consumer that does not read brings about. About one buffer's worth more is kept here then, and
// beyond that only what the notification needs. A peer that uses up that room, too, by sending
// more each time is cut off: its resets could be neither kept nor forgotten.
void UsrsctpAssociation::MakeRoomForNotification() {
  UsrsctpMailbox::OwnCall own_call(*mailbox_);
  const size_t plenty = options_.receive_buffer_bytes;
  const size_t most = 2 * options_.receive_buffer_bytes + options_.max_message_bytes;
  size_t freed = 0;
  while (socket_ != nullptr) {
    const bool scarce = events_.charge() >= plenty;
    if (scarce && freed >= kNotificationRoom) return;
    const auto length = ReadOne(scarce ? kNotificationRoom : kReadBuffer);
    if (!length) return;
    freed += *length;
    if (events_.charge() > most) End("too many stream resets while messages wait to be taken");
  }
}

std::optional<std::vector<uint8_t>> UsrsctpAssociation::PollOutput() {
  while (auto packet = mailbox_->PollPacket()) {
    const bool is_for_peer = reset_splitter_.OnOutput(*packet);
    if (is_for_peer) {
      UsrsctpSocket::FinishOutput(*packet, params_);
      ++stats_.packets_sent;
      stats_.bytes_sent += packet->size();
      reset_gate_.OnOutput(*packet);
    }
    InputWhatWaited();
    if (is_for_peer) return packet;
  }
  return std::nullopt;
}

// What the packet just sent was the sign for.
void UsrsctpAssociation::InputWhatWaited() {
  const auto piece = reset_splitter_.TakeNext();
  const auto released = reset_gate_.TakeReleased();
  if (!piece && !released) return;
  if (piece && socket_ != nullptr) InputReset(*piece);
  if (released && socket_ != nullptr) Input(*released);
  mailbox_->Touch();  // The owner has polled its events already: it has to come again.
}

std::optional<SctpEvent> UsrsctpAssociation::PollEvent() {
  {
    UsrsctpMailbox::OwnCall own_call(*mailbox_);
    while (events_.empty() && socket_ != nullptr && ReadOne()) {
    }
  }
  if (auto event = events_.Pop()) return event;
  if (std::exchange(buffered_bytes_low_, false)) return BufferedBytesLow{buffered_bytes_};
  return std::nullopt;
}

void UsrsctpAssociation::SetWakeCallback(net::Task wake) {
  mailbox_->SetWake([this, wake = std::move(wake)]() mutable {
    UpdateBufferedBytes();
    ReadWhileConnecting();
    if (wake) wake();
  });
}

SendResult UsrsctpAssociation::Send(uint16_t stream_id, uint32_t ppid, ByteSpan message,
                                    const SendOptions& options, Timestamp now) {
  if (state_ != SctpState::kConnected) return SendResult::kNotConnected;
  if (stream_id >= stream_count_ || resetting_.contains(stream_id)) return SendResult::kBadStream;
  if (message.empty()) return SendResult::kTooLarge;
  UsrsctpMailbox::OwnCall own_call(*mailbox_);
  ticker_->NoteActivity(now);
  const SendResult result = socket_->Send(stream_id, ppid, message, options);
  if (result == SendResult::kOk) {
    buffered_bytes_ += message.size();
    ++stats_.messages_sent;
  }
  return result;
}

void UsrsctpAssociation::ResetStream(uint16_t stream_id, Timestamp now) {
  if (state_ != SctpState::kConnected || stream_id >= stream_count_) return;
  if (!resetting_.insert(stream_id).second) return;
  UsrsctpMailbox::OwnCall own_call(*mailbox_);
  ticker_->NoteActivity(now);
  if (socket_->ResetOutgoing(stream_id)) return;
  // The peer does not support it: there is nothing to wait for.
  resetting_.erase(stream_id);
  events_.Push(OutgoingStreamsReset{.stream_ids = {stream_id}, .ok = false});
}

void UsrsctpAssociation::Abort() {
  CloseSocket();
  state_ = SctpState::kClosed;
  events_.Clear();
  buffered_bytes_low_ = false;
}

void UsrsctpAssociation::Shutdown(Timestamp now) {
  if (socket_ == nullptr || state_ != SctpState::kConnected) {
    if (state_ != SctpState::kClosed) End("");
    return;
  }
  ticker_->NoteActivity(now);
  UsrsctpMailbox::OwnCall own_call(*mailbox_);
  socket_->Shutdown();
}

std::optional<size_t> UsrsctpAssociation::ReadOne(size_t most) {
  const MutableByteSpan buffer = ReadBuffer(most);
  const UsrsctpRead read = socket_->Read(buffer);
  switch (read.kind) {
    case UsrsctpRead::Kind::kNothing:
      return std::nullopt;
    case UsrsctpRead::Kind::kData:
      OnData(read, buffer.first(read.length));
      break;
    case UsrsctpRead::Kind::kNotification:
      OnNotification(ParseUsrsctpNotification(buffer.first(read.length)));
      break;
    case UsrsctpRead::Kind::kEnd:
      End(read.error == 0 ? "" : std::strerror(read.error));
      break;
  }
  return read.length;
}

void UsrsctpAssociation::OnData(const UsrsctpRead& read, ByteSpan bytes) {
  if (partial_.bytes.size() + bytes.size() > options_.max_message_bytes) {
    End("the peer sent a message longer than " + std::to_string(options_.max_message_bytes) +
        " bytes");
    return;
  }
  partial_.stream_id = read.stream_id;
  partial_.ppid = read.ppid;
  partial_.bytes.insert(partial_.bytes.end(), bytes.begin(), bytes.end());
  if (!read.complete) return;
  ++stats_.messages_received;
  events_.Push(std::exchange(partial_, {}));
}

void UsrsctpAssociation::OnNotification(UsrsctpNotification notification) {
  if (const auto* up = std::get_if<AssociationUp>(&notification)) {
    OnUp(*up);
  } else if (auto* ended = std::get_if<AssociationEnded>(&notification)) {
    End(std::move(ended->reason), ended->cause_code);
  } else if (auto* reset = std::get_if<StreamsReset>(&notification)) {
    OnReset(std::move(*reset));
  } else if (std::holds_alternative<PartialMessageAborted>(notification)) {
    partial_ = {};
  }
}

void UsrsctpAssociation::OnUp(const AssociationUp& up) {
  if (state_ != SctpState::kConnecting) return;
  state_ = SctpState::kConnected;
  stream_count_ = std::min(up.outgoing_streams, up.incoming_streams);
  events_.Push(StateChanged{.state = state_});
}

void UsrsctpAssociation::OnReset(StreamsReset reset) {
  if (reset.stream_ids.empty()) {
    reset.stream_ids.resize(stream_count_);
    std::iota(reset.stream_ids.begin(), reset.stream_ids.end(), uint16_t{0});
  }
  if (reset.incoming) {
    events_.Push(IncomingStreamsReset{.stream_ids = std::move(reset.stream_ids)});
    return;
  }
  for (const uint16_t id : reset.stream_ids) resetting_.erase(id);
  events_.Push(OutgoingStreamsReset{.stream_ids = std::move(reset.stream_ids), .ok = reset.ok});
}

void UsrsctpAssociation::End(std::string reason, std::optional<uint16_t> cause_code) {
  CloseSocket();
  if (state_ == SctpState::kClosed) return;
  state_ = SctpState::kClosed;
  events_.Push(
      StateChanged{.state = state_, .reason = std::move(reason), .cause_code = cause_code});
}

void UsrsctpAssociation::CloseSocket() {
  if (socket_ == nullptr) return;
  {
    UsrsctpMailbox::OwnCall own_call(*mailbox_);
    socket_.reset();
  }
  UsrsctpRuntime::Get().Release(std::exchange(address_, 0));
  partial_ = {};
  resetting_.clear();
  stream_count_ = 0;
}

void UsrsctpAssociation::UpdateBufferedBytes() {
  if (buffered_bytes_ == 0 || socket_ == nullptr) return;
  const std::optional<size_t> queued = socket_->QueuedBytes();
  if (!queued || *queued >= buffered_bytes_) return;
  buffered_bytes_ = *queued;
  buffered_bytes_low_ = true;
}

std::optional<SctpPath> UsrsctpAssociation::path() const {
  if (state_ != SctpState::kConnected || socket_ == nullptr) return std::nullopt;
  return socket_->Path();
}

}  // namespace pcd::sctp
