// The candidates seen and the pairs used so far, with their counters, for statistics.
#ifndef ENGINE_ICE_PAIR_LOG_H_
#define ENGINE_ICE_PAIR_LOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/packet.h"
#include "engine/base/time.h"
#include "engine/ice/ice_stats.h"

namespace pcd::ice {

struct PairLogOptions {
  size_t max_pairs = Limits{}.max_candidate_pairs;
  // A lite end sees every check, and sends none.
  bool lite = false;
  // Whether CountDiscarded is told.
  bool counts_discards = false;
  // Whether CountConsentCheck and CountAnswer are told.
  bool counts_consent = false;
};

// A pair that comes up again keeps its id and counters. The oldest unselected pair beyond
// max_pairs is forgotten, and with it its candidates that nobody added. Threading: its
// transport's loop.
class PairLog {
 public:
  // Names a pair for as long as the log has it. 0: none.
  using PairNumber = uint32_t;

  explicit PairLog(const PairLogOptions& options = {}) : options_(options) {}

  // A pair that works and may never be selected. 0: there is no room beside the selected one.
  PairNumber Add(const Candidate& local, const Candidate& remote);
  // A lite end selects the first pair that works before any is nominated.
  void Select(const Candidate& local, const Candidate& remote, bool nominated = true);
  // The selected pair has been nominated by now.
  void SetNominated();

  // A candidate with the address of a known one (peer-reflexive before, signalled now) takes
  // its place and its id.
  void AddLocal(const Candidate& candidate, const std::string& url = {}) {
    AddCandidate(candidate, false, url);
  }
  void AddRemote(const Candidate& candidate) { AddCandidate(candidate, true, {}); }

  // On the selected pair.
  void CountSent(size_t packets, size_t bytes, int64_t unix_micros);
  void CountDiscarded(size_t packets, size_t bytes);
  void CountConsentCheck();
  void CountAnswer(Duration round_trip);
  void CountReceived(std::span<const PacketPtr> packets, int64_t unix_micros) {
    CountReceivedOn(selected(), packets, unix_micros);
  }
  // On any; one that is not in the log counts in total alone.
  void CountReceived(PairNumber number, std::span<const PacketPtr> packets, int64_t unix_micros) {
    CountReceivedOn(Find(number), packets, unix_micros);
  }
  // Of a lite end: checks that came on the pair, and those that were answered.
  void AddChecks(PairNumber number, uint64_t requests, uint64_t responses);
  static std::string IdOf(PairNumber number) { return "P" + std::to_string(number); }

  // Sets counters, pairs and candidates.
  void Fill(Stats& stats) const;

 private:
  void AddCandidate(const Candidate& candidate, bool remote, const std::string& url);
  // The id of a candidate, which is added when it is not known (peer-reflexive).
  std::string IdOf(const Candidate& candidate, bool remote);
  struct Pair {
    PairNumber number = 0;
    bool was_selected = false;
    CandidatePairStats stats{};
  };
  std::vector<Pair>::iterator FindPair(const std::string& local_id, const std::string& remote_id);
  Pair NewPair(const std::string& local_id, const std::string& remote_id);
  // Takes the oldest out of the log when it is full.
  std::optional<Pair> MakeRoom();
  void ForgetCandidatesOf(const CandidatePairStats& pair);
  void ForgetUnused(const std::string& candidate_id);
  void CountReceivedOn(CandidatePairStats* pair, std::span<const PacketPtr> packets,
                       int64_t unix_micros);
  CandidatePairStats* selected() { return has_selected_ ? &pairs_.back().stats : nullptr; }
  CandidatePairStats* Find(PairNumber number);

  struct KnownCandidate {
    IceCandidateStats stats{};
    bool added = false;  // Gathered or signalled; else known by a pair alone.
  };

  const PairLogOptions options_;
  std::vector<KnownCandidate> candidates_;
  std::vector<Pair> pairs_;    // In order of their last selection, those never selected first.
  bool has_selected_ = false;  // It is the last one.
  PairNumber last_number_ = 0;
  uint32_t changes_ = 0;
  uint32_t local_count_ = 0, remote_count_ = 0;
  uint64_t packets_sent_ = 0, bytes_sent_ = 0, packets_received_ = 0, bytes_received_ = 0;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_PAIR_LOG_H_
