// W3C and RFC enumerations as plain values, with the spec's own spelling for text.
#ifndef ENGINE_MODEL_ENUMS_H_
#define ENGINE_MODEL_ENUMS_H_

#include <optional>
#include <string_view>

namespace pcd {

enum class MediaKind { kAudio, kVideo };
std::string_view ToString(MediaKind kind);  // "audio", "video".

// RTCRtpTransceiverDirection.
enum class Direction { kSendRecv, kSendOnly, kRecvOnly, kInactive, kStopped };
std::string_view ToString(Direction direction);
std::optional<Direction> ParseDirection(std::string_view text);  // Not "stopped".
constexpr bool Sends(Direction d) { return d == Direction::kSendRecv || d == Direction::kSendOnly; }
constexpr bool Receives(Direction d) {
  return d == Direction::kSendRecv || d == Direction::kRecvOnly;
}
// The same direction seen from the other end.
Direction Reverse(Direction direction);
Direction MakeDirection(bool sends, bool receives);

// RTCSdpType.
enum class SdpType { kOffer, kPranswer, kAnswer, kRollback };
std::string_view ToString(SdpType type);

// RTCSignalingState.
enum class SignalingState {
  kStable,
  kHaveLocalOffer,
  kHaveRemoteOffer,
  kHaveLocalPranswer,
  kHaveRemotePranswer,
  kClosed
};
std::string_view ToString(SignalingState state);

// RTCIceGatheringState and RTCIceGathererState.
enum class IceGatheringState { kNew, kGathering, kComplete };
std::string_view ToString(IceGatheringState state);

// RTCIceConnectionState and RTCIceTransportState.
enum class IceConnectionState {
  kNew,
  kChecking,
  kConnected,
  kCompleted,
  kDisconnected,
  kFailed,
  kClosed
};
std::string_view ToString(IceConnectionState state);

// RTCPeerConnectionState.
enum class ConnectionState { kNew, kConnecting, kConnected, kDisconnected, kFailed, kClosed };
std::string_view ToString(ConnectionState state);

// RTCDtlsTransportState.
enum class DtlsState { kNew, kConnecting, kConnected, kClosed, kFailed };
std::string_view ToString(DtlsState state);

// RTCSctpTransportState.
enum class SctpState { kConnecting, kConnected, kClosed };
std::string_view ToString(SctpState state);

// RTCDataChannelState.
enum class DataChannelState { kConnecting, kOpen, kClosing, kClosed };
std::string_view ToString(DataChannelState state);

// Which end of the DTLS handshake we are (RFC 8842). kAuto: not decided yet.
enum class DtlsRole { kAuto, kClient, kServer };
std::string_view ToString(DtlsRole role);

// a=setup (RFC 8842 section 5).
enum class DtlsSetup { kActpass, kActive, kPassive };
std::string_view ToString(DtlsSetup setup);

enum class IceRole { kControlling, kControlled };
std::string_view ToString(IceRole role);

// IANA SRTP protection profile ids (RFC 5764, RFC 7714).
enum class SrtpProfile : unsigned short {
  kAes128CmSha1_80 = 0x0001,
  kAes128CmSha1_32 = 0x0002,
  kAeadAes128Gcm = 0x0007,
  kAeadAes256Gcm = 0x0008
};
std::string_view ToString(SrtpProfile profile);  // "SRTP_AEAD_AES_128_GCM", ...

// RTCIceTransportPolicy, RTCBundlePolicy.
enum class IceTransportPolicy { kAll, kRelay };
enum class BundlePolicy { kBalanced, kMaxCompat, kMaxBundle };

// Which implementation of ICE carries a connection; not W3C. kAuto: the shared port where it
// suffices, full ICE where STUN or TURN servers, the relay policy or a lite remote need it.
enum class IceBackend { kAuto, kFull, kSharedPort };

}  // namespace pcd

#endif  // ENGINE_MODEL_ENUMS_H_
