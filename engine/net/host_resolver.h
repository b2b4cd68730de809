// Addresses of host names, without blocking a loop.
#ifndef ENGINE_NET_HOST_RESOLVER_H_
#define ENGINE_NET_HOST_RESOLVER_H_

#include <absl/functional/any_invocable.h>

#include <string>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/net/loop.h"

namespace pcd::net {

// Threading: Resolve on the loop it is given; several loops at a time.
class HostResolver {
 public:
  // In order of preference; empty: the name has none, or could not be resolved.
  using Callback = absl::AnyInvocable<void(const std::vector<IpAddress>& addresses)>;

  virtual ~HostResolver() = default;
  // `callback` is posted to `loop`, which outlives this.
  virtual void Resolve(Loop& loop, const std::string& host, Callback callback) = 0;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_HOST_RESOLVER_H_
