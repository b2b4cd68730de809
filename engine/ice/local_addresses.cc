#include "engine/ice/local_addresses.h"

#include "engine/net/interfaces.h"

namespace pcd::ice {

absl::StatusOr<std::vector<IpAddress>> LocalAddresses(const Config& config) {
  if (!config.addresses.empty()) return config.addresses;
  const auto all = net::EnumerateInterfaces();
  if (!all.ok()) return all.status();
  std::vector<IpAddress> result;
  for (const auto& entry : net::FilterInterfaces(*all, {.loopback = config.allow_loopback})) {
    if (config.address_filter && !config.address_filter(entry.name, entry.ip)) continue;
    result.push_back(entry.ip);
  }
  return result;
}

}  // namespace pcd::ice
