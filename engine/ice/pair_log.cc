#include "engine/ice/pair_log.h"

#include <algorithm>
#include <utility>

namespace pcd::ice {
namespace {

// The same address and port may be there by UDP and by TCP.
bool Is(const IceCandidateStats& known, const Candidate& candidate, bool remote) {
  return known.remote == remote && known.candidate.port == candidate.port &&
         known.candidate.transport == candidate.transport &&
         known.candidate.address == candidate.address;
}

}  // namespace

void PairLog::AddCandidate(const Candidate& candidate, bool remote, const std::string& url) {
  const std::string id = IdOf(candidate, remote);
  for (KnownCandidate& known : candidates_) {
    if (known.stats.id != id) continue;
    known.stats.candidate = candidate;
    if (!std::exchange(known.added, true)) known.stats.url = url;
  }
}

std::string PairLog::IdOf(const Candidate& candidate, bool remote) {
  for (const KnownCandidate& known : candidates_) {
    if (Is(known.stats, candidate, remote)) return known.stats.id;
  }
  std::string id = remote ? "R" + std::to_string(++remote_count_)  //
                          : "L" + std::to_string(++local_count_);
  candidates_.reserve(candidates_.size() + 1);  // There are few, and they are large.
  candidates_.push_back({.stats = {.id = id, .remote = remote, .candidate = candidate}});
  return id;
}

std::vector<PairLog::Pair>::iterator PairLog::FindPair(const std::string& local_id,
                                                       const std::string& remote_id) {
  return std::ranges::find_if(pairs_, [&](const Pair& pair) {
    return pair.stats.local_candidate_id == local_id && pair.stats.remote_candidate_id == remote_id;
  });
}

CandidatePairStats* PairLog::Find(PairNumber number) {
  // From the selected one on, which most packets are of.
  const auto found = std::find_if(pairs_.rbegin(), pairs_.rend(),
                                  [number](const Pair& pair) { return pair.number == number; });
  return found != pairs_.rend() ? &found->stats : nullptr;
}

PairLog::Pair PairLog::NewPair(const std::string& local_id, const std::string& remote_id) {
  Pair pair{.number = ++last_number_,
            .stats = {.id = IdOf(last_number_),
                      .local_candidate_id = local_id,
                      .remote_candidate_id = remote_id,
                      .state = CandidatePairState::kSucceeded}};
  if (options_.lite) {
    pair.stats.requests_received = pair.stats.responses_sent = 0;
    pair.stats.requests_sent = pair.stats.responses_received = 0;
    pair.stats.consent_requests_sent = 0;
  }
  if (options_.counts_consent) {
    pair.stats.consent_requests_sent = pair.stats.responses_received = 0;
    pair.stats.total_round_trip_time = 0;
  }
  if (options_.counts_discards) {
    pair.stats.packets_discarded_on_send = pair.stats.bytes_discarded_on_send = 0;
  }
  return pair;
}

std::optional<PairLog::Pair> PairLog::MakeRoom() {
  if (pairs_.empty() || pairs_.size() < options_.max_pairs) return std::nullopt;
  Pair oldest = std::move(pairs_.front());
  pairs_.erase(pairs_.begin());
  if (pairs_.empty()) has_selected_ = false;
  return oldest;
}

void PairLog::ForgetCandidatesOf(const CandidatePairStats& pair) {
  ForgetUnused(pair.local_candidate_id);
  ForgetUnused(pair.remote_candidate_id);
}

void PairLog::ForgetUnused(const std::string& candidate_id) {
  const bool used = std::ranges::any_of(pairs_, [&](const Pair& pair) {
    return pair.stats.local_candidate_id == candidate_id ||
           pair.stats.remote_candidate_id == candidate_id;
  });
  if (used) return;
  std::erase_if(candidates_, [&](const KnownCandidate& known) {
    return !known.added && known.stats.id == candidate_id;
  });
}

PairLog::PairNumber PairLog::Add(const Candidate& local, const Candidate& remote) {
  const std::string local_id = IdOf(local, false);
  const std::string remote_id = IdOf(remote, true);
  const auto found = FindPair(local_id, remote_id);
  if (found != pairs_.end()) return found->number;
  Pair pair = NewPair(local_id, remote_id);
  if (has_selected_ && options_.max_pairs <= 1) {
    ForgetCandidatesOf(pair.stats);
    return 0;
  }
  const std::optional<Pair> forgotten = MakeRoom();
  // Before those that were selected: they stay longer.
  const auto selected_before = std::ranges::find_if(pairs_, &Pair::was_selected);
  pairs_.insert(selected_before, std::move(pair));
  if (forgotten) ForgetCandidatesOf(forgotten->stats);
  return last_number_;
}

void PairLog::Select(const Candidate& local, const Candidate& remote, bool nominated) {
  const std::string local_id = IdOf(local, false);
  const std::string remote_id = IdOf(remote, true);
  const auto found = FindPair(local_id, remote_id);
  if (has_selected_ && found != pairs_.end() && found + 1 == pairs_.end()) return;
  ++changes_;
  if (found != pairs_.end()) {
    std::rotate(found, found + 1, pairs_.end());
  } else {
    const std::optional<Pair> forgotten = MakeRoom();
    pairs_.push_back(NewPair(local_id, remote_id));
    if (forgotten) ForgetCandidatesOf(forgotten->stats);
  }
  has_selected_ = true;
  pairs_.back().was_selected = true;
  if (nominated) pairs_.back().stats.nominated = true;
}

void PairLog::SetNominated() {
  if (CandidatePairStats* pair = selected()) pair->nominated = true;
}

void PairLog::CountSent(size_t packets, size_t bytes, int64_t unix_micros) {
  packets_sent_ += packets;
  bytes_sent_ += bytes;
  if (CandidatePairStats* pair = selected()) {
    pair->packets_sent += packets;
    pair->bytes_sent += bytes;
    pair->last_packet_sent_us = unix_micros;
  }
}

void PairLog::CountDiscarded(size_t packets, size_t bytes) {
  CandidatePairStats* pair = selected();
  if (pair == nullptr || !options_.counts_discards) return;
  *pair->packets_discarded_on_send += packets;
  *pair->bytes_discarded_on_send += bytes;
}

void PairLog::CountConsentCheck() {
  CandidatePairStats* pair = selected();
  if (pair != nullptr && options_.counts_consent) ++*pair->consent_requests_sent;
}

void PairLog::CountAnswer(Duration round_trip) {
  CandidatePairStats* pair = selected();
  if (pair == nullptr || !options_.counts_consent) return;
  const double seconds = std::chrono::duration<double>(round_trip).count();
  ++*pair->responses_received;
  *pair->total_round_trip_time += seconds;
  pair->current_round_trip_time = seconds;
}

void PairLog::CountReceivedOn(CandidatePairStats* pair, std::span<const PacketPtr> packets,
                              int64_t unix_micros) {
  uint64_t bytes = 0;
  for (const PacketPtr& packet : packets) bytes += packet->size();
  packets_received_ += packets.size();
  bytes_received_ += bytes;
  if (pair == nullptr) return;
  pair->packets_received += packets.size();
  pair->bytes_received += bytes;
  pair->last_packet_received_us = unix_micros;
}

void PairLog::AddChecks(PairNumber number, uint64_t requests, uint64_t responses) {
  CandidatePairStats* pair = Find(number);
  if (pair == nullptr || !options_.lite) return;
  *pair->requests_received += requests;
  *pair->responses_sent += responses;
}

void PairLog::Fill(Stats& stats) const {
  stats.selected_pair_changes = changes_;
  stats.packets_sent = packets_sent_;
  stats.bytes_sent = bytes_sent_;
  stats.packets_received = packets_received_;
  stats.bytes_received = bytes_received_;
  for (const KnownCandidate& known : candidates_) stats.candidates.push_back(known.stats);
  for (const Pair& pair : pairs_) stats.pairs.push_back(pair.stats);
  if (has_selected_) stats.selected_pair_id = pairs_.back().stats.id;
}

}  // namespace pcd::ice
