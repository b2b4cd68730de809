// What a DTLS transport tells its owner, as values taken with DtlsTransport::PollEvent.
#ifndef ENGINE_DTLS_DTLS_EVENTS_H_
#define ENGINE_DTLS_DTLS_EVENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/model/enums.h"
#include "engine/model/session.h"

namespace pcd::dtls {

// Master key and salt of one direction (RFC 5764 section 4.2). Secret: never logged, and
// overwritten when destroyed.
struct SrtpMasterKey {
  ~SrtpMasterKey();
  std::vector<uint8_t> key{};
  std::vector<uint8_t> salt{};
};

struct SrtpKeyingMaterial {
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  SrtpMasterKey local{};   // Protects what we send.
  SrtpMasterKey remote{};  // Protects what the peer sends.
};

// The handshake is complete and the peer's certificate matches its fingerprint. Comes once,
// directly before StateChanged{kConnected}. `srtp` is empty when the peer negotiated no SRTP
// profile (data only).
struct Connected {
  std::optional<SrtpKeyingMaterial> srtp{};
};

// W3C RTCDtlsTransportState. kClosed and kFailed are final. `reason` is for people; it and
// `failure` are set for kFailed only.
struct StateChanged {
  DtlsState state = DtlsState::kNew;
  std::string reason{};
  DtlsFailure failure{};
};

// One application data record: for WebRTC one SCTP packet (RFC 8261). Only after Connected.
struct DataReceived {
  std::vector<uint8_t> data{};
};

using Event = std::variant<Connected, StateChanged, DataReceived>;

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_DTLS_EVENTS_H_
