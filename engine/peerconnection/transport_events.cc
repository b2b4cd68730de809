// What a transport reports, turned into candidates, events and SCTP input.
#include <string>
#include <utility>
#include <variant>

#include "engine/base/log.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

void PeerConnection::AnnounceCandidate(TransportSlot& slot,
                                       absl::StatusOr<IceCandidateInit> candidate,
                                       std::string url) {
  if (!candidate.ok()) {
    PCD_LOG(kDebug, "peerconnection", std::string(candidate.status().message()));
    return;
  }
  local_candidates_.emplace_back(LocalCandidate{
      .candidate = std::move(*candidate), .transport_id = slot.id, .url = std::move(url)});
  Emit(IceCandidateEvent{local_candidates_.back()});
}

// W3C 5.6: the end of the candidates, then the transport's state, then the connection's. Each step
// of a gathering is told, also when one turn brings all of it, or the next gathering as well.
void PeerConnection::HandleGathering(TransportSlot& slot, IceGatheringState state) {
  if (state == IceGatheringState::kComplete) {
    AnnounceCandidate(slot, session_.SetLocalGatheringComplete(slot.index), {});
  }
  slot.gathering = state;
  TellIce(slot, {ice_state_, connection_state_, CombineStates().gathering});
  UpdateGatheringState();
}

// W3C 5.6: the transport's state, then the connection's, for each step; not for the last one of a
// transport that is about to be gone.
void PeerConnection::HandleIceState(TransportSlot& slot, IceConnectionState state) {
  slot.ice_state = state;
  if (state == IceConnectionState::kClosed) return TellIce(slot, ToldStates());
  TellIce(slot, CombineStates());
  UpdateStates();
}

void PeerConnection::HandleDtlsState(TransportSlot& slot, transport::DtlsStateChanged changed) {
  const DtlsState state = changed.state;
  // What a transport's end is to the connection is known when it is seen who ended it.
  Emit(DtlsTransportChangeEvent{.transport = DtlsInfo(slot),
                                .error_text = std::move(changed.reason),
                                .failure = changed.failure,
                                .connection_state = state == DtlsState::kClosed
                                                        ? connection_state_
                                                        : CombineStates().connection});
  data_changed_ = true;  // Connected: SCTP may start.
  if (association_transport_ != slot.index) return;
  if (state == DtlsState::kConnected) needs_new_dtls_ = false;
  if (state == DtlsState::kClosed && MayBeReplaced(slot)) {
    SuspendAssociation();
  } else if (state == DtlsState::kClosed || state == DtlsState::kFailed) {
    // What came before the end counts: messages, and the ABORT of who closes, with its cause.
    if (association_ != nullptr) channels_.HandleAssociation(loop_.Now(), false);
    EndAssociation();
  }
}

PeerConnection::CombinedStates PeerConnection::CombineStates() const {
  const auto states = TransportStates();
  return {.ice = transport::CombineIceConnectionState(states),
          .connection = transport::CombineConnectionState(states),
          .gathering = transport::CombineIceGatheringState(states)};
}

PeerConnection::CombinedStates PeerConnection::ToldStates() const {
  return {.ice = ice_state_, .connection = connection_state_, .gathering = gathering_state_};
}

void PeerConnection::TellIce(TransportSlot& slot, CombinedStates states) {
  slot.pair_untold = false;
  Emit(IceTransportChangeEvent{.transport = IceInfo(slot),
                               .ice_connection_state = states.ice,
                               .connection_state = states.connection,
                               .ice_gathering_state = states.gathering});
}

void PeerConnection::TellPair(TransportSlot& slot) {
  if (slot.pair_untold) TellIce(slot, ToldStates());
}

void PeerConnection::HandleTransportEvent(TransportSlot& slot, transport::Event event) {
  if (!std::holds_alternative<transport::DataReceived>(event)) states_changed_ = true;
  // W3C 5.6: a new pair and the state that comes with it are one step.
  if (!std::holds_alternative<ice::StateChanged>(event)) TellPair(slot);
  std::visit(Overloaded{
                 [&](ice::CandidateGathered& e) {
                   AnnounceCandidate(slot, session_.AddLocalCandidate(slot.index, e.candidate),
                                     std::move(e.url));
                 },
                 [&](ice::GatheringStateChanged& e) { HandleGathering(slot, e.state); },
                 [&](ice::StateChanged& e) { HandleIceState(slot, e.state); },
                 [&](ice::SelectedPairChanged& e) {
                   slot.selected_pair =
                       CandidatePair{.local = std::move(e.local), .remote = std::move(e.remote)};
                   slot.pair_untold = true;
                 },
                 [&](ice::CandidateError& e) {
                   Emit(IceCandidateErrorEvent{.address = std::move(e.address),
                                               .port = e.port,
                                               .url = std::move(e.url),
                                               .error_code = e.error_code,
                                               .error_text = std::move(e.error_text)});
                 },
                 [&](transport::AssociationReplaced&) {
                   slot.replaceable_until = {};
                   if (association_transport_ == slot.index) SuspendAssociation();
                 },
                 [&](transport::DtlsStateChanged& e) { HandleDtlsState(slot, std::move(e)); },
                 [&](transport::DataReceived& e) {
                   if (association_ != nullptr && association_transport_ == slot.index) {
                     association_->HandlePacket(e.data, loop_.Now());
                   }
                   data_changed_ = true;
                 },
                 [](transport::WritableChanged&) {},
             },
             event);
}

}  // namespace pcd::peerconnection
