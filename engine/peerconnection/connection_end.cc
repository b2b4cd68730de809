#include "engine/peerconnection/connection_end.h"

#include <set>
#include <utility>

#include "engine/base/status.h"

namespace pcd::peerconnection {
namespace {

std::optional<SessionDescription> Value(const DescriptionPtr& description) {
  if (description == nullptr) return std::nullopt;
  return *description;
}

}  // namespace

absl::Status ConnectionEnd::EnsureTrack(MediaKind kind, const std::string& track) {
  if (track.empty() || connection_.GetLocalTrack(track).ok()) return absl::OkStatus();
  media::UdpSourceConfig source;
  source.codec = kind == MediaKind::kAudio
                     ? Codec{.name = "opus", .clock_rate = 48000, .channels = 2}
                     : Codec{.name = "VP8", .clock_rate = 90000};
  return connection_.CreateLocalTrack({.id = track, .kind = kind, .source = source}).status();
}

absl::Status ConnectionEnd::DropUnusedTracks() {
  std::set<std::string> used;
  for (const jsep::Transceiver& t : connection_.ListTransceivers()) used.insert(t.local_track_id);
  for (const media::LocalTrackInfo& track : connection_.ListLocalTracks()) {
    if (used.contains(track.config.id)) continue;
    PCD_RETURN_IF_ERROR(connection_.DeleteLocalTrack(track.config.id).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ConnectionEnd::AddTransceiver(MediaKind kind, Direction direction,
                                                          const std::string& track) {
  PCD_RETURN_IF_ERROR(EnsureTrack(kind, track));
  const TransceiverInit init{.direction = direction, .track_id = track};
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver added,
                       track.empty() ? connection_.AddTransceiver(kind, init, "")
                                     : connection_.AddTransceiverOfTrack(init, ""));
  return added.id;
}
absl::StatusOr<std::string> ConnectionEnd::AddTrack(MediaKind kind, const std::string& track) {
  PCD_RETURN_IF_ERROR(EnsureTrack(kind, track));
  PCD_ASSIGN_OR_RETURN(const jsep::Transceiver added, connection_.AddTrack(track, {"stream"}, ""));
  return added.id;
}
absl::Status ConnectionEnd::RemoveTrack(const std::string& sender_id) {
  return connection_.RemoveTrack(sender_id).status();
}
absl::Status ConnectionEnd::ReplaceTrack(const std::string& sender_id, MediaKind kind,
                                         const std::string& track) {
  PCD_RETURN_IF_ERROR(EnsureTrack(kind, track));
  return connection_.ReplaceTrack(sender_id, track).status();
}
absl::Status ConnectionEnd::SetDirection(const std::string& id, Direction direction) {
  return connection_.SetTransceiverDirection(id, direction).status();
}
absl::Status ConnectionEnd::Stop(const std::string& id) {
  return connection_.StopTransceiver(id).status();
}
absl::Status ConnectionEnd::SetCodecPreferences(const std::string& id,
                                                const std::vector<Codec>& codecs) {
  return connection_.SetCodecPreferences(id, codecs).status();
}
absl::Status ConnectionEnd::WantData() {
  const std::string id = connection_.id() + "-" + std::to_string(channels_++);
  return connection_.CreateDataChannel({.label = id}, id).status();
}
absl::Status ConnectionEnd::RestartIce() { return connection_.RestartIce(); }

absl::StatusOr<SessionDescription> ConnectionEnd::CreateOffer() {
  return connection_.CreateOffer({});
}
absl::StatusOr<SessionDescription> ConnectionEnd::CreateAnswer() {
  return connection_.CreateAnswer({});
}
absl::Status ConnectionEnd::SetLocal(const SessionDescription& description) {
  return connection_.SetLocalDescription(description).status();
}
absl::Status ConnectionEnd::SetRemote(const SessionDescription& description) {
  return connection_.SetRemoteDescription(description);
}
absl::Status ConnectionEnd::AddCandidate(const IceCandidateInit& candidate) {
  return connection_.AddIceCandidate(candidate).status();
}

jsep::NegotiationSnapshot ConnectionEnd::Snapshot() {
  const PeerConnectionInfo info = connection_.Info();
  const std::vector<TransceiverInfo> transceivers = connection_.ListTransceivers();
  return {.signaling_state = info.signaling_state,
          .transceivers = {transceivers.begin(), transceivers.end()},
          .current_local = Value(info.current_local_description),
          .pending_local = Value(info.pending_local_description),
          .current_remote = Value(info.current_remote_description),
          .pending_remote = Value(info.pending_remote_description),
          .negotiation_needed = info.negotiation_needed,
          .transports = info.ice_transports.size(),
          .revision = info.revision,
          .events = info.last_event_sequence};
}

}  // namespace pcd::peerconnection
