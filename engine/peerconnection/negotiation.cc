// The methods that negotiate: each asks the jsep session and applies what follows from it.
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

absl::StatusOr<SessionDescription> PeerConnection::CreateOffer(const jsep::OfferOptions& options) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(EnsureTransport(0).status());
  const size_t before = session_.transceivers().size();
  PCD_ASSIGN_OR_RETURN(SessionDescription offer,
                       session_.CreateOffer(options, TransportCredentials()));
  // Only the legacy options change anything.
  if (options.offer_to_receive_audio || options.offer_to_receive_video ||
      session_.transceivers().size() != before) {
    TransceiversChanged();
  }
  return offer;
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
  PCD_RETURN_IF_ERROR(CheckRemoteLite(description));
  PCD_ASSIGN_OR_RETURN(jsep::ApplyResult result, session_.SetRemoteDescription(description));
  BecomeFullForLiteRemote(description);
  const absl::Status applied = Apply(std::move(result));
  Pump();
  return applied;
}

absl::Status PeerConnection::AddIceCandidate(const IceCandidateInit& init) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const auto added = session_.AddRemoteCandidate(init);
  if (!added.ok()) return ignoring_offer_ ? absl::OkStatus() : added.status();
  const jsep::RemoteCandidate& remote = *added;
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
  TransceiversChanged();
  return *session_.FindTransceiver(id);
}

absl::Status PeerConnection::RestartIce() {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_RETURN_IF_ERROR(session_.RestartIce());
  ++revision_;
  Pump();
  return absl::OkStatus();
}

absl::StatusOr<NegotiateOutcome> PeerConnection::Negotiate(const NegotiateParams& params) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  if (!params.description.has_value()) {
    PCD_ASSIGN_OR_RETURN(const SessionDescription offer,
                         CreateOffer({.ice_restart = params.ice_restart}));
    PCD_RETURN_IF_ERROR(SetLocalDescription(offer).status());
    return NegotiateOutcome{.has_description = true};
  }
  const SdpType type = params.description->type;
  if (type == SdpType::kRollback) {
    return InvalidArgument("the remote's description is an offer or an answer", "description.type");
  }
  const bool is_offer = type == SdpType::kOffer;
  const bool glare = is_offer && session_.signaling_state() != SignalingState::kStable;
  if (glare && !params.polite) {
    ignoring_offer_ = true;
    return NegotiateOutcome{.offer_ignored = true};
  }
  PCD_RETURN_IF_ERROR(SetRemoteDescription(*params.description));
  ignoring_offer_ = false;
  if (!is_offer) return NegotiateOutcome{};
  PCD_RETURN_IF_ERROR(SetLocalDescription(std::nullopt).status());
  return NegotiateOutcome{.has_description = true};
}

absl::StatusOr<PeerConnection::Explanation> PeerConnection::ExplainNegotiation() const {
  Explanation explanation{.revision = negotiated_revision_, .record = session_.record()};
  if (explanation.record != nullptr) return explanation;
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::NOT_NEGOTIATED,
                   "no answer has been applied yet", {.dom_exception = "OperationError"});
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
