// The methods that negotiate: each asks the jsep session and applies what follows from it.
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

// Why a transport could not be made says more than that there are no credentials.
absl::Status Reason(const absl::Status& no_transport, const absl::Status& status) {
  return no_transport.ok() || status.ok() ? status : no_transport;
}

}  // namespace

absl::StatusOr<SessionDescription> PeerConnection::CreateOffer(const jsep::OfferOptions& options) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  // Only the legacy options change anything.
  const bool legacy = options.offer_to_receive_audio || options.offer_to_receive_video;
  const auto before = legacy ? session_.transceivers() : std::vector<jsep::Transceiver>();
  absl::Status no_transport;
  absl::StatusOr<SessionDescription> offer =
      session_.CreateOffer(options, TransportCredentials(no_transport));
  PCD_RETURN_IF_ERROR(Reason(no_transport, offer.status()));
  if (legacy && session_.transceivers() != before) TransceiversChanged();
  return offer;
}

absl::StatusOr<SessionDescription> PeerConnection::CreateAnswer(
    const jsep::AnswerOptions& options) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  absl::Status no_transport;
  absl::StatusOr<SessionDescription> answer =
      session_.CreateAnswer(options, TransportCredentials(no_transport));
  PCD_RETURN_IF_ERROR(Reason(no_transport, answer.status()));
  return answer;
}

absl::StatusOr<SessionDescription> PeerConnection::SetLocalDescription(
    const std::optional<SessionDescription>& description) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  absl::Status no_transport;
  absl::StatusOr<jsep::ApplyResult> result =
      session_.SetLocalDescription(description, TransportCredentials(no_transport));
  PCD_RETURN_IF_ERROR(Reason(no_transport, result.status()));
  local_description_set_ = true;
  const absl::Status applied = Apply(*std::move(result));
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
  ignoring_offer_ = false;
  const absl::Status applied = Apply(std::move(result));
  Pump();
  return applied;
}

absl::StatusOr<bool> PeerConnection::DeliverRemote(const jsep::RemoteCandidate& remote,
                                                   size_t index) {
  const TransportSlot* slot = transports_.Find(index);
  if (slot == nullptr) return false;
  if (remote.candidate.has_value()) return slot->ice->AddRemoteCandidate(*remote.candidate);
  slot->ice->SetRemoteEndOfCandidates();
  return remote.is_new;
}

absl::StatusOr<bool> PeerConnection::AddIceCandidate(const IceCandidateInit& init) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  const auto added = session_.AddRemoteCandidate(init);
  if (!added.ok()) {
    if (ignoring_offer_) return false;
    return added.status();
  }
  absl::StatusOr<bool> used = false;
  if (added->deliver) {
    used = DeliverRemote(*added, added->transport_index);
    for (const size_t index : added->more_transports) {
      const absl::StatusOr<bool> more = DeliverRemote(*added, index);
      if (used.ok()) used = more.ok() ? absl::StatusOr<bool>(*used || *more) : more;
    }
  }
  Pump();
  return used;
}

absl::StatusOr<TransceiverInfo> PeerConnection::AddTransceiver(MediaKind kind,
                                                               const TransceiverInit& init,
                                                               const std::string& transceiver_id) {
  PCD_RETURN_IF_ERROR(CheckOpen());
  PCD_ASSIGN_OR_RETURN(const std::string id, session_.AddTransceiver(kind, init, transceiver_id));
  TransceiversChanged();
  return Describe(*session_.FindTransceiver(id));
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
