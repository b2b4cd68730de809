// Who receives the messages of the data channels: streams of one channel or of all, each
// with a receive credit in bytes. A channel without a stream, or whose stream has no credit
// left, is paused, so that the peer's window closes instead of memory growing here. In the
// other direction a stream is told how much it may send (send credit per channel).
#ifndef ENGINE_PEERCONNECTION_DATA_STREAMS_H_
#define ENGINE_PEERCONNECTION_DATA_STREAMS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "engine/datachannel/data_channel_manager.h"

namespace pcd::peerconnection {

using StreamId = uint64_t;

struct StreamMessage {
  std::string channel_id{};
  bool binary = false;
  std::vector<uint8_t> bytes{};
};
// Bytes that may be sent in addition on one channel.
struct StreamSendCredit {
  std::string channel_id{};
  uint64_t bytes = 0;
  uint64_t buffered_amount = 0;
};
// A channel appeared or changed its state.
struct StreamChannelChanged {
  datachannel::DataChannelInfo info{};
};
// The last item. OK: the channel or the connection has closed.
struct StreamEnded {
  absl::Status status{};
};
using StreamItem = std::variant<StreamMessage, StreamSendCredit, StreamChannelChanged, StreamEnded>;
// Called on the connection's loop; must not block or call back.
using StreamCallback = absl::AnyInvocable<void(StreamItem)>;

struct StreamOptions {
  std::string channel_id{};  // Empty: all channels, those of the future too.
  uint64_t initial_receive_credit = 0;
  bool take_over = false;
};

// Threading: its connection's loop.
class DataStreams {
 public:
  // What a stream may have queued on one channel before it must wait for credit.
  static constexpr uint64_t kSendWindow = 1 << 20;
  static constexpr size_t kMaxStreams = 64;

  explicit DataStreams(datachannel::DataChannelManager& manager) : manager_(manager) {}

  // Errors: DATA_CHANNEL_NOT_FOUND; STREAM_ALREADY_ATTACHED without take_over when another
  // stream has any of the channels; LIMIT_EXCEEDED. With take_over the other stream ends with
  // STREAM_TAKEN_OVER.
  absl::StatusOr<StreamId> Attach(const StreamOptions& options, StreamCallback callback);
  void Detach(StreamId id);
  void AddReceiveCredit(StreamId id, uint64_t bytes);
  // A message of the stream. DATA_CHANNEL_NOT_FOUND for a channel that is not the stream's.
  // Error CREDIT_EXCEEDED: sent with no credit left. Otherwise as DataChannelManager::Send.
  absl::Status Send(StreamId id, const std::string& channel_id, bool binary, ByteSpan bytes,
                    Timestamp now);

  // The pump hands over what the manager reports.
  void OnChannelCreated(const std::string& channel_id);
  void OnChannelChanged(const datachannel::DataChannelInfo& info);
  void OnMessage(datachannel::ChannelMessage message);
  // Gives back send credit for what has left since.
  void ReplenishSendCredit();
  void CloseAll();

 private:
  struct Stream {
    std::string channel_id{};
    int64_t receive_credit = 0;  // May go below zero by one message.
    StreamCallback callback{};
    std::map<std::string, int64_t> send_credit{};  // By channel: what it still may send.
  };

  Stream* Owner(const std::string& channel_id);
  StreamId OwnerId(const std::string& channel_id) const;
  void UpdatePause(const std::string& channel_id);
  void UpdatePauses(const Stream& stream);
  void UpdateAllPauses();
  void End(StreamId id, absl::Status status);

  datachannel::DataChannelManager& manager_;
  std::map<StreamId, Stream> streams_;
  StreamId next_id_ = 1;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_DATA_STREAMS_H_
