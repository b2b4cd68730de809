#include "engine/ice/answering/check_reply.h"

#include "engine/ice/stun_writer.h"

namespace pcd::ice {

size_t WriteCheckReply(const stun::Message& request, const CheckReply& reply, MutableByteSpan out) {
  const bool ok = reply.error == 0;
  stun::Writer writer(out, ok ? stun::Class::kSuccess : stun::Class::kError,
                      request.transaction_id);
  if (ok) {
    writer.AddXorMappedAddress(reply.mapped);
  } else {
    writer.AddErrorCode(reply.error);
  }
  if (reply.error == stun::kUnknownAttribute) writer.AddUnknownAttributes(request.unknown_types());
  if (!reply.password.empty()) writer.AddIntegrity(reply.password);
  writer.AddFingerprint();
  return writer.size();
}

}  // namespace pcd::ice
