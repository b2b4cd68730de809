// What a transport tells its owner, as values taken with Transport::PollEvent. What ICE says
// passes through unchanged, so that nobody has to poll two queues.
#ifndef ENGINE_TRANSPORT_TRANSPORT_EVENTS_H_
#define ENGINE_TRANSPORT_TRANSPORT_EVENTS_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/ice/ice_events.h"
#include "engine/model/enums.h"
#include "engine/model/session.h"

namespace pcd::transport {

// W3C RTCDtlsTransportState. kConnected means: handshake done and fingerprint verified. `reason`
// is for people; it and `failure` are set for kFailed only.
struct DtlsStateChanged {
  DtlsState state = DtlsState::kNew;
  std::string reason{};
  DtlsFailure failure{};
};

// The peer has begun a new DTLS association and it is connected; comes before DtlsStateChanged.
// Keys have changed. What SCTP had on the old one is lost.
struct AssociationReplaced {};

// One packet for SCTP, from one DTLS record.
struct DataReceived {
  std::vector<uint8_t> data{};
};

// Whether media and data can be sent: DTLS connected and ICE writable. Starts as false.
struct WritableChanged {
  bool writable = false;
};

using Event = std::variant<ice::CandidateGathered, ice::GatheringStateChanged, ice::StateChanged,
                           ice::SelectedPairChanged, ice::CandidateError, AssociationReplaced,
                           DtlsStateChanged, DataReceived, WritableChanged>;

}  // namespace pcd::transport

#endif  // ENGINE_TRANSPORT_TRANSPORT_EVENTS_H_
