// All pages of PeerConnectionService.List.
#ifndef CLIENTS_PCCTL_LIST_PAGES_H_
#define CLIENTS_PCCTL_LIST_PAGES_H_

#include <grpcpp/support/status.h>

#include "clients/pcctl/api.h"
#include "clients/pcctl/client.h"
#include "peerconnection/v1/lifecycle_messages.pb.h"

namespace pcd::pcctl {

// Appends them to `all`, which is of use only if the status is OK. Sizes and tokens of pages in
// `request` do not matter.
grpc::Status ListAllPages(Client& client, api::ListRequest request, api::ListResponse* all);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_LIST_PAGES_H_
