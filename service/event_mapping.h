// Events and snapshots of the event log.
#ifndef SERVICE_EVENT_MAPPING_H_
#define SERVICE_EVENT_MAPPING_H_

#include <string>

#include "engine/peerconnection/event.h"
#include "peerconnection/v1/event.pb.h"
#include "peerconnection/v1/peer_connection.pb.h"
#include "service/contract.h"

namespace pcd::service {

v1::Event ToProto(const std::string& peer_connection_id, const peerconnection::Event& event);
v1::PeerConnectionSnapshot ToProto(const peerconnection::Snapshot& snapshot);

}  // namespace pcd::service

#endif  // SERVICE_EVENT_MAPPING_H_
