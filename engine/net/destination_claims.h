// Which destinations somebody in this process sends to, so that two tracks never share one.
#ifndef ENGINE_NET_DESTINATION_CLAIMS_H_
#define ENGINE_NET_DESTINATION_CLAIMS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/base/socket_address.h"

namespace pcd::net {

class DestinationClaims;

// Holds the addresses of one claim until it is destroyed or released. Threading: one thread at
// a time.
class DestinationClaim {
 public:
  DestinationClaim() = default;  // Holds nothing.
  DestinationClaim(DestinationClaim&& other) noexcept;
  DestinationClaim& operator=(DestinationClaim&& other) noexcept;
  ~DestinationClaim() { Release(); }

  void Release();

 private:
  friend class DestinationClaims;
  DestinationClaims* claims_ = nullptr;
  std::vector<SocketAddress> addresses_;
};

// Threading: any thread; its mutex is held for one look-up. It outlives every claim.
class DestinationClaims {
 public:
  // Who claims: the same owner may claim an address again, as when one of two moves.
  using Owner = const void*;

  // All of `addresses` or, when another owner holds one of them, none: nullopt.
  std::optional<DestinationClaim> Claim(Owner owner, std::vector<SocketAddress> addresses);
  size_t size() const;

 private:
  friend class DestinationClaim;
  struct Held {
    Owner owner = nullptr;
    size_t count = 0;
  };
  void Release(const std::vector<SocketAddress>& addresses);

  mutable std::mutex mutex_;
  std::map<SocketAddress, Held> held_;  // Guarded by mutex_.
};

}  // namespace pcd::net

#endif  // ENGINE_NET_DESTINATION_CLAIMS_H_
