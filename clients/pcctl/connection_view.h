// PeerConnections as tables.
#ifndef CLIENTS_PCCTL_CONNECTION_VIEW_H_
#define CLIENTS_PCCTL_CONNECTION_VIEW_H_

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "clients/pcctl/api.h"
#include "clients/pcctl/table.h"
#include "peerconnection/v1/peer_connection.pb.h"

namespace pcd::pcctl {

// One line for each connection.
std::vector<std::string> ConnectionColumns();
std::vector<std::string> ConnectionRow(const api::PeerConnection& connection,
                                       std::chrono::system_clock::time_point now);

// Everything about one connection, a line for each property.
void PrintConnection(const api::PeerConnection& connection,
                     std::chrono::system_clock::time_point now, std::ostream& out);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_CONNECTION_VIEW_H_
