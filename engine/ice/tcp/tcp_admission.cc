#include "engine/ice/tcp/tcp_admission.h"

#include <algorithm>
#include <array>

namespace pcd::ice {
namespace {

SocketAddress SourceOf(const IpAddress& remote) {
  if (!remote.is_v6()) return {remote, 0};
  std::array<uint8_t, 16> network = remote.bytes();
  std::fill(network.begin() + 8, network.end(), uint8_t{0});
  return {IpAddress::V6(network), 0};
}

}  // namespace

std::optional<TcpAdmission::Id> TcpAdmission::HandleAccepted(Id id, const IpAddress& remote,
                                                             Timestamp now) {
  const SocketAddress from = SourceOf(remote);
  std::optional<Id> victim;
  const auto others = from_.find(from);
  if (others != from_.end() && others->second >= kMaxUnprovenFromOne) {
    victim = EvictOneFrom(from);
  } else if (unproven_.size() >= kMaxUnproven) {
    victim = EvictOldest();
  }
  silent_.push_back({.id = id, .from = from, .deadline = now + kFirstFrameWithin});
  unproven_[id] = {&silent_, std::prev(silent_.end())};
  ++from_[from];
  return victim;
}

void TcpAdmission::HandleFrame(Id id, Timestamp now) {
  const auto found = unproven_.find(id);
  if (found == unproven_.end() || found->second.queue != &silent_) return;
  found->second.at->deadline = now + kProofWithin;
  heard_.splice(heard_.end(), silent_, found->second.at);
  found->second.queue = &heard_;
}

bool TcpAdmission::HandleProof(Id id) {
  if (proven_.contains(id)) return true;
  if (!unproven_.contains(id) || proven_.size() >= kMaxProven) return false;
  Forget(id);
  proven_.insert(id);
  return true;
}

void TcpAdmission::HandleClosed(Id id) {
  if (proven_.erase(id) == 0) Forget(id);
}

std::optional<TcpAdmission::Id> TcpAdmission::PollExpired(Timestamp now) {
  for (const Queue* queue : {&silent_, &heard_}) {
    if (queue->empty() || queue->front().deadline > now) continue;
    const Id id = queue->front().id;
    Forget(id);
    return id;
  }
  return std::nullopt;
}

Timestamp TcpAdmission::NextDeadline() const {
  const Timestamp silent = silent_.empty() ? kNever : silent_.front().deadline;
  return heard_.empty() ? silent : std::min(silent, heard_.front().deadline);
}

void TcpAdmission::Forget(Id id) {
  const auto found = unproven_.find(id);
  if (found == unproven_.end()) return;
  const auto [queue, at] = found->second;
  const auto source = from_.find(at->from);
  if (--source->second == 0) from_.erase(source);
  queue->erase(at);
  unproven_.erase(found);
}

TcpAdmission::Id TcpAdmission::Evict(const Queue::const_iterator& victim) {
  const Id id = victim->id;
  Forget(id);
  return id;
}

// Who has sent something is nearer to a proof.
TcpAdmission::Id TcpAdmission::EvictOneFrom(const SocketAddress& from) {
  const auto silent = std::ranges::find(silent_, from, &Waiting::from);
  return Evict(silent != silent_.end() ? silent : std::ranges::find(heard_, from, &Waiting::from));
}

TcpAdmission::Id TcpAdmission::EvictOldest() {
  return Evict(silent_.empty() ? heard_.begin() : silent_.begin());
}

}  // namespace pcd::ice
