#include "service/enum_mapping.h"

#include <string>

#include "engine/base/status.h"

namespace pcd::service {

v1::MediaKind ToProto(MediaKind kind) {
  return kind == MediaKind::kAudio ? v1::MEDIA_KIND_AUDIO : v1::MEDIA_KIND_VIDEO;
}

v1::RtpTransceiverDirection ToProto(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv:
      return v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV;
    case Direction::kSendOnly:
      return v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY;
    case Direction::kRecvOnly:
      return v1::RTP_TRANSCEIVER_DIRECTION_RECVONLY;
    case Direction::kInactive:
      return v1::RTP_TRANSCEIVER_DIRECTION_INACTIVE;
    case Direction::kStopped:
      return v1::RTP_TRANSCEIVER_DIRECTION_STOPPED;
  }
  return v1::RTP_TRANSCEIVER_DIRECTION_UNSPECIFIED;
}

v1::SdpType ToProto(SdpType type) {
  switch (type) {
    case SdpType::kOffer:
      return v1::SDP_TYPE_OFFER;
    case SdpType::kPranswer:
      return v1::SDP_TYPE_PRANSWER;
    case SdpType::kAnswer:
      return v1::SDP_TYPE_ANSWER;
    case SdpType::kRollback:
      return v1::SDP_TYPE_ROLLBACK;
  }
  return v1::SDP_TYPE_UNSPECIFIED;
}

v1::SignalingState ToProto(SignalingState state) {
  switch (state) {
    case SignalingState::kStable:
      return v1::SIGNALING_STATE_STABLE;
    case SignalingState::kHaveLocalOffer:
      return v1::SIGNALING_STATE_HAVE_LOCAL_OFFER;
    case SignalingState::kHaveRemoteOffer:
      return v1::SIGNALING_STATE_HAVE_REMOTE_OFFER;
    case SignalingState::kHaveLocalPranswer:
      return v1::SIGNALING_STATE_HAVE_LOCAL_PRANSWER;
    case SignalingState::kHaveRemotePranswer:
      return v1::SIGNALING_STATE_HAVE_REMOTE_PRANSWER;
    case SignalingState::kClosed:
      return v1::SIGNALING_STATE_CLOSED;
  }
  return v1::SIGNALING_STATE_UNSPECIFIED;
}

v1::IceGatheringState ToProto(IceGatheringState state) {
  switch (state) {
    case IceGatheringState::kNew:
      return v1::ICE_GATHERING_STATE_NEW;
    case IceGatheringState::kGathering:
      return v1::ICE_GATHERING_STATE_GATHERING;
    case IceGatheringState::kComplete:
      return v1::ICE_GATHERING_STATE_COMPLETE;
  }
  return v1::ICE_GATHERING_STATE_UNSPECIFIED;
}

v1::IceConnectionState ToProto(IceConnectionState state) {
  switch (state) {
    case IceConnectionState::kNew:
      return v1::ICE_CONNECTION_STATE_NEW;
    case IceConnectionState::kChecking:
      return v1::ICE_CONNECTION_STATE_CHECKING;
    case IceConnectionState::kConnected:
      return v1::ICE_CONNECTION_STATE_CONNECTED;
    case IceConnectionState::kCompleted:
      return v1::ICE_CONNECTION_STATE_COMPLETED;
    case IceConnectionState::kDisconnected:
      return v1::ICE_CONNECTION_STATE_DISCONNECTED;
    case IceConnectionState::kFailed:
      return v1::ICE_CONNECTION_STATE_FAILED;
    case IceConnectionState::kClosed:
      return v1::ICE_CONNECTION_STATE_CLOSED;
  }
  return v1::ICE_CONNECTION_STATE_UNSPECIFIED;
}

v1::PeerConnectionState ToProto(ConnectionState state) {
  switch (state) {
    case ConnectionState::kNew:
      return v1::PEER_CONNECTION_STATE_NEW;
    case ConnectionState::kConnecting:
      return v1::PEER_CONNECTION_STATE_CONNECTING;
    case ConnectionState::kConnected:
      return v1::PEER_CONNECTION_STATE_CONNECTED;
    case ConnectionState::kDisconnected:
      return v1::PEER_CONNECTION_STATE_DISCONNECTED;
    case ConnectionState::kFailed:
      return v1::PEER_CONNECTION_STATE_FAILED;
    case ConnectionState::kClosed:
      return v1::PEER_CONNECTION_STATE_CLOSED;
  }
  return v1::PEER_CONNECTION_STATE_UNSPECIFIED;
}

v1::DtlsTransportState ToProto(DtlsState state) {
  switch (state) {
    case DtlsState::kNew:
      return v1::DTLS_TRANSPORT_STATE_NEW;
    case DtlsState::kConnecting:
      return v1::DTLS_TRANSPORT_STATE_CONNECTING;
    case DtlsState::kConnected:
      return v1::DTLS_TRANSPORT_STATE_CONNECTED;
    case DtlsState::kClosed:
      return v1::DTLS_TRANSPORT_STATE_CLOSED;
    case DtlsState::kFailed:
      return v1::DTLS_TRANSPORT_STATE_FAILED;
  }
  return v1::DTLS_TRANSPORT_STATE_UNSPECIFIED;
}

v1::DtlsRole ToProto(DtlsRole role) {
  switch (role) {
    case DtlsRole::kAuto:
      return v1::DTLS_ROLE_UNSPECIFIED;
    case DtlsRole::kClient:
      return v1::DTLS_ROLE_CLIENT;
    case DtlsRole::kServer:
      return v1::DTLS_ROLE_SERVER;
  }
  return v1::DTLS_ROLE_UNSPECIFIED;
}

v1::SctpTransportState ToProto(SctpState state) {
  switch (state) {
    case SctpState::kConnecting:
      return v1::SCTP_TRANSPORT_STATE_CONNECTING;
    case SctpState::kConnected:
      return v1::SCTP_TRANSPORT_STATE_CONNECTED;
    case SctpState::kClosed:
      return v1::SCTP_TRANSPORT_STATE_CLOSED;
  }
  return v1::SCTP_TRANSPORT_STATE_UNSPECIFIED;
}

v1::DataChannelState ToProto(DataChannelState state) {
  switch (state) {
    case DataChannelState::kConnecting:
      return v1::DATA_CHANNEL_STATE_CONNECTING;
    case DataChannelState::kOpen:
      return v1::DATA_CHANNEL_STATE_OPEN;
    case DataChannelState::kClosing:
      return v1::DATA_CHANNEL_STATE_CLOSING;
    case DataChannelState::kClosed:
      return v1::DATA_CHANNEL_STATE_CLOSED;
  }
  return v1::DATA_CHANNEL_STATE_UNSPECIFIED;
}

v1::IceRole ToProto(IceRole role) {
  return role == IceRole::kControlling ? v1::ICE_ROLE_CONTROLLING : v1::ICE_ROLE_CONTROLLED;
}

v1::IceCandidateType ToProto(CandidateType type) {
  switch (type) {
    case CandidateType::kHost:
      return v1::ICE_CANDIDATE_TYPE_HOST;
    case CandidateType::kServerReflexive:
      return v1::ICE_CANDIDATE_TYPE_SRFLX;
    case CandidateType::kPeerReflexive:
      return v1::ICE_CANDIDATE_TYPE_PRFLX;
    case CandidateType::kRelay:
      return v1::ICE_CANDIDATE_TYPE_RELAY;
  }
  return v1::ICE_CANDIDATE_TYPE_UNSPECIFIED;
}

v1::IceBackend ToProto(IceBackend backend) {
  switch (backend) {
    case IceBackend::kAuto:
      return v1::ICE_BACKEND_AUTO;
    case IceBackend::kFull:
      return v1::ICE_BACKEND_FULL;
    case IceBackend::kSharedPort:
      return v1::ICE_BACKEND_SHARED_PORT;
  }
  return v1::ICE_BACKEND_UNSPECIFIED;
}

v1::IceTransportPolicy ToProto(IceTransportPolicy policy) {
  return policy == IceTransportPolicy::kAll ? v1::ICE_TRANSPORT_POLICY_ALL
                                            : v1::ICE_TRANSPORT_POLICY_RELAY;
}

v1::BundlePolicy ToProto(BundlePolicy policy) {
  switch (policy) {
    case BundlePolicy::kBalanced:
      return v1::BUNDLE_POLICY_BALANCED;
    case BundlePolicy::kMaxCompat:
      return v1::BUNDLE_POLICY_MAX_COMPAT;
    case BundlePolicy::kMaxBundle:
      return v1::BUNDLE_POLICY_MAX_BUNDLE;
  }
  return v1::BUNDLE_POLICY_UNSPECIFIED;
}

v1::CandidatePairState ToProto(CandidatePairState state) {
  switch (state) {
    case CandidatePairState::kFrozen:
      return v1::CANDIDATE_PAIR_STATE_FROZEN;
    case CandidatePairState::kWaiting:
      return v1::CANDIDATE_PAIR_STATE_WAITING;
    case CandidatePairState::kInProgress:
      return v1::CANDIDATE_PAIR_STATE_IN_PROGRESS;
    case CandidatePairState::kFailed:
      return v1::CANDIDATE_PAIR_STATE_FAILED;
    case CandidatePairState::kSucceeded:
      return v1::CANDIDATE_PAIR_STATE_SUCCEEDED;
  }
  return v1::CANDIDATE_PAIR_STATE_UNSPECIFIED;
}

v1::SinkState ToProto(media::SinkState state) {
  switch (state) {
    case media::SinkState::kWaiting:
      return v1::SINK_STATE_WAITING;
    case media::SinkState::kPaused:
      return v1::SINK_STATE_PAUSED;
    case media::SinkState::kStarting:
      return v1::SINK_STATE_STARTING;
    case media::SinkState::kActive:
      return v1::SINK_STATE_ACTIVE;
    case media::SinkState::kEnded:
      return v1::SINK_STATE_ENDED;
  }
  return v1::SINK_STATE_UNSPECIFIED;
}

v1::CloseReason ToProto(peerconnection::CloseReason reason) {
  switch (reason) {
    case peerconnection::CloseReason::kNone:
      return v1::CLOSE_REASON_UNSPECIFIED;
    case peerconnection::CloseReason::kRequested:
      return v1::CLOSE_REASON_REQUESTED;
    case peerconnection::CloseReason::kNeverConnected:
      return v1::CLOSE_REASON_NEVER_CONNECTED;
    case peerconnection::CloseReason::kDisconnected:
      return v1::CLOSE_REASON_DISCONNECTED;
    case peerconnection::CloseReason::kShutdown:
      return v1::CLOSE_REASON_SHUTDOWN;
    case peerconnection::CloseReason::kInternalError:
      return v1::CLOSE_REASON_INTERNAL_ERROR;
  }
  return v1::CLOSE_REASON_UNSPECIFIED;
}

v1::CanTrickleIceCandidates ToProto(std::optional<bool> can_trickle) {
  if (!can_trickle.has_value()) return v1::CAN_TRICKLE_ICE_CANDIDATES_UNKNOWN;
  return *can_trickle ? v1::CAN_TRICKLE_ICE_CANDIDATES_SUPPORTED
                      : v1::CAN_TRICKLE_ICE_CANDIDATES_UNSUPPORTED;
}

v1::IceProtocol ProtocolToProto(std::string_view transport) {
  if (transport == "udp") return v1::ICE_PROTOCOL_UDP;
  return transport == "tcp" ? v1::ICE_PROTOCOL_TCP : v1::ICE_PROTOCOL_UNSPECIFIED;
}

v1::IceTcpCandidateType TcpTypeToProto(std::string_view tcp_type) {
  if (tcp_type == "active") return v1::ICE_TCP_CANDIDATE_TYPE_ACTIVE;
  if (tcp_type == "passive") return v1::ICE_TCP_CANDIDATE_TYPE_PASSIVE;
  return tcp_type == "so" ? v1::ICE_TCP_CANDIDATE_TYPE_SO : v1::ICE_TCP_CANDIDATE_TYPE_UNSPECIFIED;
}

absl::StatusOr<MediaKind> FromProto(v1::MediaKind kind, std::string_view field) {
  if (kind == v1::MEDIA_KIND_AUDIO) return MediaKind::kAudio;
  if (kind == v1::MEDIA_KIND_VIDEO) return MediaKind::kVideo;
  return InvalidArgument("the kind is audio or video", field);
}

absl::StatusOr<SdpType> FromProto(v1::SdpType type, std::string_view field) {
  switch (type) {
    case v1::SDP_TYPE_OFFER:
      return SdpType::kOffer;
    case v1::SDP_TYPE_PRANSWER:
      return SdpType::kPranswer;
    case v1::SDP_TYPE_ANSWER:
      return SdpType::kAnswer;
    case v1::SDP_TYPE_ROLLBACK:
      return SdpType::kRollback;
    default:
      return InvalidArgument("the type is offer, pranswer, answer or rollback", field);
  }
}

absl::StatusOr<Direction> FromProto(v1::RtpTransceiverDirection direction, std::string_view field) {
  switch (direction) {
    case v1::RTP_TRANSCEIVER_DIRECTION_UNSPECIFIED:
    case v1::RTP_TRANSCEIVER_DIRECTION_SENDRECV:
      return Direction::kSendRecv;
    case v1::RTP_TRANSCEIVER_DIRECTION_SENDONLY:
      return Direction::kSendOnly;
    case v1::RTP_TRANSCEIVER_DIRECTION_RECVONLY:
      return Direction::kRecvOnly;
    case v1::RTP_TRANSCEIVER_DIRECTION_INACTIVE:
      return Direction::kInactive;
    default:
      return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ARGUMENT,
                       "the direction is sendrecv, sendonly, recvonly or inactive",
                       {.dom_exception = "TypeError", .field = std::string(field)});
  }
}

}  // namespace pcd::service
