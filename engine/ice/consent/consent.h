// Consent to send (RFC 7675), as a full ICE end has it: the peer's answers to our checks.
#ifndef ENGINE_ICE_CONSENT_CONSENT_H_
#define ENGINE_ICE_CONSENT_CONSENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/ice/stun_attributes.h"

namespace pcd::ice {

// What a message of a TURN server brings from a peer: the data of a ChannelData message or of a
// Data indication (RFC 8656 sections 12.4 and 11.6). Empty: nothing.
ByteSpan RelayedData(ByteSpan message);

// True for what could be an answer to a check, by its first bytes.
bool LooksLikeAnswer(ByteSpan datagram);

// What a check of ours says (RFC 8445 section 7.2.2).
struct ConsentCheck {
  std::string_view remote_ufrag{}, local_ufrag{};
  uint32_t priority = 0;
  bool controlling = false;
  uint64_t tie_breaker = 0;
};

// Data and checks of the peer are no consent: they arrive also where nothing of ours does. Only
// who knows the peer's password can answer, and an answer counts once, when it is to one of the
// last kAwaited checks. Threading: its owner's.
class Consent {
 public:
  static constexpr size_t kAwaited = 8;
  static constexpr size_t kMaxCheckSize = 640;  // With user name fragments of 256 characters.
  using TransactionId = std::array<uint8_t, stun::kTransactionIdSize>;

  // Of the peer's parameters: what checks and answers are made with.
  void SetPassword(std::string remote) { password_ = std::move(remote); }

  // A check that goes out now, of this many bytes; `id` is random. 0: it does not fit.
  size_t WriteCheck(const ConsentCheck& check, const TransactionId& id, Timestamp now,
                    MutableByteSpan out);

  // How long the answer took; nullopt: it does not renew the consent. `message` is what came from
  // the peer, without a relay's framing.
  std::optional<Duration> OnMessage(ByteSpan message, Timestamp now);

  // Answers to what was sent so far do not count: it went another way.
  void Forget() { sent_ = {}; }

 private:
  struct Sent {
    TransactionId id{};
    Timestamp at{};
  };

  std::string password_;
  std::array<std::optional<Sent>, kAwaited> sent_{};
  size_t next_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_CONSENT_CONSENT_H_
