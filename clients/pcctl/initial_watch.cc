#include "clients/pcctl/initial_watch.h"

namespace pcd::pcctl {

grpc::Status ReadInitialWatch(Client& client, const api::WatchEventsRequest& request,
                              std::vector<api::WatchEventsResponse>* messages) {
  // It does not go on for ever: the time limit is that of a call.
  const auto call = client.NewCall();
  const auto reader = client.events().WatchEvents(call.get(), request);
  api::WatchEventsResponse response;
  bool synced = false;
  while (!synced && reader->Read(&response)) {
    synced = response.has_synced();
    if (!synced) messages->push_back(response);
  }
  if (synced) {
    call->TryCancel();
    // To the end, as the stream wants it.
    while (reader->Read(&response)) {
    }
  }
  const grpc::Status status = reader->Finish();
  return synced ? grpc::Status::OK : status;
}

}  // namespace pcd::pcctl
