// One end of a negotiation as negotiation_player.h drives it: a session alone, or a connection.
#ifndef ENGINE_JSEP_NEGOTIATION_END_H_
#define ENGINE_JSEP_NEGOTIATION_END_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/jsep/transceiver.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"

namespace pcd::jsep {

// All that a refused call must leave as it is.
struct NegotiationSnapshot {
  SignalingState signaling_state = SignalingState::kStable;
  std::vector<Transceiver> transceivers{};
  std::optional<SessionDescription> current_local{}, pending_local{};
  std::optional<SessionDescription> current_remote{}, pending_remote{};
  bool negotiation_needed = false;
  size_t transports = 0;
  // How often something has changed; what changes nothing by negotiation counts too.
  uint64_t revision = 0;
  uint64_t events = 0;
  friend bool operator==(const NegotiationSnapshot&, const NegotiationSnapshot&) = default;
};

// Each call is that of Session of this name. Threading: the test's.
class NegotiationEnd {
 public:
  virtual ~NegotiationEnd() = default;

  // An empty track: none yet.
  virtual absl::StatusOr<std::string> AddTransceiver(MediaKind kind, Direction direction,
                                                     const std::string& track) = 0;
  virtual absl::StatusOr<std::string> AddTrack(MediaKind kind, const std::string& track) = 0;
  virtual absl::Status RemoveTrack(const std::string& sender_id) = 0;
  virtual absl::Status ReplaceTrack(const std::string& sender_id, MediaKind kind,
                                    const std::string& track) = 0;
  virtual absl::Status SetDirection(const std::string& id, Direction direction) = 0;
  virtual absl::Status Stop(const std::string& id) = 0;
  virtual absl::Status SetCodecPreferences(const std::string& id,
                                           const std::vector<Codec>& codecs) = 0;
  // The first data channel, or one more.
  virtual absl::Status WantData() = 0;
  virtual absl::Status RestartIce() = 0;

  virtual absl::StatusOr<SessionDescription> CreateOffer() = 0;
  virtual absl::StatusOr<SessionDescription> CreateAnswer() = 0;
  // An empty text: the one created last.
  virtual absl::Status SetLocal(const SessionDescription& description) = 0;
  virtual absl::Status SetRemote(const SessionDescription& description) = 0;
  virtual absl::Status AddCandidate(const IceCandidateInit& candidate) = 0;

  virtual NegotiationSnapshot Snapshot() = 0;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_NEGOTIATION_END_H_
