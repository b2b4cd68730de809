// The methods that negotiate: each asks the jsep session and applies what follows from it.
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

absl::StatusOr<SessionDescription> PeerConnection::CreateOffer(const jsep::OfferOptions& options) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  if (options.ice_restart) {
    return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::FIELD_NOT_IMPLEMENTED,
                     "ICE restart is not built yet", {.field = "options.ice_restart"});
  }
  PCD_RETURN_IF_ERROR(EnsureTransport(0).status());
  return session_.CreateOffer(options, TransportCredentials());
}

absl::StatusOr<SessionDescription> PeerConnection::CreateAnswer(
    const jsep::AnswerOptions& options) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(EnsureTransport(0).status());
  return session_.CreateAnswer(options, TransportCredentials());
}

absl::StatusOr<SessionDescription> PeerConnection::SetLocalDescription(
    const std::optional<SessionDescription>& description) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(EnsureTransport(0).status());
  PCD_ASSIGN_OR_RETURN(jsep::ApplyResult result,
                       session_.SetLocalDescription(description, TransportCredentials()));
  const absl::Status applied = Apply(std::move(result));
  Pump();
  PCD_RETURN_IF_ERROR(applied);
  // A rollback may leave no local description; then there is nothing to send.
  return session_.local_description().value_or(SessionDescription{.type = SdpType::kRollback});
}

absl::Status PeerConnection::SetRemoteDescription(const SessionDescription& description) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(RefuseRemoteRestart(description));
  PCD_ASSIGN_OR_RETURN(jsep::ApplyResult result, session_.SetRemoteDescription(description));
  const absl::Status applied = Apply(std::move(result));
  Pump();
  return applied;
}

absl::Status PeerConnection::AddIceCandidate(const IceCandidateInit& init) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const jsep::RemoteCandidate remote, session_.AddRemoteCandidate(init));
  absl::Status status;
  if (remote.deliver && remote.transport_index < transports_.size()) {
    ice::IceTransport& ice = transports_[remote.transport_index]->transport->ice();
    if (remote.candidate.has_value()) status = ice.AddRemoteCandidate(*remote.candidate);
    if (remote.end_of_candidates) ice.SetRemoteEndOfCandidates();
  }
  Pump();
  return status;
}

absl::StatusOr<jsep::Transceiver> PeerConnection::AddTransceiver(
    MediaKind kind, const TransceiverInit& init, const std::string& transceiver_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const std::string id, session_.AddTransceiver(kind, init, transceiver_id));
  ++revision_;
  Emit(TransceiverChangeEvent{session_.transceivers()});
  Pump();
  return *session_.FindTransceiver(id);
}

std::vector<jsep::Transceiver> PeerConnection::ListTransceivers() const {
  return session_.transceivers();
}

void PeerConnection::WhenGatheringComplete(Duration timeout,
                                           absl::AnyInvocable<void(PeerConnection&, bool)> done) {
  if (waiters_.size() >= kMaxWaiters) {
    done(*this, false);
    return;
  }
  waiters_.push_back(
      {.deadline = loop_.Now() + timeout, .for_gathering = true, .done = std::move(done)});
  Pump();
}

}  // namespace pcd::peerconnection
