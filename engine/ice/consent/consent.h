// Consent to send (RFC 7675), as a full ICE end has it: the peer's answers to our checks.
#ifndef ENGINE_ICE_CONSENT_CONSENT_H_
#define ENGINE_ICE_CONSENT_CONSENT_H_

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/ice/stun_attributes.h"

namespace pcd::ice {

// What a message of a TURN server brings from a peer: the data of a ChannelData message or of a
// Data indication (RFC 8656 sections 12.4 and 11.6). Empty: nothing.
ByteSpan RelayedData(ByteSpan message);

// True for what could be an answer to a check, by its first bytes.
bool LooksLikeAnswer(ByteSpan datagram);

// Data and checks of the peer are no consent: they arrive also where nothing of ours does. Only
// who knows the peer's password can answer. Our checks are libnice's, so what they asked is not
// known here; an answer counts when it is not among the last kRemembered ones. Threading: its
// owner's.
class Consent {
 public:
  static constexpr size_t kRemembered = 16;

  void SetPassword(std::string remote) { password_ = std::move(remote); }

  // True: it renews the consent. `message` is what came from the peer, without a relay's framing.
  bool OnMessage(ByteSpan message);

 private:
  using TransactionId = std::array<uint8_t, stun::kTransactionIdSize>;

  std::string password_;
  std::array<TransactionId, kRemembered> seen_{};
  size_t next_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_CONSENT_CONSENT_H_
