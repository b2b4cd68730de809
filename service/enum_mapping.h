// Enumerations of the engine and of the contract, one for one.
#ifndef SERVICE_ENUM_MAPPING_H_
#define SERVICE_ENUM_MAPPING_H_

#include <absl/status/statusor.h>

#include <optional>
#include <string_view>

#include "engine/media/sink_config.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/stats.h"
#include "engine/peerconnection/info.h"
#include "peerconnection/v1/data_channel.pb.h"
#include "peerconnection/v1/ice.pb.h"
#include "peerconnection/v1/media_kind.pb.h"
#include "peerconnection/v1/peer_connection.pb.h"
#include "peerconnection/v1/rtp_transceiver.pb.h"
#include "peerconnection/v1/session_description.pb.h"
#include "peerconnection/v1/sink.pb.h"
#include "peerconnection/v1/stats_transport.pb.h"
#include "peerconnection/v1/transport.pb.h"
#include "service/contract.h"

namespace pcd::service {

v1::MediaKind ToProto(MediaKind kind);
v1::RtpTransceiverDirection ToProto(Direction direction);
v1::SdpType ToProto(SdpType type);
v1::SignalingState ToProto(SignalingState state);
v1::IceGatheringState ToProto(IceGatheringState state);
v1::IceConnectionState ToProto(IceConnectionState state);
v1::PeerConnectionState ToProto(ConnectionState state);
v1::DtlsTransportState ToProto(DtlsState state);
v1::DtlsRole ToProto(DtlsRole role);  // kAuto: UNSPECIFIED, not determined yet.
v1::SctpTransportState ToProto(SctpState state);
v1::DataChannelState ToProto(DataChannelState state);
v1::IceRole ToProto(IceRole role);
v1::IceCandidateType ToProto(CandidateType type);
v1::IceTransportPolicy ToProto(IceTransportPolicy policy);
v1::IceBackend ToProto(IceBackend backend);
v1::BundlePolicy ToProto(BundlePolicy policy);
v1::CandidatePairState ToProto(CandidatePairState state);
v1::SinkState ToProto(media::SinkState state);
v1::CloseReason ToProto(peerconnection::CloseReason reason);
// Null (no remote description yet) is UNKNOWN.
v1::CanTrickleIceCandidates ToProto(std::optional<bool> can_trickle);
// "udp" and "tcp"; "active", "passive" and "so"; UNSPECIFIED for anything else.
v1::IceProtocol ProtocolToProto(std::string_view transport);
v1::IceTcpCandidateType TcpTypeToProto(std::string_view tcp_type);

// Requests: INVALID_ARGUMENT naming `field` for UNSPECIFIED and for numbers that the contract
// does not have.
absl::StatusOr<MediaKind> FromProto(v1::MediaKind kind, std::string_view field);
absl::StatusOr<SdpType> FromProto(v1::SdpType type, std::string_view field);
// UNSPECIFIED is the default sendrecv; STOPPED is refused as W3C does (TypeError).
absl::StatusOr<Direction> FromProto(v1::RtpTransceiverDirection direction, std::string_view field);

}  // namespace pcd::service

#endif  // SERVICE_ENUM_MAPPING_H_
