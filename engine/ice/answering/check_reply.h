// The answer to a connectivity check.
#ifndef ENGINE_ICE_ANSWERING_CHECK_REPLY_H_
#define ENGINE_ICE_ANSWERING_CHECK_REPLY_H_

#include <cstddef>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/ice/stun_message.h"

namespace pcd::ice {

struct CheckReply {
  int error = 0;                // A STUN error code; 0: success, with `mapped`.
  std::string_view password{};  // Empty: without MESSAGE-INTEGRITY, as for who proved nothing.
  SocketAddress mapped{};
};

// Returns the size of the message; 0: it did not fit. Allocates nothing.
size_t WriteCheckReply(const stun::Message& request, const CheckReply& reply, MutableByteSpan out);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ANSWERING_CHECK_REPLY_H_
