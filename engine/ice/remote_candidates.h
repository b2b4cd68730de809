// The peer's candidates of one generation: which of them are of use, and when.
#ifndef ENGINE_ICE_REMOTE_CANDIDATES_H_
#define ENGINE_ICE_REMOTE_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/socket_address.h"
#include "engine/model/ice.h"

namespace pcd::ice {

// What a peer signals must not make us send to places that only this machine or its link can
// reach (docs/adr/0005): loopback and link-local addresses are accepted only where one of our own
// candidates is of the same kind. Threading: one thread.
class RemoteCandidates {
 public:
  explicit RemoteCandidates(size_t max_candidates) : max_candidates_(max_candidates) {}

  // The addresses of our own candidates; none unless called. Counts for what is accepted
  // afterwards: call it before SetUfrag.
  void SetLocalAddresses(std::span<const IpAddress> addresses);

  // For who never sends to a signalled address: none is refused for its kind.
  void AcceptEveryAddress() { every_address_ = true; }

  // Keeps a candidate that precedes the remote parameters; afterwards accepts or ignores it.
  // Returns true when it was accepted now: it is then accepted().back().
  bool Add(const Candidate& candidate);

  // The remote parameters are known: accepts what was kept and belongs to this ufrag.
  void SetUfrag(const std::string& ufrag);

  // Usable and of the current generation, each address once, in order of arrival.
  const std::vector<Candidate>& accepted() const { return accepted_; }
  // mDNS, TCP, component 2, an address not to send to, another generation.
  uint64_t ignored() const { return ignored_; }
  uint64_t over_cap() const { return over_cap_; }  // Beyond max_candidates.

 private:
  bool Accept(const Candidate& candidate);
  bool MayBeReached(const IpAddress& ip) const;

  size_t max_candidates_;
  std::vector<IpAddress> local_;
  bool every_address_ = false;
  std::string ufrag_;
  std::vector<Candidate> early_;
  std::vector<Candidate> accepted_;
  uint64_t ignored_ = 0;
  uint64_t over_cap_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_REMOTE_CANDIDATES_H_
