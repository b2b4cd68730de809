// A watch that ends where it would go on live.
#ifndef CLIENTS_PCCTL_INITIAL_WATCH_H_
#define CLIENTS_PCCTL_INITIAL_WATCH_H_

#include <grpcpp/support/status.h>

#include <vector>

#include "clients/pcctl/api.h"
#include "clients/pcctl/client.h"
#include "peerconnection/v1/event_service.pb.h"

namespace pcd::pcctl {

// Appends what the watch delivers up to `synced`, without that: snapshots, gaps, events. The status
// is OK if it got there.
grpc::Status ReadInitialWatch(Client& client, const api::WatchEventsRequest& request,
                              std::vector<api::WatchEventsResponse>* messages);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_INITIAL_WATCH_H_
