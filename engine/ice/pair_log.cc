#include "engine/ice/pair_log.h"

#include <algorithm>
#include <utility>

namespace pcd::ice {

void PairLog::AddCandidate(const Candidate& candidate, bool remote, const std::string& url) {
  for (IceCandidateStats& known : candidates_) {
    if (known.remote == remote && known.candidate.port == candidate.port &&
        known.candidate.address == candidate.address) {
      known.candidate = candidate;
      return;
    }
  }
  std::string id = remote ? "R" + std::to_string(++remote_count_)  //
                          : "L" + std::to_string(++local_count_);
  candidates_.reserve(candidates_.size() + 1);  // There are few, and they are large.
  candidates_.push_back(
      {.id = std::move(id), .url = url, .remote = remote, .candidate = candidate});
}

std::string PairLog::IdOf(const Candidate& candidate, bool remote) {
  for (const IceCandidateStats& known : candidates_) {
    if (known.remote == remote && known.candidate.port == candidate.port &&
        known.candidate.address == candidate.address) {
      return known.id;
    }
  }
  AddCandidate(candidate, remote, {});
  return candidates_.back().id;
}

void PairLog::Select(const Candidate& local, const Candidate& remote, bool nominated) {
  const std::string local_id = IdOf(local, false);
  const std::string remote_id = IdOf(remote, true);
  const auto found = std::ranges::find_if(pairs_, [&](const CandidatePairStats& pair) {
    return pair.local_candidate_id == local_id && pair.remote_candidate_id == remote_id;
  });
  if (found != pairs_.end() && found + 1 == pairs_.end()) return;
  ++changes_;
  if (found != pairs_.end()) {
    std::rotate(found, found + 1, pairs_.end());
    return;
  }
  if (pairs_.size() >= kMaxPairs) pairs_.erase(pairs_.begin());
  pairs_.push_back({.id = "P" + std::to_string(changes_),
                    .local_candidate_id = local_id,
                    .remote_candidate_id = remote_id,
                    .state = CandidatePairState::kSucceeded,
                    .nominated = nominated});
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

void PairLog::CountReceived(std::span<const PacketPtr> packets, int64_t unix_micros) {
  uint64_t bytes = 0;
  for (const PacketPtr& packet : packets) bytes += packet->size();
  packets_received_ += packets.size();
  bytes_received_ += bytes;
  if (CandidatePairStats* pair = selected()) {
    pair->packets_received += packets.size();
    pair->bytes_received += bytes;
    pair->last_packet_received_us = unix_micros;
  }
}

void PairLog::Fill(Stats& stats) const {
  stats.selected_pair_changes = changes_;
  stats.packets_sent = packets_sent_;
  stats.bytes_sent = bytes_sent_;
  stats.packets_received = packets_received_;
  stats.bytes_received = bytes_received_;
  stats.candidates = candidates_;
  stats.pairs = pairs_;
  if (!pairs_.empty()) stats.selected_pair_id = pairs_.back().id;
}

}  // namespace pcd::ice
