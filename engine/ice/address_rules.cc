#include "engine/ice/address_rules.h"

#include <algorithm>
#include <string_view>

#include "engine/base/status.h"

namespace pcd::ice {
namespace {

bool Matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool AnyMatches(const std::vector<std::string>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return Matches(pattern, name); });
}

}  // namespace

absl::StatusOr<std::vector<net::AddressRule>> AddressRules::ParseNetworks(
    std::span<const std::string> texts) {
  std::vector<net::AddressRule> networks;
  for (const std::string& text : texts) {
    PCD_ASSIGN_OR_RETURN(const net::AddressRule rule, net::AddressRule::Parse(text));
    if (rule.first_port != 1 || rule.last_port != 65535) {
      return InvalidArgument("\"" + text + "\" is not a network: it has ports");
    }
    networks.push_back(rule);
  }
  return networks;
}

bool AddressRules::Allow(const std::string& interface_name, const IpAddress& address) const {
  if (!interfaces.empty() && !AnyMatches(interfaces, interface_name)) return false;
  if (AnyMatches(excluded, interface_name)) return false;
  return networks.empty() || std::ranges::any_of(networks, [&](const net::AddressRule& network) {
           return network.Matches({address, 1});
         });
}

}  // namespace pcd::ice
