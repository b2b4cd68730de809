// A whole PeerConnection as an end of //engine/jsep:negotiation_player: its tracks are UDP
// sources, made when one is first named and deleted when no sender has it any more.
#ifndef ENGINE_PEERCONNECTION_CONNECTION_END_H_
#define ENGINE_PEERCONNECTION_CONNECTION_END_H_

#include <string>
#include <vector>

#include "engine/jsep/negotiation_end.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {

// Threading: the test's.
class ConnectionEnd : public jsep::NegotiationEnd {
 public:
  explicit ConnectionEnd(PeerConnection& connection) : connection_(connection) {}

  absl::StatusOr<std::string> AddTransceiver(MediaKind kind, Direction direction,
                                             const std::string& track) override;
  absl::StatusOr<std::string> AddTrack(MediaKind kind, const std::string& track) override;
  absl::Status RemoveTrack(const std::string& sender_id) override;
  absl::Status ReplaceTrack(const std::string& sender_id, MediaKind kind,
                            const std::string& track) override;
  absl::Status SetDirection(const std::string& id, Direction direction) override;
  absl::Status Stop(const std::string& id) override;
  absl::Status SetCodecPreferences(const std::string& id,
                                   const std::vector<Codec>& codecs) override;
  // One more data channel.
  absl::Status WantData() override;
  absl::Status RestartIce() override;
  absl::StatusOr<SessionDescription> CreateOffer() override;
  absl::StatusOr<SessionDescription> CreateAnswer() override;
  absl::Status SetLocal(const SessionDescription& description) override;
  absl::Status SetRemote(const SessionDescription& description) override;
  absl::Status AddCandidate(const IceCandidateInit& candidate) override;
  jsep::NegotiationSnapshot Snapshot() override;

  PeerConnection& connection() { return connection_; }
  // Deletes the tracks that no sender has.
  absl::Status DropUnusedTracks();

 private:
  absl::Status EnsureTrack(MediaKind kind, const std::string& track);

  PeerConnection& connection_;
  int channels_ = 0;
};

}  // namespace pcd::peerconnection

#endif  // ENGINE_PEERCONNECTION_CONNECTION_END_H_
