// Counters and pairs of one ICE transport.
#ifndef ENGINE_ICE_ICE_STATS_H_
#define ENGINE_ICE_ICE_STATS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/stats.h"

namespace pcd::ice {

// Ids are unique and stable within the transport ("L1", "R2", "P1-2"); transport_id stays
// empty. Both are completed by the stats collector.
struct Stats {
  IceRole role = IceRole::kControlled;  // As set.
  IceBackend backend = IceBackend::kFull;
  IceConnectionState state = IceConnectionState::kNew;
  IceGatheringState gathering_state = IceGatheringState::kNew;
  std::string selected_pair_id{};  // Empty: none.
  uint32_t selected_pair_changes = 0;
  // Payload given to the packet handler and taken by Send; STUN is not counted.
  uint64_t packets_sent = 0, bytes_sent = 0, packets_received = 0, bytes_received = 0;
  // Drops by reason.
  uint64_t send_refused = 0;         // Not writable, or the kernel's buffer was full.
  uint64_t unknown_source = 0;       // Not from an address that passed a connectivity check.
  uint64_t oversized = 0;            // Longer than Packet::kMaxPayload.
  uint64_t no_handler = 0;           // Arrived while no packet handler was set.
  uint64_t candidates_ignored = 0;   // Remote: see IceTransport::AddRemoteCandidate.
  uint64_t candidates_over_cap = 0;  // Local or remote beyond Config::max_candidates.
  std::optional<SharedPortStats> shared_port{};
  // Every pair that was ever selected; of a lite end, every one that passed a check.
  std::vector<CandidatePairStats> pairs{};
  std::vector<IceCandidateStats> candidates{};
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ICE_STATS_H_
