// Everything about one connection on one page.
#ifndef CLIENTS_PCCTL_DESCRIBE_VIEW_H_
#define CLIENTS_PCCTL_DESCRIBE_VIEW_H_

#include <chrono>
#include <ostream>
#include <vector>

#include "clients/pcctl/api.h"
#include "peerconnection/v1/event_service.pb.h"
#include "peerconnection/v1/peer_connection.pb.h"
#include "peerconnection/v1/stats.pb.h"

namespace pcd::pcctl {

struct Description {
  api::PeerConnectionSnapshot snapshot;
  // Candidates, pairs and transports, see AskForCandidates.
  api::StatsReport candidates;
  // The latest ones, oldest first; messages of other kinds are left out.
  std::vector<api::WatchEventsResponse> events;
};

void PrintDescription(const Description& description, std::chrono::system_clock::time_point now,
                      std::ostream& out);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_DESCRIBE_VIEW_H_
