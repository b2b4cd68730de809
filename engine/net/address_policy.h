// Where this process may send on a caller's behalf. One list of allow rules; what no rule
// allows is refused.
#ifndef ENGINE_NET_ADDRESS_POLICY_H_
#define ENGINE_NET_ADDRESS_POLICY_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/socket_address.h"

namespace pcd::net {

// A network and a range of ports.
struct AddressRule {
  IpAddress network{};     // Bits beyond the prefix are zero.
  int prefix_length = 32;  // 0..32 for IPv4, 0..128 for IPv6.
  uint16_t first_port = 1;
  uint16_t last_port = 65535;  // Inclusive.

  // "10.0.0.0/8:5000-6000", "10.0.0.0/8:5000", "10.0.0.0/8", "10.1.2.3:5000", "10.1.2.3".
  // IPv6 with ports in brackets: "[fd00::/8]:5000-6000"; without: "fd00::/8". A missing
  // prefix means this one address, missing ports mean all. IPv4-mapped networks become IPv4.
  // INVALID_ARGUMENT names the part at fault.
  static absl::StatusOr<AddressRule> Parse(std::string_view text);

  bool Matches(const SocketAddress& address) const;
  std::string ToString() const;  // In the form that Parse reads.
  friend bool operator==(const AddressRule&, const AddressRule&) = default;
};

// Threading: immutable value.
class AddressPolicy {
 public:
  // Loopback only, all ports: 127.0.0.0/8 and ::1.
  AddressPolicy();
  // These rules and no others; an empty list refuses everything.
  explicit AddressPolicy(std::vector<AddressRule> rules);
  // Refuses only what can never be a destination.
  static AddressPolicy AllowAll();
  // One rule per element, in AddressRule's text form; the error names the element.
  static absl::StatusOr<AddressPolicy> Parse(std::span<const std::string> rules);

  // PermissionDenied with SINK_DESTINATION_DENIED unless a rule allows `destination`. Port 0
  // and unspecified (Linux sends those to itself), multicast and broadcast addresses are
  // refused whatever the rules say.
  absl::Status Check(const SocketAddress& destination) const;

  const std::vector<AddressRule>& rules() const { return rules_; }

 private:
  std::vector<AddressRule> rules_;
};

}  // namespace pcd::net

#endif  // ENGINE_NET_ADDRESS_POLICY_H_
