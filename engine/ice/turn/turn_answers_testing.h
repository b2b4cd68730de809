// What a STUN and TURN server of a test answers (RFC 8656), a core.
#ifndef ENGINE_ICE_TURN_TURN_ANSWERS_TESTING_H_
#define ENGINE_ICE_TURN_TURN_ANSWERS_TESTING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/ice/stun_message.h"

namespace pcd::ice {

// Binding is answered at once, everything else with 401, realm and nonce first, and then only when
// it is signed with the long-term credential "user", "secret". It has one address to give and
// relays nothing. Threading: one thread.
class TurnAnswers {
 public:
  explicit TurnAnswers(const SocketAddress& relayed) : relayed_(relayed) {}

  // Empty: none.
  std::vector<uint8_t> Answer(ByteSpan request, const SocketAddress& source);

  static bool GivesAnAddress(ByteSpan answer);

  const SocketAddress& client() const { return client_; }  // Who asked last.
  int refused() const { return refused_; }                 // Answers with 401.
  int refreshes() const { return refreshes_; }             // That were signed.

  // What it says the world sees of a client; unset: what it sees itself.
  std::optional<SocketAddress> mapped{};

 private:
  std::vector<uint8_t> AnswerBinding(ByteSpan request, const SocketAddress& source) const;
  std::vector<uint8_t> Refuse(const stun::Message& request);
  std::vector<uint8_t> Grant(const stun::Message& request, const SocketAddress& source);

  const SocketAddress relayed_;
  SocketAddress client_{};
  int refused_ = 0;
  int refreshes_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TURN_TURN_ANSWERS_TESTING_H_
