// Data channels and their streams.
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

absl::Status ChannelNotFound(const std::string& channel_id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::DATA_CHANNEL_NOT_FOUND,
                   "no data channel \"" + channel_id.substr(0, 128) + "\"",
                   {.field = "data_channel_id"});
}

}  // namespace

absl::StatusOr<DataChannelView> PeerConnection::CreateDataChannel(const DataChannelInit& init,
                                                                  const std::string& channel_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const std::string id, channels_.Create(init, channel_id, loop_.Now()));
  // Fails only when closed, which CheckOpen has ruled out.
  PCD_RETURN_IF_ERROR(session_.AddDataSection());
  ++revision_;
  streams_.OnChannelCreated(id);
  const auto created = channels_.Get(id);
  if (!created.has_value()) {
    // It was opened at once and found no stream id.
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::NO_STREAM_ID,
                     "no SCTP stream is free", {.dom_exception = "OperationError"});
  }
  DataChannelView view = View(*created);
  Emit(DataChannelCreatedEvent{view});
  Pump();
  return view;
}

absl::StatusOr<DataChannelView> PeerConnection::GetDataChannel(
    const std::string& channel_id) const {
  const auto info = channels_.Get(channel_id);
  if (!info.has_value()) return ChannelNotFound(channel_id);
  return View(*info);
}

std::vector<DataChannelView> PeerConnection::ListDataChannels() const {
  std::vector<DataChannelView> views;
  for (const auto& info : channels_.List()) views.push_back(View(info));
  return views;
}

absl::StatusOr<DataChannelView> PeerConnection::CloseDataChannel(const std::string& channel_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(DataChannelView view, GetDataChannel(channel_id));
  PCD_RETURN_IF_ERROR(channels_.Close(channel_id, loop_.Now()));
  ++revision_;
  Pump();
  if (const auto info = channels_.Get(channel_id)) return View(*info);
  view.info.state = DataChannelState::kClosed;
  return view;
}

absl::StatusOr<DataChannelView> PeerConnection::SetBufferedAmountLowThreshold(
    const std::string& channel_id, uint64_t bytes) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(channels_.SetBufferedAmountLowThreshold(channel_id, bytes));
  Pump();
  return GetDataChannel(channel_id);
}

absl::StatusOr<uint64_t> PeerConnection::Send(const std::string& channel_id, bool binary,
                                              ByteSpan bytes) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(channels_.Send(channel_id, binary, bytes, loop_.Now()));
  Pump();
  const auto info = channels_.Get(channel_id);
  return info.has_value() ? info->buffered_amount : 0;
}

absl::StatusOr<StreamId> PeerConnection::AttachStream(const StreamOptions& options,
                                                      StreamCallback callback) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const StreamId id, streams_.Attach(options, std::move(callback)));
  // Messages kept back while nobody listened come in a turn of their own, after the caller
  // has told its client that the stream is open.
  WakeData();
  return id;
}

void PeerConnection::DetachStream(StreamId stream_id) { streams_.Detach(stream_id); }

void PeerConnection::AddReceiveCredit(StreamId stream_id, uint64_t bytes) {
  streams_.AddReceiveCredit(stream_id, bytes);
  Pump();
}

absl::Status PeerConnection::SendOnStream(StreamId stream_id, const std::string& channel_id,
                                          bool binary, ByteSpan bytes) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(streams_.Send(stream_id, channel_id, binary, bytes, loop_.Now()));
  // Many messages of one turn leave together.
  WakeData();
  return absl::OkStatus();
}

void PeerConnection::BeginGracefulClose(Duration timeout,
                                        absl::AnyInvocable<void(PeerConnection&)> done) {
  // Told once, however often it is asked for.
  if (!closed_ && !std::exchange(closing_, true)) {
    Emit(ClosingEvent{loop_.UnixMicros() + timeout.count()});
    channels_.CloseEach(loop_.Now());
  }
  if (waiters_.size() >= kMaxWaiters) {
    done(*this);
    return;
  }
  waiters_.push_back(
      {.deadline = loop_.Now() + timeout,
       .for_gathering = false,
       .done = [done = std::move(done)](PeerConnection& pc, bool) mutable { done(pc); }});
  Pump();
}

bool PeerConnection::DrainDataChannels() {
  bool moved = false;
  while (auto event = channels_.PollEvent()) {
    moved = true;
    if (auto* message = std::get_if<datachannel::ChannelMessage>(&*event)) {
      streams_.OnMessage(std::move(*message));
    } else {
      HandleChannelEvent(*event);
    }
  }
  streams_.ReplenishSendCredit();
  return moved;
}

void PeerConnection::HandleChannelEvent(const datachannel::DataChannelEvent& event) {
  if (const auto* opened = std::get_if<datachannel::ChannelOpened>(&event)) {
    streams_.OnChannelCreated(opened->info.channel_id);
    Emit(DataChannelEvent{View(opened->info)});
    Emit(DataChannelOpenEvent{View(opened->info)});
  } else if (const auto* changed = std::get_if<datachannel::ChannelStateChanged>(&event)) {
    HandleChannelState(*changed);
  } else if (const auto* low = std::get_if<datachannel::BufferedAmountLow>(&event)) {
    Emit(DataChannelBufferedAmountLowEvent{.channel_id = low->channel_id,
                                           .buffered_amount = low->buffered_amount});
  } else if (const auto* error = std::get_if<datachannel::ChannelError>(&event)) {
    Emit(DataChannelErrorEvent{.channel_id = error->channel_id,
                               .error_text = std::string(error->status.message()),
                               .sctp_failure = error->sctp_failure,
                               .sctp_cause_code = error->sctp_cause_code});
  }
}

void PeerConnection::HandleChannelState(const datachannel::ChannelStateChanged& changed) {
  streams_.OnChannelChanged(changed.info);
  if (changed.state == DataChannelState::kOpen) Emit(DataChannelOpenEvent{View(changed.info)});
  if (changed.state == DataChannelState::kClosing) {
    Emit(DataChannelClosingEvent{changed.channel_id});
  }
  if (changed.state == DataChannelState::kClosed) Emit(DataChannelCloseEvent{View(changed.info)});
}

}  // namespace pcd::peerconnection
