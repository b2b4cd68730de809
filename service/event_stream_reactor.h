// One WatchEvents stream: snapshots or replayed events, then `synced` once, then every event
// in order, and heartbeats. A reader too slow for the queue is cut off with SLOW_CONSUMER; no
// loop ever waits for one. What comes before `synced` does not count: the limit of connections
// bounds it.
#ifndef SERVICE_EVENT_STREAM_REACTOR_H_
#define SERVICE_EVENT_STREAM_REACTOR_H_

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/host/host.h"
#include "peerconnection/v1/event_service.pb.h"
#include "service/contract.h"
#include "service/stream_cap.h"
#include "service/write_queue.h"

namespace pcd::service {

// Lives until gRPC calls OnDone and the host has let go of it. Threading: gRPC threads, loops
// and the alarm's thread meet here; mutex_ orders them. The host is called without it.
class EventStreamReactor final : public grpc::ServerWriteReactor<v1::WatchEventsResponse>,
                                 public host::Watcher,
                                 public std::enable_shared_from_this<EventStreamReactor>,
                                 private WriteTarget<v1::WatchEventsResponse> {
 public:
  // Returns what gRPC wants. `host` outlives the stream.
  static grpc::ServerWriteReactor<v1::WatchEventsResponse>* Start(
      host::Host& host, const v1::WatchEventsRequest& request, StreamCap::Permit permit,
      WriteQueueLimits limits);

  EventStreamReactor(host::Host& host, StreamCap::Permit permit, WriteQueueLimits limits);

  void OnWriteDone(bool ok) override { queue_.OnWriteDone(ok); }
  void OnCancel() override;
  void OnDone() override;

  void OnWatchItem(const std::string& peer_connection_id,
                   const peerconnection::WatchItem& item) override;
  void OnGone(const std::string& peer_connection_id) override;
  void OnSynced(size_t count) override;
  void OnWatchError(const absl::Status& status) override { Fail(status); }

 private:
  using Response = v1::WatchEventsResponse;

  absl::Status ParseRequest(const v1::WatchEventsRequest& request);
  void BeginWatch();

  void ArmHeartbeat();
  void SendHeartbeat();
  void Push(Response response);  // With mutex_ held.
  void CutOff();                 // With mutex_ held.
  Response Heartbeat(const std::map<std::string, uint64_t>& sequences) const;
  void Fail(const absl::Status& status);
  void StopWatching();
  void FinishIfNothingIsLeft();

  void StartWriteOf(const Response& response) override { StartWrite(&response); }
  void FinishWith(const grpc::Status& status) override { Finish(status); }

  host::Host& host_;
  const StreamCap::Permit permit_;
  std::shared_ptr<EventStreamReactor> self_;  // Until OnDone.
  WriteQueue<Response> queue_;

  // Set by Start and constant afterwards.
  host::WatchOptions options_;
  bool named_ = false;
  Duration heartbeat_interval_{};

  std::mutex mutex_;
  std::set<std::string> named_left_;                // Named connections that have not closed.
  std::map<std::string, uint64_t> last_sequences_;  // Delivered, of the watched connections.
  std::optional<host::WatchId> watch_id_;
  bool synced_ = false;
  bool stopped_ = false;
  std::unique_ptr<grpc::Alarm> heartbeat_;
};

}  // namespace pcd::service

#endif  // SERVICE_EVENT_STREAM_REACTOR_H_
