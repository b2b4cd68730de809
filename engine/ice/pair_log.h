// The candidates seen and the pairs selected so far, with their counters, for statistics.
#ifndef ENGINE_ICE_PAIR_LOG_H_
#define ENGINE_ICE_PAIR_LOG_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/packet.h"
#include "engine/ice/ice_stats.h"

namespace pcd::ice {

// Threading: its transport's loop.
class PairLog {
 public:
  // A pair selected again keeps its id and counters. The oldest unselected pair beyond
  // kMaxPairs is forgotten. A lite end selects the first pair that works before any is nominated.
  static constexpr size_t kMaxPairs = 32;
  void Select(const Candidate& local, const Candidate& remote, bool nominated = true);
  // The selected pair has been nominated by now.
  void SetNominated();

  // A candidate with the address of a known one (peer-reflexive before, signalled now) takes
  // its place and its id.
  void AddLocal(const Candidate& candidate, const std::string& url = {}) {
    AddCandidate(candidate, false, url);
  }
  void AddRemote(const Candidate& candidate) { AddCandidate(candidate, true, {}); }

  void CountSent(size_t packets, size_t bytes, int64_t unix_micros);
  void CountReceived(std::span<const PacketPtr> packets, int64_t unix_micros);

  // Sets counters, pairs and candidates.
  void Fill(Stats& stats) const;

 private:
  void AddCandidate(const Candidate& candidate, bool remote, const std::string& url);
  // The id of a candidate, which is added when it is not known (peer-reflexive).
  std::string IdOf(const Candidate& candidate, bool remote);
  CandidatePairStats* selected() { return pairs_.empty() ? nullptr : &pairs_.back(); }

  std::vector<IceCandidateStats> candidates_;
  std::vector<CandidatePairStats> pairs_;  // The selected one last.
  uint32_t changes_ = 0;
  uint32_t local_count_ = 0, remote_count_ = 0;
  uint64_t packets_sent_ = 0, bytes_sent_ = 0, packets_received_ = 0, bytes_received_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_PAIR_LOG_H_
