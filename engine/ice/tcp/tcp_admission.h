// Which TCP connections may stay, and for how long: those that have proved nothing cost little.
//
//   if (auto victim = admission.HandleAccepted(id, address, now)) close(*victim);
//   admission.HandleFrame(id, now);                    // its first whole frame
//   bool stays = admission.HandleProof(id);            // its first valid connectivity check
//   admission.HandleClosed(id);                        // whatever closed it
//   while (auto late = admission.PollExpired(now)) close(*late);
#ifndef ENGINE_ICE_TCP_TCP_ADMISSION_H_
#define ENGINE_ICE_TCP_TCP_ADMISSION_H_

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"

namespace pcd::ice {

// Rules it keeps:
// - A connection is unproven until a connectivity check with the right password came on it. It has
//   kFirstFrameWithin for its first whole frame and kProofWithin from then on.
// - At most kMaxUnproven of these, and kMaxUnprovenFromOne from one address: the one that waits
//   longest makes room for the next, since a peer that means it sends its check at once. So
//   silent connections, however many, keep nobody out who is faster than they are replaced.
// - At most kMaxProven of the others, whose number the caller limits by what they prove.
// - Those who share an IPv6 network of 64 bits are one, as they may be one machine.
// Threading: its loop.
class TcpAdmission {
 public:
  using Id = uint32_t;
  static constexpr Duration kFirstFrameWithin = std::chrono::seconds(5);
  static constexpr Duration kProofWithin = std::chrono::seconds(5);
  static constexpr size_t kMaxUnproven = 256;
  static constexpr size_t kMaxUnprovenFromOne = 64;
  static constexpr size_t kMaxProven = 4096;

  // `id` is new. Returns one that is to be closed for it and is forgotten already.
  std::optional<Id> HandleAccepted(Id id, const IpAddress& remote, Timestamp now);
  // Without effect after the first.
  void HandleFrame(Id id, Timestamp now);
  // False: there is no room, it is to be closed. Further proofs of one that has stayed: true.
  bool HandleProof(Id id);
  // Without effect for one that is not known.
  void HandleClosed(Id id);
  // One whose time is over, which is forgotten.
  std::optional<Id> PollExpired(Timestamp now);
  Timestamp NextDeadline() const;

  size_t unproven() const { return unproven_.size(); }
  size_t proven() const { return proven_.size(); }

 private:
  struct Waiting {
    Id id = 0;
    SocketAddress from{};  // Port 0; of IPv6 the network.
    Timestamp deadline{};
  };
  using Queue = std::list<Waiting>;  // In order of their deadlines.
  struct Position {
    Queue* queue = nullptr;
    Queue::iterator at{};
  };

  void Forget(Id id);
  Id Evict(const Queue::const_iterator& victim);
  Id EvictOneFrom(const SocketAddress& from);
  Id EvictOldest();

  Queue silent_, heard_;
  absl::flat_hash_map<Id, Position> unproven_;
  absl::flat_hash_map<SocketAddress, size_t, std::hash<SocketAddress>> from_;  // Of the unproven.
  absl::flat_hash_set<Id> proven_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_TCP_TCP_ADMISSION_H_
