// The state of a PeerConnection as values: what Get returns and a watch starts with.
#ifndef ENGINE_PEERCONNECTION_INFO_H_
#define ENGINE_PEERCONNECTION_INFO_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/shared.h"
#include "engine/datachannel/data_channel_info.h"
#include "engine/jsep/transceiver.h"
#include "engine/media/sending/local_track_config.h"
#include "engine/media/sink_config.h"
#include "engine/model/enums.h"
#include "engine/model/ice.h"
#include "engine/model/session.h"

namespace pcd::peerconnection {

enum class CloseReason {
  kNone,
  kRequested,
  kNeverConnected,
  kDisconnected,
  kShutdown,
  kInternalError
};

struct CandidatePair {
  Candidate local{};
  Candidate remote{};
};

struct IceTransportInfo {
  // "T0", "T1", ..., each used once; the same for the DTLS transport on top of it.
  std::string transport_id{};
  std::vector<std::string> mids{};
  IceRole role = IceRole::kControlled;
  IceConnectionState state = IceConnectionState::kNew;
  IceGatheringState gathering_state = IceGatheringState::kNew;
  SharedOptional<CandidatePair> selected_pair{};
};

struct DtlsTransportInfo {
  std::string transport_id{};
  DtlsState state = DtlsState::kNew;
  DtlsRole role = DtlsRole::kAuto;
  std::vector<uint8_t> remote_certificate_der{};  // Empty until the handshake showed it.
};

struct SctpTransportInfo {
  std::string transport_id{};
  SctpState state = SctpState::kConnecting;
  uint64_t max_message_size = 0;  // Bytes, the largest we may send.
  uint32_t max_channels = 0;      // 0 until connected.
};

struct CertificateInfo {
  std::string id{};         // Of a generated one; empty: brought along, or made for one connection.
  bool configured = false;  // By the caller; false: made for the connection.
  int64_t expires_unix_us = 0;
  KeyAlgorithm key_algorithm = KeyAlgorithm::kEcdsaP256;
  std::vector<Fingerprint> fingerprints{};  // At least sha-256, which is the first.
  std::string pem{};                        // Without its key.
};
// Shared, because it never changes.
using CertificateInfoPtr = std::shared_ptr<const CertificateInfo>;

struct PeerConnectionInfo {
  std::string id{};
  std::map<std::string, std::string> labels{};
  int64_t create_unix_us = 0;
  uint64_t revision = 0;  // Grows with every change that a call or a description made.
  uint64_t last_event_sequence = 0;
  Configuration configuration{};
  SignalingState signaling_state = SignalingState::kStable;
  IceGatheringState ice_gathering_state = IceGatheringState::kNew;
  IceConnectionState ice_connection_state = IceConnectionState::kNew;
  ConnectionState connection_state = ConnectionState::kNew;
  std::optional<bool> can_trickle_ice_candidates{};
  // Null where W3C says null.
  DescriptionPtr local_description{}, remote_description{};
  DescriptionPtr current_local_description{}, current_remote_description{};
  DescriptionPtr pending_local_description{}, pending_remote_description{};
  bool negotiation_needed = false;
  IceBackend ice_backend = IceBackend::kFull;  // In use, or what would be; never kAuto.
  std::vector<IceTransportInfo> ice_transports{};
  std::vector<DtlsTransportInfo> dtls_transports{};
  std::optional<SctpTransportInfo> sctp{};
  std::vector<CertificateInfoPtr> certificates{};  // The first one is in use.
  CloseReason close_reason = CloseReason::kNone;
  std::string close_message{};
};

// The transceiver with what carries it.
struct TransceiverInfo : jsep::Transceiver {
  // W3C transport of its sender and its receiver; empty: null.
  std::string transport_id{};
};

// The data channel with its counters.
struct DataChannelView {
  datachannel::DataChannelInfo info{};
  uint64_t messages_sent = 0, bytes_sent = 0, messages_received = 0, bytes_received = 0;
};

struct LocalCandidate {
  IceCandidateInit candidate{};
  std::string transport_id{};
  std::string url{};  // Of the STUN or TURN server that it is of.
};

struct Snapshot {
  PeerConnectionInfo info{};
  std::vector<TransceiverInfo> transceivers{};
  std::vector<std::string> unmuted_track_ids{};  // Remote tracks of which media arrives.
  std::vector<media::LocalTrackInfo> local_tracks{};
  std::vector<media::SinkInfo> sinks{};
  std::vector<DataChannelView> data_channels{};
  std::vector<LocalCandidate> local_candidates{};
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_INFO_H_
