// Answers to connectivity checks that need no agent.
#ifndef ENGINE_ICE_ANSWERING_CHECK_RESPONDER_H_
#define ENGINE_ICE_ANSWERING_CHECK_RESPONDER_H_

#include <cstddef>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/ice/answering/answering.h"
#include "engine/model/ice.h"

namespace pcd::ice {

struct CheckAnswer {
  // 0: there is none, because it is no check, or because who proved nothing would get more than it
  // sent.
  size_t size = 0;
  bool accepted = false;  // Who sent it knows our password: data may come from there.
};

// Writes the answer to a check, whatever role it claims (see Answering). Allocates nothing.
CheckAnswer AnswerCheck(ByteSpan datagram, const SocketAddress& from, const IceParameters& local,
                        Answering answering, MutableByteSpan out);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ANSWERING_CHECK_RESPONDER_H_
