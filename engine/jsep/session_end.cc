#include "engine/jsep/session_end.h"

#include <utility>

#include "engine/base/status.h"

namespace pcd::jsep {
namespace {

Options OptionsOf(char name) {
  const std::string byte = std::string("A") + static_cast<char>('0' + name % 10);
  std::string value = byte;
  for (int i = 1; i < 32; ++i) value += ":" + byte;
  Options options;
  options.config.bundle_policy = BundlePolicy::kMaxBundle;  // It has one transport.
  options.local_fingerprints = {{.algorithm = "sha-256", .value = value}};
  return options;
}

}  // namespace

SessionEnd::SessionEnd(char name)
    : name_(name), random_(static_cast<uint64_t>(name)), session_(OptionsOf(name), random_) {}

TransportInfo SessionEnd::Credentials() {
  return [this](const TransportRequest&) {
    const std::string generation = std::to_string(generations_++);
    return IceParameters{.ufrag = std::string(3, name_) + generation,
                         .pwd = std::string(23, name_) + generation,
                         .options = {"trickle"}};
  };
}

absl::Status SessionEnd::Act(absl::StatusOr<ApplyResult> result) {
  PCD_RETURN_IF_ERROR(result.status());
  last_ = *std::move(result);
  return absl::OkStatus();
}

absl::StatusOr<std::string> SessionEnd::AddTransceiver(MediaKind kind, Direction direction,
                                                       const std::string& track) {
  return session_.AddTransceiver(kind, {.direction = direction, .track_id = track});
}
absl::StatusOr<std::string> SessionEnd::AddTrack(MediaKind kind, const std::string& track) {
  return session_.AddTrack(kind, track, {"stream"});
}
absl::Status SessionEnd::RemoveTrack(const std::string& sender_id) {
  return session_.RemoveTrack(sender_id);
}
absl::Status SessionEnd::ReplaceTrack(const std::string& sender_id, MediaKind kind,
                                      const std::string& track) {
  return session_.ReplaceTrack(sender_id, kind, track);
}
absl::Status SessionEnd::SetDirection(const std::string& id, Direction direction) {
  return session_.SetDirection(id, direction);
}
absl::Status SessionEnd::Stop(const std::string& id) { return session_.StopTransceiver(id); }
absl::Status SessionEnd::SetCodecPreferences(const std::string& id,
                                             const std::vector<Codec>& codecs) {
  return session_.SetCodecPreferences(id, codecs);
}
absl::Status SessionEnd::WantData() { return session_.AddDataSection(); }
absl::Status SessionEnd::RestartIce() { return session_.RestartIce(); }

absl::StatusOr<SessionDescription> SessionEnd::CreateOffer() {
  return session_.CreateOffer({}, Credentials());
}
absl::StatusOr<SessionDescription> SessionEnd::CreateAnswer() {
  return session_.CreateAnswer({}, Credentials());
}
absl::Status SessionEnd::SetLocal(const SessionDescription& description) {
  return Act(session_.SetLocalDescription(description, Credentials()));
}
absl::Status SessionEnd::SetRemote(const SessionDescription& description) {
  return Act(session_.SetRemoteDescription(description));
}
absl::Status SessionEnd::AddCandidate(const IceCandidateInit& candidate) {
  return session_.AddRemoteCandidate(candidate).status();
}

NegotiationSnapshot SessionEnd::Snapshot() {
  return {.signaling_state = session_.signaling_state(),
          .transceivers = session_.transceivers(),
          .current_local = session_.current_local_description(),
          .pending_local = session_.pending_local_description(),
          .current_remote = session_.current_remote_description(),
          .pending_remote = session_.pending_remote_description(),
          .negotiation_needed = session_.negotiation_needed()};
}

}  // namespace pcd::jsep
