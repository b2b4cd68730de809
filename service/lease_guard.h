// Leases are not built. A caller that sends a lease's token believes itself fenced by it, so its
// call is refused instead of being carried out without the fence.
#ifndef SERVICE_LEASE_GUARD_H_
#define SERVICE_LEASE_GUARD_H_

#include <absl/status/status.h>
#include <grpcpp/server_context.h>

#include "service/field_guard.h"

namespace pcd::service {

inline constexpr char kLeaseTokenKey[] = "peerconnection-lease-token";

// FIELD_NOT_IMPLEMENTED, naming the key, when the call's metadata has it. Threading: as the
// context; before the method returns.
inline absl::Status CheckLeaseToken(const grpc::CallbackServerContext& context) {
  return context.client_metadata().count(kLeaseTokenKey) == 0 ? absl::OkStatus()
                                                              : FieldNotImplemented(kLeaseTokenKey);
}

}  // namespace pcd::service

#endif  // SERVICE_LEASE_GUARD_H_
