#include "service/event_stream_reactor.h"

#include <chrono>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "service/event_mapping.h"
#include "service/field_guard.h"
#include "service/status_mapping.h"
#include "service/value_mapping.h"

namespace pcd::service {
namespace {

constexpr int kMaxNamedConnections = 1000;
constexpr Duration kDefaultHeartbeat = std::chrono::seconds(15);
constexpr Duration kMinHeartbeat = std::chrono::seconds(1);
constexpr Duration kMaxHeartbeat = std::chrono::seconds(60);

bool Closes(const peerconnection::WatchItem& item) {
  const auto* event = std::get_if<std::shared_ptr<const peerconnection::Event>>(&item);
  return event != nullptr && std::holds_alternative<peerconnection::ClosedEvent>((*event)->payload);
}

}  // namespace

grpc::ServerWriteReactor<v1::WatchEventsResponse>* EventStreamReactor::Start(
    host::Host& host, const v1::WatchEventsRequest& request, StreamCap::Permit permit,
    WriteQueueLimits limits) {
  auto reactor = std::make_shared<EventStreamReactor>(host, std::move(permit), std::move(limits));
  reactor->self_ = reactor;
  if (absl::Status status = reactor->ParseRequest(request); !status.ok()) {
    reactor->Fail(status);
  } else {
    // The caller learns at once that the stream stands, however quiet the connections are.
    reactor->StartSendInitialMetadata();
    reactor->BeginWatch();
  }
  return reactor.get();
}

EventStreamReactor::EventStreamReactor(host::Host& host, StreamCap::Permit permit,
                                       WriteQueueLimits limits)
    : host_(host), permit_(std::move(permit)), queue_(*this, std::move(limits)) {}

absl::Status EventStreamReactor::ParseRequest(const v1::WatchEventsRequest& request) {
  PCD_RETURN_IF_ERROR(CheckFields(
      request, {"peer_connection_ids", "label_selector", "resume_after", "heartbeat_interval"}));
  if (request.peer_connection_ids_size() > kMaxNamedConnections) {
    return InvalidArgument("at most 1000 connections can be named", "peer_connection_ids");
  }
  named_ = request.peer_connection_ids_size() > 0;
  if (named_ && !request.label_selector().empty()) {
    return InvalidArgument("connections are named or selected, not both", "label_selector");
  }
  for (const std::string& id : request.peer_connection_ids()) named_left_.insert(id);
  options_.ids.assign(named_left_.begin(), named_left_.end());
  PCD_ASSIGN_OR_RETURN(options_.selector, host::LabelSelector::Parse(request.label_selector()));
  for (const auto& [id, sequence] : request.resume_after()) {
    if (named_ && named_left_.count(id) == 0) {
      return InvalidArgument("this stream does not watch " + id.substr(0, 128), "resume_after");
    }
    options_.resume_after[id] = sequence;
    last_sequences_[id] = sequence;
  }
  heartbeat_interval_ = kDefaultHeartbeat;
  if (request.has_heartbeat_interval()) {
    PCD_ASSIGN_OR_RETURN(heartbeat_interval_,
                         DurationFromProto(request.heartbeat_interval(), kMinHeartbeat,
                                           kMaxHeartbeat, "heartbeat_interval"));
  }
  return absl::OkStatus();
}

void EventStreamReactor::BeginWatch() {
  const absl::StatusOr<host::WatchId> id = host_.Watch(options_, shared_from_this());
  if (!id.ok()) {
    Fail(id.status());
    return;
  }
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    watch_id_ = *id;
    stopped = stopped_;
  }
  // Whoever stopped the stream before this line did not know the watch.
  if (stopped) StopWatching();
}

void EventStreamReactor::OnWatchItem(const std::string& peer_connection_id,
                                     const peerconnection::WatchItem& item) {
  Response response;
  uint64_t sequence = 0;
  if (const auto* event = std::get_if<std::shared_ptr<const peerconnection::Event>>(&item)) {
    *response.mutable_event() = ToProto(peer_connection_id, **event);
    sequence = (*event)->sequence;
  } else if (const auto* mark = std::get_if<peerconnection::SnapshotMark>(&item)) {
    *response.mutable_snapshot() = ToProto(*mark->snapshot);
    sequence = mark->snapshot->info.last_event_sequence;
  } else if (const auto* gap = std::get_if<peerconnection::GapMark>(&item)) {
    response.mutable_gap()->set_peer_connection_id(peer_connection_id);
    response.mutable_gap()->set_first_missing_sequence(gap->first);
    response.mutable_gap()->set_last_missing_sequence(gap->last);
    sequence = gap->last;
  }
  {
    // The number and the item together, so that a heartbeat never runs ahead of an event.
    const std::lock_guard lock(mutex_);
    Push(std::move(response));
    if (Closes(item)) {
      last_sequences_.erase(peer_connection_id);
      named_left_.erase(peer_connection_id);
    } else {
      last_sequences_[peer_connection_id] = sequence;
    }
  }
  if (Closes(item)) FinishIfNothingIsLeft();
}

void EventStreamReactor::OnGone(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    const bool known = last_sequences_.count(id) > 0 || named_left_.count(id) > 0;
    if (!known) return;
    Response response;
    v1::EventGap& gap = *response.mutable_gap();
    gap.set_peer_connection_id(id);
    gap.set_first_missing_sequence(last_sequences_[id] + 1);
    gap.set_gone(true);
    last_sequences_.erase(id);
    named_left_.erase(id);
    Push(std::move(response));
  }
  FinishIfNothingIsLeft();
}

void EventStreamReactor::OnSynced(size_t count) {
  std::set<std::string> unseen;
  {
    const std::lock_guard lock(mutex_);
    Response response;
    response.mutable_synced()->set_peer_connection_count(static_cast<uint32_t>(count));
    Push(std::move(response));
    synced_ = true;
    unseen = named_left_;
    for (const auto& [id, sequence] : options_.resume_after) unseen.insert(id);
  }
  // One that closed between its look-up by name and its loop's turn never told so.
  for (const std::string& id : unseen) {
    host_.Visit(id, [self = shared_from_this(), id](absl::StatusOr<host::PeerConnection*> pc) {
      if (!pc.ok()) self->OnGone(id);
    });
  }
  FinishIfNothingIsLeft();
  ArmHeartbeat();
}

void EventStreamReactor::FinishIfNothingIsLeft() {
  {
    const std::lock_guard lock(mutex_);
    if (!named_ || !synced_ || !named_left_.empty()) return;
  }
  queue_.FinishAfterQueue(grpc::Status::OK);
}

void EventStreamReactor::ArmHeartbeat() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  // A new alarm each time: one cannot be set again from its own callback.
  heartbeat_ = std::make_unique<grpc::Alarm>();
  // Weak: the alarm keeps its callback until it is destroyed, and this owns the alarm.
  heartbeat_->Set(std::chrono::system_clock::now() + heartbeat_interval_,
                  [weak = weak_from_this()](bool expired) {
                    const auto self = weak.lock();
                    if (!expired || self == nullptr) return;
                    self->SendHeartbeat();
                    self->ArmHeartbeat();
                  });
}

void EventStreamReactor::SendHeartbeat() {
  const std::lock_guard lock(mutex_);
  const auto is_heartbeat = [](Response& queued) { return queued.has_heartbeat(); };
  // One that still waits says all that a second one could.
  if (queue_.MergeInto(is_heartbeat)) return;
  Push(Heartbeat(last_sequences_));
}

v1::WatchEventsResponse EventStreamReactor::Heartbeat(
    const std::map<std::string, uint64_t>& sequences) const {
  Response response;
  v1::EventHeartbeat& heartbeat = *response.mutable_heartbeat();
  *heartbeat.mutable_time() =
      TimestampFromUnixMicros(std::chrono::duration_cast<std::chrono::microseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count());
  heartbeat.mutable_last_sequences()->insert(sequences.begin(), sequences.end());
  return response;
}

void EventStreamReactor::Push(Response response) {
  // Up to `synced` there is at most a snapshot or what the connection keeps of its events, for
  // each connection, all at once; only what comes after it can tell a slow reader.
  const QueueCharge charge = synced_ ? QueueCharge::kCharged : QueueCharge::kFree;
  if (!queue_.Push(std::move(response), charge)) CutOff();
}

namespace {

// Takes back from `sequences` what `dropped` would have delivered.
void Undeliver(const v1::WatchEventsResponse& dropped, std::set<std::string>& seen,
               std::map<std::string, uint64_t>& sequences) {
  std::string id;
  uint64_t delivered = 0;  // 0: nothing of the connection.
  if (dropped.has_event()) {
    id = dropped.event().peer_connection_id();
    delivered = dropped.event().sequence() - 1;
  } else if (dropped.has_snapshot()) {
    id = dropped.snapshot().peer_connection().peer_connection_id();
  } else if (dropped.has_gap()) {
    id = dropped.gap().peer_connection_id();
    delivered = dropped.gap().first_missing_sequence() - 1;
  }
  // Only the first message of each counts: what follows it is dropped, too.
  if (id.empty() || !seen.insert(id).second) return;
  if (delivered > 0) {
    sequences[id] = delivered;
  } else {
    sequences.erase(id);
  }
}

}  // namespace

void EventStreamReactor::CutOff() {
  const absl::Status status =
      MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::SLOW_CONSUMER,
                "the reader is too slow; resume after the numbers of the last heartbeat");
  queue_.FinishNowWith(ToGrpcStatus(status), [this](const auto& dropped) {
    std::map<std::string, uint64_t> sequences = last_sequences_;
    std::set<std::string> seen;
    for (const Response* response : dropped) Undeliver(*response, seen, sequences);
    return Heartbeat(sequences);
  });
}

void EventStreamReactor::Fail(const absl::Status& status) {
  queue_.FinishNow(ToGrpcStatus(status));
}

void EventStreamReactor::StopWatching() {
  std::optional<host::WatchId> id;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    id = std::exchange(watch_id_, std::nullopt);
    if (heartbeat_) heartbeat_->Cancel();
  }
  if (id.has_value()) host_.Unwatch(*id);
}

void EventStreamReactor::OnCancel() {
  StopWatching();
  queue_.FinishNow(grpc::Status::CANCELLED);
}

void EventStreamReactor::OnDone() {
  StopWatching();
  // Destroys this unless the host still holds it.
  self_.reset();
}

}  // namespace pcd::service
