#include "engine/net/system_host_resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace pcd::net {
namespace {

std::vector<IpAddress> AskSystem(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  std::vector<IpAddress> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (addresses.size() >= SystemHostResolver::kMaxAddresses) break;
    if (entry->ai_family == AF_INET) {
      sockaddr_in v4;
      std::array<uint8_t, 4> bytes;
      std::memcpy(&v4, entry->ai_addr, sizeof(v4));
      std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
      addresses.push_back(IpAddress::V4(bytes));
    } else if (entry->ai_family == AF_INET6) {
      sockaddr_in6 v6;
      std::array<uint8_t, 16> bytes;
      std::memcpy(&v6, entry->ai_addr, sizeof(v6));
      std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
      addresses.push_back(IpAddress::V6(bytes));
    }
  }
  return addresses;
}

}  // namespace

SystemHostResolver::SystemHostResolver() : SystemHostResolver(&AskSystem, Options()) {}

SystemHostResolver::SystemHostResolver(Lookup lookup, const Options& options)
    : lookup_(std::move(lookup)), options_(options) {}

void SystemHostResolver::Resolve(Loop& loop, const std::string& host, Callback callback) {
  Waiter waiter{&loop, std::move(callback)};
  std::vector<IpAddress> addresses;
  bool ask = false;
  {
    const std::scoped_lock lock(mutex_);
    const Timestamp now = loop.Now();
    const auto known = names_.find(host);
    if (known != names_.end() && IsGood(known->second, now)) {
      addresses = known->second.addresses;
    } else if (known != names_.end() || MakeRoom(now)) {
      Name& name = names_[host];
      name.waiters.push_back(std::exchange(waiter, {}));
      ask = !std::exchange(name.asking, true);
      if (ask) name.asked = now;
    }
  }
  if (waiter.loop != nullptr) Post(std::move(waiter), std::move(addresses));
  if (ask) Ask(host);
}

void SystemHostResolver::Ask(const std::string& host) {
  const bool queued = workers_.Run([this, host] { Answer(host, lookup_(host)); });
  if (!queued) Answer(host, {});
}

void SystemHostResolver::Answer(const std::string& host, std::vector<IpAddress> addresses) {
  std::vector<Waiter> waiters;
  {
    const std::scoped_lock lock(mutex_);
    Name& name = names_[host];
    name.asking = false;
    name.addresses = addresses;
    waiters = std::exchange(name.waiters, {});
  }
  for (Waiter& waiter : waiters) Post(std::move(waiter), addresses);
}

void SystemHostResolver::Post(Waiter waiter, std::vector<IpAddress> addresses) {
  waiter.loop->Post([callback = std::move(waiter.callback),
                     addresses = std::move(addresses)]() mutable { callback(addresses); });
}

bool SystemHostResolver::IsGood(const Name& name, Timestamp now) const {
  const Duration keep = name.addresses.empty() ? options_.keep_none : options_.keep;
  return !name.asking && now < name.asked + keep;
}

bool SystemHostResolver::MakeRoom(Timestamp now) {
  if (names_.size() < kMaxNames) return true;
  std::erase_if(names_, [&](const auto& entry) {
    return !entry.second.asking && !IsGood(entry.second, now);
  });
  if (names_.size() < kMaxNames) return true;
  const auto kept = std::ranges::find_if(names_, [](const auto& e) { return !e.second.asking; });
  if (kept == names_.end()) return false;
  names_.erase(kept);
  return true;
}

}  // namespace pcd::net
