// Which STUN and TURN servers may be asked on a caller's behalf.
#ifndef ENGINE_ICE_SERVER_POLICY_H_
#define ENGINE_ICE_SERVER_POLICY_H_

#include <absl/status/status.h>

#include <span>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/model/ice.h"
#include "engine/net/address_policy.h"

namespace pcd::ice {

// Threading: immutable value.
class ServerPolicy {
 public:
  // Everything but loopback and link-local addresses (169.254.0.0/16, fe80::/10), where only this
  // machine and its link can be: other services of it, or a cloud's metadata.
  ServerPolicy() = default;
  // What these rules allow and nothing else.
  explicit ServerPolicy(std::vector<net::AddressRule> rules);

  // The address of a server. Unspecified, multicast and broadcast addresses never are.
  bool Allows(const SocketAddress& server) const;

 private:
  bool only_rules_ = false;
  net::AddressPolicy rules_ = net::AddressPolicy::AllowAll();
};

// W3C webrtc 4.4.1.6, "set a configuration", for `servers`. Errors have a field such as
// "ice_servers[0].urls[1]": INVALID_ICE_SERVER (SyntaxError: malformed, no URL, or more than
// kMaxServerUrls in all; InvalidAccessError: a TURN server without user name and
// credential, or longer ones than STUN carries), or ICE_SERVER_DENIED for an address that `policy`
// refuses. Names are judged when they are resolved.
inline constexpr size_t kMaxServerUrls = 64;         // W3C webrtc 4.2.1: at least 32 servers.
inline constexpr size_t kMaxServerUsername = 508;    // Bytes, RFC 8489 section 14.3.
inline constexpr size_t kMaxServerCredential = 508;  // Bytes, of our own.
absl::Status CheckServers(std::span<const IceServer> servers, const ServerPolicy& policy);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SERVER_POLICY_H_
