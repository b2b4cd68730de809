// What an ICE transport tells its owner, as values. They are queued inside the transport and
// taken with IceTransport::PollEvent, so that no callee is ever re-entered.
#ifndef ENGINE_ICE_ICE_EVENTS_H_
#define ENGINE_ICE_ICE_EVENTS_H_

#include <cstdint>
#include <string>
#include <variant>

#include "engine/model/enums.h"
#include "engine/model/ice.h"

namespace pcd::ice {

// A local candidate, ready for SDP or trickle: component 1, lower-case transport, and a
// "ufrag" extension that names the generation it belongs to.
struct CandidateGathered {
  Candidate candidate{};
  std::string url{};  // Of the STUN or TURN server that it is of; empty: none.
};

// W3C RTCIceGathererState. kComplete follows the last CandidateGathered of a generation.
struct GatheringStateChanged {
  IceGatheringState state = IceGatheringState::kNew;
};

// W3C RTCIceTransportState. kClosed comes last and exactly once, after Close().
struct StateChanged {
  IceConnectionState state = IceConnectionState::kNew;
};

// The pair that data is sent on. `remote` may be peer-reflexive.
struct SelectedPairChanged {
  Candidate local{};
  Candidate remote{};
};

// W3C icecandidateerror: a candidate that could not be gathered. Gathering goes on.
struct CandidateError {
  std::string address{};  // Local address tried; empty: not known.
  uint16_t port = 0;      // Local port; 0: not known.
  std::string url{};      // The STUN or TURN server; empty for host candidates.
  int error_code = 0;     // STUN error code; 701 when no server answered or none is involved.
  std::string error_text{};
};

using Event = std::variant<CandidateGathered, GatheringStateChanged, StateChanged,
                           SelectedPairChanged, CandidateError>;

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ICE_EVENTS_H_
