// EventService of the contract.
#ifndef SERVICE_EVENT_SERVICE_H_
#define SERVICE_EVENT_SERVICE_H_

#include "engine/host/host.h"
#include "peerconnection/v1/event_service.grpc.pb.h"
#include "service/contract.h"
#include "service/event_stream_reactor.h"
#include "service/lease_guard.h"
#include "service/not_implemented.h"

namespace pcd::service {

// Threading: as PeerConnectionService.
class EventService final : public v1::EventService::CallbackService {
 public:
  explicit EventService(host::Host& host) : host_(host) {}

  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(
      grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) override {
    if (const absl::Status status = CheckLeaseToken(*context); !status.ok()) {
      return new RefusedStream<v1::WatchEventsResponse>(ToGrpcStatus(status));
    }
    return EventStreamReactor::Start(host_, *request);
  }

 private:
  host::Host& host_;
};

}  // namespace pcd::service

#endif  // SERVICE_EVENT_SERVICE_H_
