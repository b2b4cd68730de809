#include "engine/peerconnection/data_streams.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"

namespace pcd::peerconnection {
namespace {

absl::Status ChannelNotFound(const std::string& channel_id) {
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::DATA_CHANNEL_NOT_FOUND,
                   "no data channel \"" + channel_id.substr(0, 128) + "\" on this stream",
                   {.field = "data_channel_id"});
}

// Credit costs of a message: its bytes, and at least one.
int64_t Cost(size_t bytes) { return static_cast<int64_t>(std::max<size_t>(bytes, 1)); }

}  // namespace

StreamId DataStreams::OwnerId(const std::string& channel_id) const {
  for (const auto& [id, stream] : streams_) {
    if (stream.channel_id.empty() || stream.channel_id == channel_id) return id;
  }
  return 0;
}

DataStreams::Stream* DataStreams::Owner(const std::string& channel_id) {
  const auto it = streams_.find(OwnerId(channel_id));
  return it == streams_.end() ? nullptr : &it->second;
}

absl::StatusOr<StreamId> DataStreams::Attach(const StreamOptions& options,
                                             StreamCallback callback) {
  if (!options.channel_id.empty() && !manager_.Get(options.channel_id).has_value()) {
    return ChannelNotFound(options.channel_id);
  }
  std::vector<StreamId> rivals;
  for (const auto& [id, stream] : streams_) {
    if (options.channel_id.empty() || stream.channel_id.empty() ||
        stream.channel_id == options.channel_id) {
      rivals.push_back(id);
    }
  }
  if (!rivals.empty() && !options.take_over) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::STREAM_ALREADY_ATTACHED,
                     "another stream receives the messages; set take_over to end it");
  }
  for (StreamId rival : rivals) {
    End(rival, MakeError(absl::StatusCode::kAborted, ErrorReason::STREAM_TAKEN_OVER,
                         "another stream took over"));
  }
  if (streams_.size() >= kMaxStreams) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "64 data streams are open on this connection");
  }
  const StreamId id = next_id_++;
  Stream& stream = streams_[id];
  stream.channel_id = options.channel_id;
  stream.receive_credit =
      static_cast<int64_t>(std::min<uint64_t>(options.initial_receive_credit, uint64_t{1} << 40));
  stream.callback = std::move(callback);
  UpdateAllPauses();
  return id;
}

void DataStreams::Detach(StreamId id) {
  if (streams_.erase(id) > 0) UpdateAllPauses();
}

void DataStreams::End(StreamId id, absl::Status status) {
  const auto it = streams_.find(id);
  if (it == streams_.end()) return;
  StreamCallback callback = std::move(it->second.callback);
  streams_.erase(it);
  UpdateAllPauses();
  callback(StreamEnded{std::move(status)});
}

void DataStreams::AddReceiveCredit(StreamId id, uint64_t bytes) {
  const auto it = streams_.find(id);
  if (it == streams_.end()) return;
  // A bound far above any use keeps a careless caller from overflowing the sum.
  constexpr int64_t kMaxCredit = int64_t{1} << 40;
  int64_t& credit = it->second.receive_credit;
  const bool had_none = credit <= 0;
  credit =
      std::min(kMaxCredit, credit + static_cast<int64_t>(std::min<uint64_t>(bytes, kMaxCredit)));
  if (had_none && credit > 0) UpdatePauses(it->second);
}

absl::Status DataStreams::Send(StreamId id, const std::string& channel_id, bool binary,
                               ByteSpan bytes, Timestamp now) {
  const auto it = streams_.find(id);
  if (it == streams_.end()) return InvalidState("the stream has ended");
  Stream& stream = it->second;
  const std::string& target =
      channel_id.empty() && !stream.channel_id.empty() ? stream.channel_id : channel_id;
  if (!stream.channel_id.empty() && target != stream.channel_id) return ChannelNotFound(target);
  if (!manager_.Get(target).has_value()) return ChannelNotFound(target);
  auto [credit, first] = stream.send_credit.try_emplace(target, kSendWindow);
  if (credit->second <= 0) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::CREDIT_EXCEEDED,
                     "no send credit left on this channel; wait for send_credit");
  }
  PCD_RETURN_IF_ERROR(manager_.Send(target, binary, bytes, now));
  credit->second -= Cost(bytes.size());
  return absl::OkStatus();
}

void DataStreams::OnChannelCreated(const std::string& channel_id) {
  const auto info = manager_.Get(channel_id);
  UpdatePause(channel_id);
  if (info.has_value()) OnChannelChanged(*info);
}

void DataStreams::OnChannelChanged(const datachannel::DataChannelInfo& info) {
  const StreamId id = OwnerId(info.channel_id);
  const auto it = streams_.find(id);
  if (it == streams_.end()) return;
  it->second.callback(StreamChannelChanged{info});
  if (info.state != DataChannelState::kClosed) return;
  it->second.send_credit.erase(info.channel_id);
  if (it->second.channel_id == info.channel_id) End(id, absl::OkStatus());
}

void DataStreams::OnMessage(datachannel::ChannelMessage message) {
  Stream* stream = Owner(message.channel_id);
  if (stream == nullptr) return;  // Cannot be: a channel without a stream is paused.
  const std::string channel_id = message.channel_id;
  stream->receive_credit -= Cost(message.bytes.size());
  const bool exhausted = stream->receive_credit <= 0;
  stream->callback(StreamMessage{.channel_id = std::move(message.channel_id),
                                 .binary = message.binary,
                                 .bytes = std::move(message.bytes)});
  if (exhausted) UpdatePauses(*stream);
}

void DataStreams::UpdatePause(const std::string& channel_id) {
  const Stream* stream = Owner(channel_id);
  const bool paused = stream == nullptr || stream->receive_credit <= 0;
  // The only error is an unknown channel, which has nothing to pause.
  manager_.SetReceivePaused(channel_id, paused).IgnoreError();
}

void DataStreams::UpdatePauses(const Stream& stream) {
  if (stream.channel_id.empty()) {
    UpdateAllPauses();
  } else {
    UpdatePause(stream.channel_id);
  }
}

void DataStreams::UpdateAllPauses() {
  for (const auto& info : manager_.List()) UpdatePause(info.channel_id);
}

void DataStreams::ReplenishSendCredit() {
  for (auto& [id, stream] : streams_) {
    for (auto& [channel_id, credit] : stream.send_credit) {
      const auto info = manager_.Get(channel_id);
      if (!info.has_value()) continue;
      const int64_t window = kSendWindow;
      const int64_t due = window - static_cast<int64_t>(info->buffered_amount) - credit;
      // Not for every message: a quarter of the window at a time.
      if (due < window / 4) continue;
      credit += due;
      stream.callback(StreamSendCredit{.channel_id = channel_id,
                                       .bytes = static_cast<uint64_t>(due),
                                       .buffered_amount = info->buffered_amount});
    }
  }
}

void DataStreams::CloseAll() {
  while (!streams_.empty()) End(streams_.begin()->first, absl::OkStatus());
}

}  // namespace pcd::peerconnection
