#include "engine/net/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "engine/net/system_error.h"

namespace pcd::net {
namespace {

std::optional<IpAddress> ToIp(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    std::array<uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return IpAddress::V4(bytes);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof(v6));
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return IpAddress::V6(bytes);
  }
  return std::nullopt;
}

int CountBits(const sockaddr* netmask) {
  const auto mask = ToIp(netmask);
  if (!mask) return 0;
  int bits = 0;
  for (uint8_t byte : mask->bytes()) bits += std::popcount(byte);
  return bits;
}

bool Usable(const InterfaceAddress& address, const InterfaceFilter& filter) {
  const IpAddress& ip = address.ip;
  if (!address.up || ip.IsUnspecified() || ip.IsMulticast()) return false;
  if ((address.loopback || ip.IsLoopback()) && !filter.loopback) return false;
  if (ip.is_v6() ? !filter.ipv6 || ip.IsLinkLocal() : !filter.ipv4) return false;
  return std::none_of(filter.excluded_name_prefixes.begin(), filter.excluded_name_prefixes.end(),
                      [&](const std::string& prefix) { return address.name.starts_with(prefix); });
}

}  // namespace

absl::StatusOr<std::vector<InterfaceAddress>> EnumerateInterfaces() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return SystemError("getifaddrs", errno);
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  std::vector<InterfaceAddress> addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto ip = ToIp(entry->ifa_addr);
    if (!ip) continue;
    constexpr unsigned kUp = IFF_UP | IFF_RUNNING;
    addresses.push_back({.name = entry->ifa_name,
                         .index = if_nametoindex(entry->ifa_name),
                         .ip = *ip,
                         .prefix_length = CountBits(entry->ifa_netmask),
                         .up = (entry->ifa_flags & kUp) == kUp,
                         .loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0,
                         .point_to_point = (entry->ifa_flags & IFF_POINTOPOINT) != 0});
  }
  return addresses;
}

std::vector<InterfaceAddress> FilterInterfaces(const std::vector<InterfaceAddress>& all,
                                               const InterfaceFilter& filter) {
  std::vector<InterfaceAddress> usable;
  for (const InterfaceAddress& address : all) {
    const bool seen = std::any_of(usable.begin(), usable.end(),
                                  [&](const auto& other) { return other.ip == address.ip; });
    if (!seen && Usable(address, filter)) usable.push_back(address);
  }
  return usable;
}

}  // namespace pcd::net
