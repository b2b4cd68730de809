// The pump: drains every room in one fixed order until nothing moves any more, then sends and
// arms the timer. It runs at the end of each turn in which something happened and at the end
// of each call, so that a caller sees all its effects.
//
// Order, and why: transports first, because everything else lives on what they bring; then
// SCTP, which turns it into messages; data channels and media, which report; the combined
// states last, when all parts have settled.
#include <algorithm>
#include <utility>

#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

// More rounds than any cascade needs; a bound keeps one connection from holding the loop.
constexpr int kMaxRounds = 16;
// Data packets written in one round.
constexpr int kMaxDataPackets = 256;

}  // namespace

void PeerConnection::WakeData() {
  data_changed_ = true;
  Wake();
}

void PeerConnection::OnEndOfTurn() { RunPump(); }

void PeerConnection::Pump() {
  transports_changed_ = true;
  data_changed_ = true;
  states_changed_ = true;
  RunPump();
}

void PeerConnection::RunPump() {
  if (pumping_ || closed_) return;
  pumping_ = true;
  // A packet of media touches memory that many connections share a cache for; what has nothing to
  // tell is not asked.
  bool told = false;
  bool moved = true;
  for (int round = 0; moved && round < kMaxRounds && !closed_; ++round) {
    told |= std::exchange(transports_changed_, false);
    moved = told && DrainTransports();
    if (std::exchange(data_changed_, false)) {
      const bool data = DrainAssociation() | DrainDataChannels();
      data_changed_ |= data;
      moved |= data;
    }
    moved |= DrainMedia();
    if (std::exchange(states_changed_, false)) moved |= UpdateStates();
  }
  if (told) TellNegotiationNeeded();
  for (const auto& slot : transports_) slot->transport->Flush();
  pumping_ = false;
  RunWaiters();
  if (moved) Wake();
  ArmTimer();
}

// W3C webrtc-pc section 4.7.3: not while operations are chained; the last of them asks again, and
// by then there may be no need.
void PeerConnection::TellNegotiationNeeded() {
  if (closed_ || (chained_ != nullptr && chained_->load() > 0)) return;
  if (session_.TakeNegotiationNeededEvent()) Emit(NegotiationNeededEvent{});
}

void PeerConnection::OperationDone() { TellNegotiationNeeded(); }

// One event of each in turn: transports of one description begin to gather together, and are told
// so before the first of them is complete, also where each brings all its events in one turn.
bool PeerConnection::DrainTransports() {
  bool moved = false;
  for (bool more = true; more; moved |= more) {
    more = false;
    for (const auto& slot : transports_) {
      auto event = slot->transport->PollEvent();
      if (!event.has_value()) continue;
      HandleTransportEvent(*slot, std::move(*event));
      more = true;
    }
  }
  for (const auto& slot : transports_) TellPair(*slot);
  return moved;
}

bool PeerConnection::DrainAssociation() {
  StartAssociation();
  if (association_ == nullptr) return false;
  const TransportSlot* slot = transports_.Find(association_transport_);
  if (slot == nullptr) return false;
  channels_.HandleAssociation(loop_.Now(), MayBeReplaced(*slot));
  if (channels_.suspended()) {
    SuspendAssociation();
    return false;
  }
  transport::Transport& transport = *slot->transport;
  int sent = 0;
  while (sent < kMaxDataPackets) {
    const auto packet = association_->PollOutput();
    if (!packet.has_value()) break;
    transport.SendData(*packet);
    ++sent;
  }
  if (association_->state() != sctp_state_) {
    sctp_state_ = association_->state();
    if (const auto info = SctpInfo()) Emit(SctpTransportChangeEvent{*info});
  }
  // What was sent makes no further work by itself; a full round means that more waits.
  return sent == kMaxDataPackets;
}

bool PeerConnection::DrainMedia() {
  bool moved = false;
  while (auto event = media_.PollEvent()) {
    moved = true;
    if (const auto* first = std::get_if<media::FirstPacketEvent>(&*event)) {
      Emit(FirstPacketEvent{.track_id = first->track_id,
                            .rid = first->rid,
                            .ssrc = first->ssrc,
                            .payload_type = first->payload_type});
    } else if (const auto* layer = std::get_if<media::LayerActiveEvent>(&*event)) {
      Emit(LayerActiveChangeEvent{.track_id = layer->track_id,
                                  .rid = layer->rid,
                                  .ssrc = layer->ssrc,
                                  .payload_type = layer->payload_type,
                                  .active = layer->active});
    } else if (const auto* muted = std::get_if<media::TrackMutedEvent>(&*event)) {
      Emit(TrackMutedEvent{.track_id = muted->track_id, .muted = muted->muted});
    } else if (const auto* sink = std::get_if<media::SinkStateChangedEvent>(&*event)) {
      // Deleted meanwhile: SinkDeletedEvent has told it.
      if (auto info = media_.GetSink(sink->sink_id); info.ok()) Emit(SinkChangeEvent{*info});
    }
  }
  while (auto event = sending_.PollEvent()) {
    moved = true;
    if (const auto* wanted = std::get_if<media::KeyFrameWantedEvent>(&*event)) {
      Emit(KeyFrameRequestedEvent{
          .track_id = wanted->track_id, .sender_id = wanted->sender_id, .rid = wanted->rid});
    } else if (const auto* tone = std::get_if<media::ToneChangedEvent>(&*event)) {
      Emit(ToneChangeEvent{.sender_id = tone->sender_id, .tone = tone->tone});
    } else if (const auto* source = std::get_if<media::SourceStateChangedEvent>(&*event)) {
      // Deleted meanwhile: LocalTrackDeletedEvent has told it.
      auto info = sending_.GetTrack(source->track_id);
      if (info.ok()) Emit(LocalTrackChangeEvent{*std::move(info), source->previous});
    }
  }
  return moved;
}

bool PeerConnection::UpdateStates() {
  bool moved = false;
  const CombinedStates states = CombineStates();
  const auto update = [&moved](auto& current, auto next) {
    const bool changed = current != next;
    current = next;
    moved |= changed;
    return changed;
  };
  moved |= UpdateGatheringState();
  if (update(ice_state_, states.ice)) {
    Emit(IceConnectionStateChangeEvent{ice_state_});
  }
  if (update(connection_state_, states.connection)) {
    UpdateExpiry();
    Emit(ConnectionStateChangeEvent{connection_state_});
  }
  return moved;
}

bool PeerConnection::UpdateGatheringState() {
  const IceGatheringState next = CombineStates().gathering;
  if (std::exchange(gathering_state_, next) == next) return false;
  Emit(IceGatheringStateChangeEvent{gathering_state_});
  if (gathering_state_ == IceGatheringState::kComplete) Emit(IceCandidateEvent{});
  return true;
}

void PeerConnection::RunWaiters() {
  if (waiters_.empty()) return;
  const Timestamp now = loop_.Now();
  // Without a section there is nothing to gather.
  const bool gathered = gathering_state_ == IceGatheringState::kComplete ||
                        (transports_.First() == nullptr && session_.has_local_description());
  std::vector<std::pair<Waiter, bool>> ready;
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    const bool reached = it->for_gathering ? gathered : channels_.all_closed();
    if (reached || now >= it->deadline || closed_) {
      ready.emplace_back(std::move(*it), reached);
      it = waiters_.erase(it);
    } else {
      ++it;
    }
  }
  // Called last: one of them may close the connection.
  for (auto& [waiter, reached] : ready) waiter.done(*this, reached);
}

void PeerConnection::ArmTimer() {
  if (closed_) return;
  Timestamp next =
      std::min({media_.NextDeadline(), sending_.NextDeadline(), expiry_, suspended_until_});
  for (const auto& slot : transports_) next = std::min(next, slot->transport->NextDeadline());
  if (association_ != nullptr) next = std::min(next, association_->NextDeadline());
  for (const Waiter& waiter : waiters_) next = std::min(next, waiter.deadline);
  if (next == armed_for_) return;
  armed_for_ = next;
  timer_->Set(next);
}

void PeerConnection::OnTimer() {
  armed_for_ = kNever;
  if (closed_) return;
  const Timestamp now = loop_.Now();
  for (const auto& slot : transports_) slot->transport->HandleTimeout(now);
  if (association_ != nullptr) association_->HandleTimeout(now);
  media_.HandleTimeout(now);
  sending_.HandleTimeout(now);
  HandleSuspension(now);
  HandleExpiry(now);
  Pump();
}

// Nobody may be left to close a connection whose peer is gone or never came.
void PeerConnection::UpdateExpiry() {
  const bool lost = connection_state_ == ConnectionState::kDisconnected ||
                    connection_state_ == ConnectionState::kFailed;
  was_connected_ |= connection_state_ == ConnectionState::kConnected;
  if (was_connected_ && !lost) expiry_ = kNever;
  // From the first of several such states on.
  if (expiry_ != kNever || (was_connected_ && !lost)) return;
  const Duration limit =
      was_connected_ ? limits_.disconnected_timeout : limits_.never_connected_timeout;
  if (limit > Duration::zero()) expiry_ = loop_.Now() + limit;
}

void PeerConnection::HandleExpiry(Timestamp now) {
  if (now < expiry_) return;
  expiry_ = kNever;
  if (!expired_) return;
  std::exchange(expired_, nullptr)(was_connected_ ? CloseReason::kDisconnected
                                                  : CloseReason::kNeverConnected);
}

}  // namespace pcd::peerconnection
