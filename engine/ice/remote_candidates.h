// The peer's candidates of one generation: which of them are of use, and when.
#ifndef ENGINE_ICE_REMOTE_CANDIDATES_H_
#define ENGINE_ICE_REMOTE_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/ice.h"

namespace pcd::ice {

// Threading: one thread.
class RemoteCandidates {
 public:
  explicit RemoteCandidates(size_t max_candidates) : max_candidates_(max_candidates) {}

  // Keeps a candidate that precedes the remote parameters; afterwards accepts or ignores it.
  // Returns true when it was accepted now: it is then accepted().back().
  bool Add(const Candidate& candidate);

  // The remote parameters are known: accepts what was kept and belongs to this ufrag.
  void SetUfrag(const std::string& ufrag);

  // Usable and of the current generation, each address once, in order of arrival.
  const std::vector<Candidate>& accepted() const { return accepted_; }
  uint64_t ignored() const { return ignored_; }    // mDNS, TCP, component 2, other generation.
  uint64_t over_cap() const { return over_cap_; }  // Beyond max_candidates.

 private:
  bool Accept(const Candidate& candidate);

  size_t max_candidates_;
  std::string ufrag_;
  std::vector<Candidate> early_;
  std::vector<Candidate> accepted_;
  uint64_t ignored_ = 0;
  uint64_t over_cap_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_REMOTE_CANDIDATES_H_
