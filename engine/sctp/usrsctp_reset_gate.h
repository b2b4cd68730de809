// Keeps a peer's stream reset from usrsctp until the data it follows has been acknowledged.
#ifndef ENGINE_SCTP_USRSCTP_RESET_GATE_H_
#define ENGINE_SCTP_USRSCTP_RESET_GATE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::sctp {

// A reset request (RFC 6525 section 4.1) names the last TSN before it. When that TSN is still
// missing, usrsctp answers "in progress" and looks at the request again only when one more
// DATA chunk comes in after the gap has closed. If none does, it says "in progress" to every
// repetition of the request, and a peer that repeats it unchanged (usrsctp does) gives the
// whole association up. So such a request waits here; a later copy replaces it.
//
// The packets are whatever a peer sends. Threading: one loop.
class UsrsctpResetGate {
 public:
  // Sees each packet that leaves: a SACK tells how far the peer's data has come.
  void OnOutput(ByteSpan packet);

  // Sees each packet that arrives. nullopt: it may pass. Otherwise it is kept, and what to
  // give to usrsctp instead is returned: the same without the reset, empty when nothing else
  // was in it. Its checksum is not right.
  std::optional<std::vector<uint8_t>> OnInput(ByteSpan packet);

  // The packet kept, as soon as it may pass.
  std::optional<std::vector<uint8_t>> TakeReleased();

 private:
  bool MayPass(uint32_t last_tsn) const;

  std::optional<uint32_t> acknowledged_;  // Cumulative TSN; absent until the handshake is seen.
  std::vector<uint8_t> kept_;
  uint32_t kept_last_tsn_ = 0;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_RESET_GATE_H_
