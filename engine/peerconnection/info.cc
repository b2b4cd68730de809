// The state of a connection collected from its rooms.
#include <algorithm>
#include <utility>

#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

IceTransportInfo PeerConnection::IceInfo(const TransportSlot& slot) const {
  return {.transport_id = slot.id,
          .mids = slot.mids,
          .role = slot.role,
          .state = slot.ice_state,
          .gathering_state = slot.gathering,
          .selected_pair = slot.selected_pair};
}

DtlsTransportInfo PeerConnection::DtlsInfo(const TransportSlot& slot) const {
  const ByteSpan der = slot.transport->remote_certificate_der();
  return {.transport_id = slot.id,
          .state = slot.transport->state().dtls,
          .role = slot.transport->dtls_role(),
          .remote_certificate_der = {der.begin(), der.end()}};
}

std::optional<SctpTransportInfo> PeerConnection::SctpInfo() const {
  if (!data_section_.has_value()) return std::nullopt;
  return SctpTransportInfo{
      .transport_id = TransportId(data_section_->transport_index),
      .state = sctp_state_,
      .max_message_size = channels_.max_send_message_bytes(),
      .max_channels = association_ == nullptr ? 0u : association_->stream_count()};
}

absl::InlinedVector<transport::TransportState, 16> PeerConnection::TransportStates() const {
  absl::InlinedVector<transport::TransportState, 16> states;
  for (const auto& slot : transports_) {
    if (!slot->described()) continue;
    states.push_back({.ice = slot->ice_state,
                      .dtls = slot->transport->state().dtls,
                      .gathering = slot->gathering});
  }
  return states;
}

DataChannelView PeerConnection::View(const datachannel::DataChannelInfo& info) {
  return {.info = info,
          .messages_sent = info.messages_sent,
          .bytes_sent = info.bytes_sent,
          .messages_received = info.messages_received,
          .bytes_received = info.bytes_received};
}

PeerConnectionInfo PeerConnection::Info() {
  const jsep::Session::Descriptions descriptions = session_.descriptions();
  PeerConnectionInfo info{.id = id_,
                          .labels = labels_,
                          .create_unix_us = create_unix_us_,
                          .revision = revision_,
                          .last_event_sequence = log_.last_sequence(),
                          .configuration = configuration_,
                          .signaling_state = signaling_state_,
                          .ice_gathering_state = gathering_state_,
                          .ice_connection_state = ice_state_,
                          .connection_state = connection_state_,
                          .can_trickle_ice_candidates = session_.can_trickle_ice_candidates(),
                          .local_description = descriptions.local(),
                          .remote_description = descriptions.remote(),
                          .current_local_description = descriptions.current_local,
                          .current_remote_description = descriptions.current_remote,
                          .pending_local_description = descriptions.pending_local,
                          .pending_remote_description = descriptions.pending_remote,
                          .negotiation_needed = session_.negotiation_needed(),
                          .ice_backend = ChooseBackend(),
                          .sctp = SctpInfo(),
                          .certificates = certificates_,
                          .close_reason = close_reason_,
                          .close_message = close_message_};
  for (const auto& slot : transports_) {
    if (!slot->described()) continue;
    info.ice_transports.push_back(IceInfo(*slot));
    info.dtls_transports.push_back(DtlsInfo(*slot));
  }
  return info;
}

std::string PeerConnection::TransportId(size_t index) const {
  const TransportSlot* slot = transports_.Find(index);
  return slot != nullptr ? slot->id : std::string();
}

// W3C 4.4.1.5: from the first local description on that has the section. An offer that adds it to
// a bundle that is there says nothing new about the transport.
std::string PeerConnection::TransportIdOf(const jsep::Transceiver& transceiver) const {
  if (!transceiver.mid.has_value()) return {};
  const TransportSlot* slot = transports_.FindByMid(*transceiver.mid);
  if (slot == nullptr && session_.signaling_state() == SignalingState::kHaveLocalOffer) {
    slot = transports_.First();
  }
  return slot != nullptr ? slot->id : std::string();
}

TransceiverInfo PeerConnection::Describe(const jsep::Transceiver& transceiver) const {
  return {transceiver, TransportIdOf(transceiver)};
}

std::vector<TransceiverInfo> PeerConnection::DescribeTransceivers() const {
  std::vector<TransceiverInfo> all;
  for (const jsep::Transceiver& transceiver : session_.transceivers()) {
    all.push_back(Describe(transceiver));
  }
  return all;
}

bool PeerConnection::IsMuted(const jsep::Transceiver& transceiver) const {
  return !transceiver.mid.has_value() || media_.IsMuted(*transceiver.mid);
}

std::vector<media::TrackLayer> PeerConnection::LayersOf(
    const jsep::Transceiver& transceiver) const {
  return media_.GetLayers(transceiver.mid.value_or(""));
}

Snapshot PeerConnection::TakeSnapshot() {
  std::vector<std::string> unmuted;
  for (const jsep::Transceiver& transceiver : session_.transceivers()) {
    if (!IsMuted(transceiver)) unmuted.push_back(transceiver.track_id);
  }
  std::vector<LocalCandidate> candidates;
  for (const SharedOptional<LocalCandidate>& local : local_candidates_) {
    candidates.push_back(*local);
  }
  return {.info = Info(),
          .transceivers = DescribeTransceivers(),
          .unmuted_track_ids = std::move(unmuted),
          .local_tracks = sending_.ListTracks(),
          .sinks = media_.ListSinks(),
          .data_channels = ListDataChannels(),
          .local_candidates = std::move(candidates)};
}

}  // namespace pcd::peerconnection
