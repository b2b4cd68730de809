#include "clients/pcctl/event_details.h"

#include "clients/pcctl/address.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

std::string Join(std::initializer_list<std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

// "name=value", or nothing.
std::string Named(const std::string& name, const std::string& value) {
  return value.empty() ? "" : name + "=" + value;
}

std::string Candidate(const api::IceCandidateEvent& event) {
  if (!event.has_candidate()) return "end of all candidates";
  const api::IceCandidate& candidate = event.candidate();
  const std::string mid = Named("mid", candidate.sdp_mid());
  if (candidate.candidate().empty()) return Join({"end of candidates", mid});
  return Join({CandidateText(candidate), mid});
}

std::string IceTransportText(const api::IceTransport& transport) {
  std::string pair;
  if (transport.has_selected_candidate_pair()) {
    pair = CandidateText(transport.selected_candidate_pair().local()) + " to " +
           CandidateText(transport.selected_candidate_pair().remote());
  }
  return Join(
      {transport.transport_id(), EnumText(transport.state()), EnumText(transport.role()), pair});
}

std::string TrackText(const api::Track& track) {
  return Join({track.track_id(), EnumText(track.kind()), Named("mid", track.mid()),
               EnumText(track.state())});
}

std::string LayerText(const std::string& track_id, const api::TrackLayer& layer) {
  return Join({track_id, Named("rid", layer.rid()), "ssrc=" + std::to_string(layer.ssrc()),
               "payload-type=" + std::to_string(layer.payload_type()),
               layer.active() ? "active" : "inactive"});
}

std::string SinkText(const api::Sink& sink) {
  const auto& destination = sink.spec().destination();
  return Join({sink.sink_id(), EnumText(sink.state()),
               "to " + ToString(destination.host(), destination.port()),
               sink.codec().codec().mime_type(), Named("error", sink.last_error())});
}

std::string ChannelText(const api::DataChannel& channel) {
  return Join({channel.data_channel_id(), EnumText(channel.ready_state()),
               Named("label", channel.label()),
               channel.has_id() ? "stream=" + std::to_string(channel.id()) : ""});
}

std::string ConnectionDetails(const api::Event& event) {
  switch (event.event_case()) {
    case api::Event::kCreated:
      return LabelsText(event.created().peer_connection().labels());
    case api::Event::kIceCandidate:
      return Candidate(event.ice_candidate());
    case api::Event::kIceCandidateError:
      return Join({event.ice_candidate_error().url(),
                   std::to_string(event.ice_candidate_error().error_code()),
                   event.ice_candidate_error().error_text()});
    case api::Event::kSignalingStateChange:
      return EnumText(event.signaling_state_change().signaling_state());
    case api::Event::kIceGatheringStateChange:
      return EnumText(event.ice_gathering_state_change().ice_gathering_state());
    case api::Event::kIceConnectionStateChange:
      return EnumText(event.ice_connection_state_change().ice_connection_state());
    case api::Event::kConnectionStateChange:
      return EnumText(event.connection_state_change().connection_state());
    case api::Event::kDescriptionChange:
      return Join(
          {EnumText(event.description_change().peer_connection().signaling_state()),
           "transceivers=" + std::to_string(event.description_change().transceivers_size())});
    case api::Event::kLease:
      return Join({event.lease().lease_id(), EnumText(event.lease().type()),
                   Named("holder", event.lease().holder())});
    case api::Event::kClosing:
      return "until " + TimeText(event.closing().deadline());
    case api::Event::kClosed:
      return Join({EnumText(event.closed().reason()), event.closed().message()});
    default:
      return "";
  }
}

std::string TransportDetails(const api::Event& event) {
  switch (event.event_case()) {
    case api::Event::kIceTransportChange:
      return IceTransportText(event.ice_transport_change().ice_transport());
    case api::Event::kDtlsTransportChange: {
      const api::DtlsTransportChangeEvent& change = event.dtls_transport_change();
      return Join(
          {change.dtls_transport().transport_id(), EnumText(change.dtls_transport().state()),
           EnumText(change.dtls_transport().role()), change.error_detail(), change.error_text()});
    }
    case api::Event::kSctpTransportChange: {
      const api::SctpTransport& transport = event.sctp_transport_change().sctp_transport();
      return Join({transport.transport_id(), EnumText(transport.state())});
    }
    default:
      return "";
  }
}

std::string MediaDetails(const api::Event& event) {
  switch (event.event_case()) {
    case api::Event::kTrack:
      return TrackText(event.track().track());
    case api::Event::kTrackRemoved:
      return event.track_removed().track_id();
    case api::Event::kTrackMuted:
      return event.track_muted().track_id();
    case api::Event::kTrackUnmuted:
      return event.track_unmuted().track_id();
    case api::Event::kTrackEnded:
      return event.track_ended().track_id();
    case api::Event::kTransceiverChange:
      return "transceivers=" + std::to_string(event.transceiver_change().transceivers_size());
    case api::Event::kFirstPacket:
      return LayerText(event.first_packet().track_id(), event.first_packet().layer());
    case api::Event::kLayerActiveChange:
      return LayerText(event.layer_active_change().track_id(), event.layer_active_change().layer());
    case api::Event::kSinkChange:
      return SinkText(event.sink_change().sink());
    case api::Event::kSinkDeleted:
      return event.sink_deleted().sink_id();
    case api::Event::kKeyFrameRequested:
      return Join({event.key_frame_requested().track_id(),
                   Named("rid", event.key_frame_requested().rid())});
    case api::Event::kLocalTrackChange:
      return TrackText(event.local_track_change().track());
    case api::Event::kLocalTrackDeleted:
      return event.local_track_deleted().track_id();
    case api::Event::kToneChange:
      return Join({event.tone_change().sender_id(), Named("tone", event.tone_change().tone())});
    default:
      return "";
  }
}

std::string DataChannelDetails(const api::Event& event) {
  switch (event.event_case()) {
    case api::Event::kDataChannel:
      return ChannelText(event.data_channel().data_channel());
    case api::Event::kDataChannelCreated:
      return ChannelText(event.data_channel_created().data_channel());
    case api::Event::kDataChannelOpen:
      return ChannelText(event.data_channel_open().data_channel());
    case api::Event::kDataChannelClosing:
      return event.data_channel_closing().data_channel_id();
    case api::Event::kDataChannelClose:
      return ChannelText(event.data_channel_close().data_channel());
    case api::Event::kDataChannelError:
      return Join({event.data_channel_error().data_channel_id(),
                   event.data_channel_error().error_detail(),
                   event.data_channel_error().error_text()});
    case api::Event::kDataChannelBufferedAmountLow:
      return Join({event.data_channel_buffered_amount_low().data_channel_id(),
                   "buffered=" +
                       std::to_string(event.data_channel_buffered_amount_low().buffered_amount())});
    default:
      return "";
  }
}

}  // namespace

std::string EventDetails(const api::Event& event) {
  // At most one of them knows the event.
  return ConnectionDetails(event) + TransportDetails(event) + MediaDetails(event) +
         DataChannelDetails(event);
}

}  // namespace pcd::pcctl
