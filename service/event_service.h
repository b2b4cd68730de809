// EventService of the contract.
#ifndef SERVICE_EVENT_SERVICE_H_
#define SERVICE_EVENT_SERVICE_H_

#include <cstdint>
#include <utility>

#include "engine/host/host.h"
#include "peerconnection/v1/event_service.grpc.pb.h"
#include "service/call_order.h"
#include "service/contract.h"
#include "service/event_stream_reactor.h"
#include "service/lease_guard.h"
#include "service/not_implemented.h"
#include "service/stream_cap.h"
#include "service/write_queue.h"

namespace pcd::service {

// Threading: as PeerConnectionService.
class EventService final : public v1::EventService::CallbackService {
 public:
  // `limits` are those of each stream's queue.
  EventService(host::Host& host, int64_t max_watches, WriteQueueLimits limits)
      : host_(host), watches_(max_watches), limits_(std::move(limits)) {}

  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(
      grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) override {
    absl::Status status = CheckLeaseToken(*context);
    if (status.ok()) status = CheckNotOrdered(*context);
    if (!status.ok()) {
      return new RefusedStream<v1::WatchEventsResponse>(ToGrpcStatus(status));
    }
    StreamCap::Permit permit = watches_.Take();
    if (permit == nullptr) {
      return new RefusedStream<v1::WatchEventsResponse>(
          TooManyStreams("max-watches", watches_.most()));
    }
    return EventStreamReactor::Start(host_, *request, std::move(permit), limits_);
  }

 private:
  host::Host& host_;
  StreamCap watches_;
  const WriteQueueLimits limits_;
};

}  // namespace pcd::service

#endif  // SERVICE_EVENT_SERVICE_H_
