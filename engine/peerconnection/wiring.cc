// Acting on what negotiation decided: transports, media sections, the SCTP association.
#include <algorithm>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

absl::StatusOr<TransportSlot*> PeerConnection::EnsureTransport(size_t index) {
  if (TransportSlot* known = transports_.Find(index)) return known;
  const IceBackend backend = ChooseBackend();
  PCD_ASSIGN_OR_RETURN(std::unique_ptr<ice::IceTransport> first, MakeIce(backend));
  ice_backend_ = backend;
  auto ice = std::make_unique<ice::RestartableIceTransport>(
      loop_, std::move(first), [this] { return MakeIce(BackendOfRestart()); },
      [this](IceParameters credentials) { return MakeIce(ice_backend_, std::move(credentials)); });
  TransportMedia& media = *this;
  auto slot = std::make_unique<TransportSlot>(media, index);
  slot->ice = ice.get();
  slot->transport = std::make_unique<transport::Transport>(
      loop_, std::move(ice),
      transport::Config{.certificate = certificate_,
                        .srtp_profiles = dependencies_->srtp_profiles,
                        .key_log = dependencies_->key_log,
                        .limits = limits_});
  slot->transport->SetEventCallback([this] { Wake(); });
  slot->transport->SetMediaHandler(slot.get());
  return transports_.Add(std::move(slot));
}

jsep::TransportInfo PeerConnection::TransportCredentials(absl::Status& failure) {
  return [this, &failure](const jsep::TransportRequest& request) {
    const auto slot = EnsureTransport(request.transport_index);
    if (!slot.ok()) {
      failure = slot.status();
      return IceParameters{};
    }
    if (!request.ice_restart) return (*slot)->ice->local_parameters();
    return (*slot)->ice->PrepareRestart().value_or(IceParameters{});
  };
}

absl::Status PeerConnection::Apply(jsep::ApplyResult result) {
  ++revision_;
  absl::Status status;
  for (const jsep::TransportAction& action : result.transports)
    status.Update(ApplyTransport(action));
  ApplyMedia(result);
  if (result.data_changed) ApplyData(result.data);
  for (const size_t index : result.closed_transports) CloseTransport(index);
  if (result.rolled_back) ChangeSignalingState(SignalingState::kStable);
  // W3C 4.4.1.5: a track ends while the description is processed, the other events follow it.
  for (const std::string& track_id : result.ended_tracks) Emit(TrackEndedEvent{track_id});
  ChangeSignalingState(result.signaling_state);
  for (const jsep::TrackEvent& track : result.tracks) {
    if (!track.added) {
      Emit(TrackRemovedEvent{.track_id = track.track_id,
                             .transceiver_id = track.transceiver_id,
                             .stream_ids = track.stream_ids,
                             .goes_on = track.goes_on});
    } else if (const jsep::Transceiver* t = session_.FindTransceiver(track.transceiver_id)) {
      Emit(TrackEvent{.transceiver = Describe(*t), .muted = IsMuted(*t)});
    }
  }
  Emit(DescriptionChangeEvent{
      .info = Info(), .transceivers = DescribeTransceivers(), .numbered = NumberDataChannels()});
  return status;
}

// W3C 4.4.1.5: a description that decides the DTLS role of the SCTP transport gives the channels
// their ids.
std::vector<DataChannelView> PeerConnection::NumberDataChannels() {
  std::vector<DataChannelView> numbered;
  if (!data_section_.has_value()) return numbered;
  const TransportSlot* slot = transports_.Find(data_section_->transport_index);
  if (slot == nullptr) return numbered;
  const DtlsRole role = slot->transport->dtls_role();
  if (role == DtlsRole::kAuto) return numbered;
  for (const datachannel::DataChannelInfo& info : channels_.SetRole(role)) {
    numbered.push_back(View(info));
  }
  return numbered;
}

// Its last events tell of the end; what comes to be at its place is another one. Sections that have
// moved go on where they are now.
void PeerConnection::CloseTransport(size_t index) {
  TransportSlot* found = transports_.Find(index);
  if (found == nullptr) return;
  if (association_transport_ == index) {
    EndAssociation();
    needs_new_dtls_ = false;
  }
  TransportSlot& slot = *found;
  slot.transport->Close();
  if (slot.described()) {
    while (auto event = slot.transport->PollEvent()) HandleTransportEvent(slot, std::move(*event));
    TellPair(slot);
    DropCandidates(slot);
  }
  transports_.Remove(index);
  states_changed_ = true;
  // The choice is free again.
  if (transports_.empty()) ice_backend_ = IceBackend::kAuto;
}

void PeerConnection::ChangeSignalingState(SignalingState state) {
  if (signaling_state_ == state) return;
  signaling_state_ = state;
  Emit(SignalingStateChangeEvent{signaling_state_});
}

absl::Status PeerConnection::ApplyTransport(const jsep::TransportAction& action) {
  PCD_ASSIGN_OR_RETURN(TransportSlot * slot, EnsureTransport(action.transport_index));
  transports_.Describe(*slot, action.mids);
  PCD_RETURN_IF_ERROR(ApplyLocalIce(*slot, action));
  slot->role = action.ice_role;
  slot->ice->SetRole(action.ice_role);
  if (action.start_gathering) slot->ice->StartGathering();
  if (action.lead_changed) slot->replaceable_until = loop_.Now() + kReplaceable;
  if (action.renew) PCD_RETURN_IF_ERROR(RenewIce(*slot));
  if (!action.signal_again.empty()) SignalAgain(*slot, action.signal_again);
  if (!action.remote.has_value()) return absl::OkStatus();
  return ApplyRemote(*slot, *action.remote);
}

absl::Status PeerConnection::ApplyLocalIce(TransportSlot& slot,
                                           const jsep::TransportAction& action) {
  const std::string before = slot.ice->local_parameters().ufrag;
  if (before == action.local_ice.ufrag) return absl::OkStatus();
  // A rollback may still lead back to the generation before; older ones are over.
  std::erase_if(local_candidates_, [&](const SharedOptional<LocalCandidate>& local) {
    const bool is_before = local->candidate.username_fragment == before;
    return local->transport_id == slot.id && is_before == action.cancel_restart;
  });
  if (action.cancel_restart) {
    slot.ice->CancelRestart();
  } else {
    PCD_RETURN_IF_ERROR(slot.ice->Restart());
  }
  ice_backend_ = slot.ice->local_parameters().lite ? IceBackend::kSharedPort : IceBackend::kFull;
  return absl::OkStatus();
}

// The peer may have a new end without new credentials (jsep::TransportAction::renew).
absl::Status PeerConnection::RenewIce(TransportSlot& slot) {
  DropCandidates(slot);
  slot.remote_candidates = 0;
  slot.remote_ended = false;
  return slot.ice->Renew();
}

void PeerConnection::DropCandidates(const TransportSlot& slot) {
  std::erase_if(local_candidates_, [&](const SharedOptional<LocalCandidate>& local) {
    return local->transport_id == slot.id;
  });
}

void PeerConnection::SignalAgain(const TransportSlot& slot,
                                 const std::vector<IceCandidateInit>& candidates) {
  DropCandidates(slot);
  for (const IceCandidateInit& candidate : candidates) {
    local_candidates_.emplace_back(LocalCandidate{.candidate = candidate, .transport_id = slot.id});
    Emit(IceCandidateEvent{local_candidates_.back()});
  }
}

absl::Status PeerConnection::ApplyRemote(TransportSlot& slot, const jsep::RemoteTransport& remote) {
  ice::IceTransport& ice = *slot.ice;
  if (remote.restart) {
    slot.remote_candidates = 0;
    slot.remote_ended = false;
  }
  PCD_RETURN_IF_ERROR(ice.SetRemoteParameters(remote.ice));
  if (remote.new_association && association_transport_ == slot.index) EndAssociation();
  PCD_RETURN_IF_ERROR(slot.transport->SetDtlsParameters(remote.dtls_role, remote.fingerprints,
                                                        remote.new_association));
  // The list only grows within a generation.
  for (; slot.remote_candidates < remote.candidates.size(); ++slot.remote_candidates) {
    PCD_RETURN_IF_ERROR(ice.AddRemoteCandidate(remote.candidates[slot.remote_candidates]).status());
  }
  if (remote.end_of_candidates && !slot.remote_ended) {
    slot.remote_ended = true;
    ice.SetRemoteEndOfCandidates();
  }
  return absl::OkStatus();
}

void PeerConnection::ApplyMedia(const jsep::ApplyResult& result) {
  std::vector<media::TrackBinding> tracks;
  for (const jsep::Transceiver& transceiver : session_.transceivers()) {
    if (transceiver.mid.has_value()) {
      tracks.push_back({.mid = *transceiver.mid, .track_id = transceiver.track_id});
    }
  }
  media_.SetTracks(std::move(tracks));
  if (result.receivers.has_value()) {
    negotiated_revision_ = revision_;
    receive_parameters_ = *result.receivers;
  }
  if (result.receivers.has_value() || !result.stopped_transceivers.empty()) SyncReceivers();
  if (result.senders.has_value()) {
    send_parameters_ = *result.senders;
    // What was read before describes another negotiation.
    for (auto& [id, state] : sender_states_) state.transaction_id.clear();
  }
  SyncSenders();
}

void PeerConnection::ApplyData(const std::optional<jsep::DataSection>& data) {
  // The section was rejected by either side: its channels are over (W3C closes them).
  if (!data.has_value()) {
    EndAssociation();
    needs_new_dtls_ = false;
  }
  data_section_ = data;
  if (!data_section_.has_value()) return;
  channels_.SetRemoteMaxMessageSize(data_section_->remote_max_message_size);
  if (std::exchange(association_transport_, data_section_->transport_index) ==
      data_section_->transport_index) {
    return;
  }
  // Bundled with others, or taken out. An association that there is goes on with the DTLS of the
  // other transport, as it does in browsers: what was lost on the way is sent again.
  needs_new_dtls_ = false;
  if (association_ != nullptr) Emit(SctpTransportChangeEvent{*SctpInfo()});
}

// One that is stopping receives no more, whatever was negotiated (W3C "stop sending and
// receiving").
void PeerConnection::SyncReceivers() {
  std::vector<ReceiveParameters> receivers = receive_parameters_;
  for (const jsep::Transceiver& transceiver : session_.transceivers()) {
    if (!transceiver.stopping || !transceiver.mid.has_value()) continue;
    for (ReceiveParameters& receiver : receivers) {
      if (receiver.mid == *transceiver.mid) receiver.receiving = false;
    }
  }
  media_.SetReceivers(receivers);
}

// SCTP runs once its section is negotiated and DTLS has verified the peer (RFC 8261).
void PeerConnection::StartAssociation() {
  if (association_ != nullptr || needs_new_dtls_ || !data_section_.has_value() || closed_) return;
  const TransportSlot* slot = transports_.Find(association_transport_);
  if (slot == nullptr || slot->transport->state().dtls != DtlsState::kConnected) return;
  association_ =
      dependencies_->sctp_factory->Create(loop_, sctp::SctpOptionsFor(limits_.max_message_bytes));
  suspended_until_ = kNever;
  association_->SetWakeCallback([this] { WakeData(); });
  const absl::Status started = association_->Start(
      {.local_port = data_section_->local_port, .remote_port = data_section_->remote_port},
      loop_.Now());
  channels_.AttachAssociation(association_.get(), slot->transport->dtls_role(), loop_.Now());
  if (!started.ok()) {
    PCD_LOG(kWarning, "peerconnection", std::string(started.message()));
    EndAssociation();
    data_section_.reset();  // Not tried again: the library refused it.
  }
}

bool PeerConnection::MayBeReplaced(const TransportSlot& slot) const {
  // The peer replaces it as it answers our offer, and the answer comes here later.
  const SignalingState state = session_.signaling_state();
  return state == SignalingState::kHaveLocalOffer || state == SignalingState::kHaveRemotePranswer ||
         loop_.Now() < slot.replaceable_until;
}

// StartAssociation makes ours when the new DTLS association is there.
void PeerConnection::SuspendAssociation() {
  if (association_ == nullptr) return;
  channels_.SuspendAssociation(loop_.Now());
  association_.reset();
  needs_new_dtls_ = true;
  suspended_until_ = loop_.Now() + kReplacement;
  sctp_state_ = SctpState::kConnecting;
  data_changed_ = true;
  if (const auto info = SctpInfo()) Emit(SctpTransportChangeEvent{*info});
}

// The peer did not replace its transport after all.
void PeerConnection::HandleSuspension(Timestamp now) {
  if (now < suspended_until_) return;
  suspended_until_ = kNever;
  channels_.DetachAssociation();
  sctp_state_ = SctpState::kClosed;
  data_changed_ = true;
  if (const auto info = SctpInfo()) Emit(SctpTransportChangeEvent{*info});
}

// Channels learn first that nothing carries them any more; then SCTP ends, with an ABORT as long
// as DTLS can carry one.
void PeerConnection::EndAssociation() {
  if (association_ == nullptr) {
    if (suspended_until_ != kNever) suspended_until_ = loop_.Now();
    return HandleSuspension(loop_.Now());
  }
  channels_.DetachAssociation();
  association_->Abort();
  const TransportSlot* slot = transports_.Find(association_transport_);
  while (const auto packet = association_->PollOutput()) {
    if (slot != nullptr) slot->transport->SendData(*packet);
  }
  association_.reset();
  sctp_state_ = SctpState::kClosed;
  data_changed_ = true;
  if (const auto info = SctpInfo()) Emit(SctpTransportChangeEvent{*info});
}

}  // namespace pcd::peerconnection
