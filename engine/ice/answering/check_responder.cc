#include "engine/ice/answering/check_responder.h"

#include <optional>
#include <string_view>

#include "engine/ice/answering/check_reply.h"
#include "engine/ice/stun_attributes.h"
#include "engine/ice/stun_message.h"

namespace pcd::ice {
namespace {

// RFC 8489 section 9.1.3; 0: it is authenticated.
int Authenticate(const stun::Message& request, const IceParameters& local, Answering answering) {
  if (request.username.empty() || request.integrity_offset == 0) return stun::kBadRequest;
  const size_t colon = request.username.find(':');
  const bool named = colon != std::string_view::npos && answering != Answering::kRefused &&
                     request.username.substr(0, colon) == local.ufrag;
  return named && request.VerifyIntegrity(local.pwd) ? 0 : stun::kUnauthorized;
}

}  // namespace

CheckAnswer AnswerCheck(ByteSpan datagram, const SocketAddress& from, const IceParameters& local,
                        Answering answering, MutableByteSpan out) {
  const std::optional<stun::Message> request = stun::Parse(datagram);
  if (!request || request->method != stun::kBinding ||
      request->message_class != stun::Class::kRequest) {
    return {};
  }
  CheckReply reply{.error = Authenticate(*request, local, answering), .mapped = from};
  if (reply.error == 0) {
    reply.password = local.pwd;
    if (request->unknown_count > 0) reply.error = stun::kUnknownAttribute;
  }
  const size_t size = WriteCheckReply(*request, reply, out);
  if (reply.error != 0) return {.size = size > datagram.size() ? 0 : size};
  return {.size = size, .accepted = true};
}

}  // namespace pcd::ice
