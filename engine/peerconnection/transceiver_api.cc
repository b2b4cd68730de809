// What a caller does to transceivers between negotiations, and the configuration.
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

// A transceiver that was never negotiated is gone once stopped; this is its last state.
TransceiverInfo Stopped(TransceiverInfo transceiver) {
  transceiver.stopping = true;
  transceiver.stopped = true;
  transceiver.direction = Direction::kStopped;
  transceiver.current_direction = Direction::kStopped;
  return transceiver;
}

absl::Status ChangeRefused(const char* message, const char* field) {
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::CONFIGURATION_CHANGE_REFUSED,
                   message, {.dom_exception = "InvalidModificationError", .field = field});
}

}  // namespace

void PeerConnection::TransceiversChanged() {
  ++revision_;
  SyncSenders();
  Emit(TransceiverChangeEvent{DescribeTransceivers()});
  Pump();
}

std::vector<TransceiverInfo> PeerConnection::ListTransceivers() const {
  return DescribeTransceivers();
}

absl::StatusOr<TransceiverInfo> PeerConnection::RemoveTrack(const std::string& sender_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(session_.RemoveTrack(sender_id));
  TransceiversChanged();
  return Describe(*session_.FindSender(sender_id));
}

absl::StatusOr<TransceiverInfo> PeerConnection::SetSenderStreams(
    const std::string& sender_id, const std::vector<std::string>& stream_ids) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(session_.SetSenderStreams(sender_id, stream_ids));
  TransceiversChanged();
  return Describe(*session_.FindSender(sender_id));
}

absl::StatusOr<TransceiverInfo> PeerConnection::SetTransceiverDirection(
    const std::string& transceiver_id, Direction direction) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(session_.SetDirection(transceiver_id, direction));
  TransceiversChanged();
  return Describe(*session_.FindTransceiver(transceiver_id));
}

absl::StatusOr<TransceiverInfo> PeerConnection::StopTransceiver(const std::string& transceiver_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const jsep::Transceiver* known = session_.FindTransceiver(transceiver_id);
  TransceiverInfo last = known != nullptr ? Stopped(Describe(*known)) : TransceiverInfo{};
  const bool ends = known != nullptr && !known->stopping;
  PCD_RETURN_IF_ERROR(session_.StopTransceiver(transceiver_id));
  const jsep::Transceiver* remains = session_.FindTransceiver(transceiver_id);
  if (remains != nullptr) last = Describe(*remains);
  // W3C "stop sending and receiving": both at once, and the track has ended.
  if (ends) {
    SyncReceivers();
    Emit(TrackEndedEvent{last.track_id});
  }
  TransceiversChanged();
  return last;
}

absl::StatusOr<TransceiverInfo> PeerConnection::SetCodecPreferences(
    const std::string& transceiver_id, std::vector<Codec> codecs) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(session_.SetCodecPreferences(transceiver_id, std::move(codecs)));
  TransceiversChanged();
  return Describe(*session_.FindTransceiver(transceiver_id));
}

// W3C compares the set of certificates; a caller who got them from GetConfiguration has them in
// order.
bool PeerConnection::AreOwn(const std::vector<CertificateSource>& certificates) const {
  return std::ranges::equal(certificates, certificates_,
                            [](const CertificateSource& source, const CertificateInfoPtr& own) {
                              if (!own->configured) return false;
                              if (!source.id.empty()) return source.id == own->id;
                              return dtls::CertificateDerOf(source.certificate_pem) ==
                                     dtls::CertificateDerOf(own->pem);
                            });
}

absl::Status PeerConnection::SetConfiguration(const Configuration& configuration,
                                              const std::vector<CertificateSource>& certificates) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(CheckConfiguration(configuration, *dependencies_));
  if (configuration.bundle_policy != configuration_.bundle_policy) {
    return ChangeRefused("the bundle policy is fixed at creation", "configuration.bundle_policy");
  }
  if (configuration.ice_backend != configuration_.ice_backend) {
    return ChangeRefused("the ICE backend is fixed at creation", "configuration.ice_backend");
  }
  // W3C 4.4.1.6.
  if (local_description_set_ &&
      configuration.ice_candidate_pool_size != configuration_.ice_candidate_pool_size) {
    return ChangeRefused("the size of the candidate pool is fixed by the first local description",
                         "configuration.ice_candidate_pool_size");
  }
  if (!certificates.empty() && !AreOwn(certificates)) {
    return ChangeRefused("certificates are fixed at creation", "configuration.certificates");
  }
  const bool other_ice = configuration.ice_servers != configuration_.ice_servers ||
                         configuration.ice_transport_policy != configuration_.ice_transport_policy;
  configuration_ = configuration;
  if (other_ice) session_.IceConfigurationChanged();
  ++revision_;
  Emit(ConfigurationChangeEvent{Info()});
  Pump();
  return absl::OkStatus();
}

}  // namespace pcd::peerconnection
