// The event log and those who read it.
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

void PeerConnection::Emit(EventPayload payload) {
  const std::shared_ptr<const Event> event =
      log_.Append(loop_.UnixMicros(), revision_, std::move(payload));
  const WatchItem item = event;
  for (auto& [id, callback] : watchers_) callback(item);
}

absl::Status PeerConnection::AttachWatcher(WatcherId watcher_id,
                                           std::optional<uint64_t> resume_after,
                                           WatchCallback callback) {
  if (watchers_.find(watcher_id) != watchers_.end()) return absl::OkStatus();
  if (resume_after.has_value() && *resume_after > log_.last_sequence()) {
    return MakeError(absl::StatusCode::kOutOfRange, ErrorReason::EVENT_SEQUENCE_UNKNOWN,
                     "the last event of \"" + id_ + "\" is " +
                         std::to_string(log_.last_sequence()) + ", not " +
                         std::to_string(*resume_after),
                     {.field = "resume_after"});
  }
  const bool gap = resume_after.has_value() && *resume_after + 1 < log_.first_kept();
  if (gap) callback(GapMark{.first = *resume_after + 1, .last = log_.last_sequence()});
  if (gap || !resume_after.has_value()) {
    callback(SnapshotMark{std::make_shared<const Snapshot>(TakeSnapshot())});
  } else {
    for (const auto& event : log_.After(*resume_after)) callback(event);
  }
  watchers_.emplace(watcher_id, std::move(callback));
  return absl::OkStatus();
}

void PeerConnection::DetachWatcher(WatcherId watcher_id) { watchers_.erase(watcher_id); }

}  // namespace pcd::peerconnection
