// PeerConnections, their transports, transceivers, tracks and configuration.
#ifndef SERVICE_PEER_CONNECTION_MAPPING_H_
#define SERVICE_PEER_CONNECTION_MAPPING_H_

#include <absl/status/statusor.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <vector>

#include "engine/jsep/transceiver.h"
#include "engine/media/rtp_source.h"
#include "engine/model/session.h"
#include "engine/peerconnection/info.h"
#include "peerconnection/v1/configuration.pb.h"
#include "peerconnection/v1/peer_connection.pb.h"
#include "peerconnection/v1/rtp_transceiver.pb.h"
#include "peerconnection/v1/track.pb.h"
#include "peerconnection/v1/transport.pb.h"
#include "service/contract.h"

namespace pcd::service {

v1::PeerConnection ToProto(const peerconnection::PeerConnectionInfo& info);
// As List shows it: without descriptions, certificates and transports.
v1::PeerConnection ToListedProto(const peerconnection::PeerConnectionInfo& info);

v1::IceTransport ToProto(const peerconnection::IceTransportInfo& transport);
v1::DtlsTransport ToProto(const peerconnection::DtlsTransportInfo& transport);
v1::SctpTransport ToProto(const peerconnection::SctpTransportInfo& transport);

v1::RtpTransceiver ToProto(const peerconnection::TransceiverInfo& transceiver);
void FillTransceivers(const std::vector<peerconnection::TransceiverInfo>& transceivers,
                      google::protobuf::RepeatedPtrField<v1::RtpTransceiver>* out);
// The streams of the transceiver's remote track.
void AddStreamIds(const jsep::Transceiver& transceiver,
                  google::protobuf::RepeatedPtrField<std::string>& out);
// The transceiver's remote track.
v1::Track RemoteTrack(const std::string& peer_connection_id, const jsep::Transceiver& transceiver,
                      bool muted, const std::vector<media::TrackLayer>& layers = {});

// A configuration without secrets.
v1::Configuration ToProto(const Configuration& configuration);
// Values that are not built are refused with FIELD_NOT_IMPLEMENTED; so is, by the field guard,
// every member that this does not read.
absl::StatusOr<Configuration> FromProto(const v1::Configuration& configuration);

}  // namespace pcd::service

#endif  // SERVICE_PEER_CONNECTION_MAPPING_H_
