// An operator's choice among the machine's addresses.
#ifndef ENGINE_ICE_ADDRESS_RULES_H_
#define ENGINE_ICE_ADDRESS_RULES_H_

#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/net/address_policy.h"

namespace pcd::ice {

// An address is used when its interface is one of `interfaces` (none: any), none of `excluded`, and
// it is in one of `networks` (none: any). A name that ends in '*' stands for all that begin so.
// Threading: immutable value.
struct AddressRules {
  std::vector<std::string> interfaces{};
  std::vector<std::string> excluded{};
  std::vector<net::AddressRule> networks{};

  // "10.0.0.0/8" or "2001:db8::/32", without ports; INVALID_ARGUMENT for anything else.
  static absl::StatusOr<std::vector<net::AddressRule>> ParseNetworks(
      std::span<const std::string> texts);

  bool empty() const { return interfaces.empty() && excluded.empty() && networks.empty(); }
  bool Allow(const std::string& interface_name, const IpAddress& address) const;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_ADDRESS_RULES_H_
