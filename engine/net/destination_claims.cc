#include "engine/net/destination_claims.h"

#include <utility>

namespace pcd::net {

DestinationClaim::DestinationClaim(DestinationClaim&& other) noexcept
    : claims_(std::exchange(other.claims_, nullptr)), addresses_(std::move(other.addresses_)) {}

DestinationClaim& DestinationClaim::operator=(DestinationClaim&& other) noexcept {
  if (this == &other) return *this;
  Release();
  claims_ = std::exchange(other.claims_, nullptr);
  addresses_ = std::move(other.addresses_);
  return *this;
}

void DestinationClaim::Release() {
  if (claims_ == nullptr) return;
  std::exchange(claims_, nullptr)->Release(addresses_);
}

std::optional<DestinationClaim> DestinationClaims::Claim(Owner owner,
                                                         std::vector<SocketAddress> addresses) {
  const std::lock_guard lock(mutex_);
  for (const SocketAddress& address : addresses) {
    const auto it = held_.find(address);
    if (it != held_.end() && it->second.owner != owner) return std::nullopt;
  }
  for (const SocketAddress& address : addresses) {
    Held& held = held_[address];
    held.owner = owner;
    ++held.count;
  }
  DestinationClaim claim;
  claim.claims_ = this;
  claim.addresses_ = std::move(addresses);
  return claim;
}

size_t DestinationClaims::size() const {
  const std::lock_guard lock(mutex_);
  return held_.size();
}

void DestinationClaims::Release(const std::vector<SocketAddress>& addresses) {
  const std::lock_guard lock(mutex_);
  for (const SocketAddress& address : addresses) {
    const auto it = held_.find(address);
    if (it != held_.end() && --it->second.count == 0) held_.erase(it);
  }
}

}  // namespace pcd::net
