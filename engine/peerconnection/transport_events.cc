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
  const LocalCandidate local{
      .candidate = std::move(*candidate), .transport_id = slot.id, .url = std::move(url)};
  local_candidates_.push_back(local);
  Emit(IceCandidateEvent{local});
}

// W3C 5.6: the end of the candidates, then the transport's state, then the connection's. Each step
// of a gathering is told, also when one turn brings all of it, or the next gathering as well.
void PeerConnection::HandleGathering(TransportSlot& slot, IceGatheringState state) {
  if (state == IceGatheringState::kComplete) {
    AnnounceCandidate(slot, session_.SetLocalGatheringComplete(slot.index), {});
  }
  slot.gathering = state;
  Emit(IceTransportChangeEvent{IceInfo(slot)});
  UpdateGatheringState();
}

// W3C 5.6: the transport's state, then the connection's, for each step; not for the last one of a
// transport that is about to be gone.
void PeerConnection::HandleIceState(TransportSlot& slot, IceConnectionState state) {
  slot.ice_state = state;
  Emit(IceTransportChangeEvent{IceInfo(slot)});
  if (state != IceConnectionState::kClosed) UpdateStates();
}

void PeerConnection::HandleTransportEvent(TransportSlot& slot, transport::Event event) {
  if (!std::holds_alternative<transport::DataReceived>(event)) states_changed_ = true;
  std::visit(Overloaded{
                 [&](ice::CandidateGathered& e) {
                   AnnounceCandidate(slot, session_.AddLocalCandidate(slot.index, e.candidate),
                                     std::move(e.url));
                 },
                 [&](ice::GatheringStateChanged& e) { HandleGathering(slot, e.state); },
                 [&](ice::StateChanged& e) { HandleIceState(slot, e.state); },
                 [&](ice::SelectedPairChanged& e) {
                   slot.selected_pair = {.local = std::move(e.local),
                                         .remote = std::move(e.remote)};
                   Emit(IceTransportChangeEvent{IceInfo(slot)});
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
                 [&](transport::DtlsStateChanged& e) {
                   Emit(DtlsTransportChangeEvent{.transport = DtlsInfo(slot),
                                                 .error_text = std::move(e.reason)});
                   data_changed_ = true;  // Connected: SCTP may start.
                   if (association_transport_ != slot.index) return;
                   if (e.state == DtlsState::kConnected) needs_new_dtls_ = false;
                   const bool over = e.state == DtlsState::kClosed || e.state == DtlsState::kFailed;
                   if (!over) return;
                   if (e.state == DtlsState::kClosed && MayBeReplaced(slot)) {
                     SuspendAssociation();
                   } else {
                     EndAssociation();
                   }
                 },
                 [&](transport::DataReceived& e) {
                   if (association_ != nullptr) association_->HandlePacket(e.data, loop_.Now());
                   data_changed_ = true;
                 },
                 [](transport::WritableChanged&) {},
             },
             event);
}

}  // namespace pcd::peerconnection
