#include "engine/model/enums.h"

namespace pcd {

std::string_view ToString(MediaKind value) {
  switch (value) {
    case MediaKind::kAudio:
      return "audio";
    case MediaKind::kVideo:
      return "video";
  }
  return "";
}

std::string_view ToString(Direction value) {
  switch (value) {
    case Direction::kSendRecv:
      return "sendrecv";
    case Direction::kSendOnly:
      return "sendonly";
    case Direction::kRecvOnly:
      return "recvonly";
    case Direction::kInactive:
      return "inactive";
    case Direction::kStopped:
      return "stopped";
  }
  return "";
}

std::string_view ToString(SdpType value) {
  switch (value) {
    case SdpType::kOffer:
      return "offer";
    case SdpType::kPranswer:
      return "pranswer";
    case SdpType::kAnswer:
      return "answer";
    case SdpType::kRollback:
      return "rollback";
  }
  return "";
}

std::string_view ToString(SignalingState value) {
  switch (value) {
    case SignalingState::kStable:
      return "stable";
    case SignalingState::kHaveLocalOffer:
      return "have-local-offer";
    case SignalingState::kHaveRemoteOffer:
      return "have-remote-offer";
    case SignalingState::kHaveLocalPranswer:
      return "have-local-pranswer";
    case SignalingState::kHaveRemotePranswer:
      return "have-remote-pranswer";
    case SignalingState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(IceGatheringState value) {
  switch (value) {
    case IceGatheringState::kNew:
      return "new";
    case IceGatheringState::kGathering:
      return "gathering";
    case IceGatheringState::kComplete:
      return "complete";
  }
  return "";
}

std::string_view ToString(IceConnectionState value) {
  switch (value) {
    case IceConnectionState::kNew:
      return "new";
    case IceConnectionState::kChecking:
      return "checking";
    case IceConnectionState::kConnected:
      return "connected";
    case IceConnectionState::kCompleted:
      return "completed";
    case IceConnectionState::kDisconnected:
      return "disconnected";
    case IceConnectionState::kFailed:
      return "failed";
    case IceConnectionState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(ConnectionState value) {
  switch (value) {
    case ConnectionState::kNew:
      return "new";
    case ConnectionState::kConnecting:
      return "connecting";
    case ConnectionState::kConnected:
      return "connected";
    case ConnectionState::kDisconnected:
      return "disconnected";
    case ConnectionState::kFailed:
      return "failed";
    case ConnectionState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(DtlsState value) {
  switch (value) {
    case DtlsState::kNew:
      return "new";
    case DtlsState::kConnecting:
      return "connecting";
    case DtlsState::kConnected:
      return "connected";
    case DtlsState::kClosed:
      return "closed";
    case DtlsState::kFailed:
      return "failed";
  }
  return "";
}

std::string_view ToString(SctpState value) {
  switch (value) {
    case SctpState::kConnecting:
      return "connecting";
    case SctpState::kConnected:
      return "connected";
    case SctpState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(DataChannelState value) {
  switch (value) {
    case DataChannelState::kConnecting:
      return "connecting";
    case DataChannelState::kOpen:
      return "open";
    case DataChannelState::kClosing:
      return "closing";
    case DataChannelState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view ToString(DtlsRole value) {
  switch (value) {
    case DtlsRole::kAuto:
      return "unknown";
    case DtlsRole::kClient:
      return "client";
    case DtlsRole::kServer:
      return "server";
  }
  return "";
}

std::string_view ToString(DtlsSetup value) {
  switch (value) {
    case DtlsSetup::kActpass:
      return "actpass";
    case DtlsSetup::kActive:
      return "active";
    case DtlsSetup::kPassive:
      return "passive";
  }
  return "";
}

std::string_view ToString(IceRole value) {
  switch (value) {
    case IceRole::kControlling:
      return "controlling";
    case IceRole::kControlled:
      return "controlled";
  }
  return "";
}

std::string_view ToString(SrtpProfile value) {
  switch (value) {
    case SrtpProfile::kAes128CmSha1_80:
      return "SRTP_AES128_CM_HMAC_SHA1_80";
    case SrtpProfile::kAes128CmSha1_32:
      return "SRTP_AES128_CM_HMAC_SHA1_32";
    case SrtpProfile::kAeadAes128Gcm:
      return "SRTP_AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm:
      return "SRTP_AEAD_AES_256_GCM";
  }
  return "";
}

std::optional<Direction> ParseDirection(std::string_view text) {
  for (Direction d :
       {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
    if (text == ToString(d)) return d;
  }
  return std::nullopt;
}

Direction Reverse(Direction direction) {
  switch (direction) {
    case Direction::kSendOnly:
      return Direction::kRecvOnly;
    case Direction::kRecvOnly:
      return Direction::kSendOnly;
    default:
      return direction;
  }
}

Direction MakeDirection(bool sends, bool receives) {
  if (sends) return receives ? Direction::kSendRecv : Direction::kSendOnly;
  return receives ? Direction::kRecvOnly : Direction::kInactive;
}

}  // namespace pcd
