#include "engine/ice/remote_candidates.h"

#include <algorithm>

namespace pcd::ice {
namespace {

// What we can send a check to. Names (mDNS) are not resolved: the peer's own checks teach us
// its address as a peer-reflexive candidate.
bool IsUsable(const Candidate& candidate) {
  if (candidate.component != 1 || candidate.transport != "udp" || candidate.port == 0) return false;
  const auto ip = IpAddress::Parse(candidate.address);
  const IpAddress broadcast = IpAddress::V4({255, 255, 255, 255});
  return ip.has_value() && !ip->IsUnspecified() && !ip->IsMulticast() && *ip != broadcast;
}

// Addresses that mean something else on each machine or link.
enum class Reach { kAnywhere, kLink, kMachine };
Reach ReachOf(const IpAddress& ip) {
  if (ip.IsLoopback()) return Reach::kMachine;
  return ip.IsLinkLocal() ? Reach::kLink : Reach::kAnywhere;
}

bool SameAddress(const Candidate& a, const Candidate& b) {
  return a.port == b.port && a.address == b.address;
}

}  // namespace

bool RemoteCandidates::Add(const Candidate& candidate) {
  if (!IsUsable(candidate)) {
    ++ignored_;
    return false;
  }
  if (!ufrag_.empty()) return Accept(candidate);
  if (early_.size() >= max_candidates_) {
    ++over_cap_;
  } else {
    early_.push_back(candidate);
  }
  return false;
}

void RemoteCandidates::SetUfrag(const std::string& ufrag) {
  ufrag_ = ufrag;
  for (const Candidate& candidate : early_) Accept(candidate);
  early_.clear();
}

void RemoteCandidates::SetLocalAddresses(std::span<const IpAddress> addresses) {
  local_.assign(addresses.begin(), addresses.end());
}

bool RemoteCandidates::MayBeReached(const IpAddress& ip) const {
  const Reach reach = ReachOf(ip);
  return every_address_ || reach == Reach::kAnywhere ||
         std::ranges::any_of(local_, [&](const IpAddress& ours) {
           return ReachOf(ours) == reach && ours.is_v6() == ip.is_v6();
         });
}

bool RemoteCandidates::Accept(const Candidate& candidate) {
  const std::string ufrag = candidate.Ufrag();
  const auto ip = IpAddress::Parse(candidate.address);
  if ((!ufrag.empty() && ufrag != ufrag_) || !ip.has_value() || !MayBeReached(*ip)) {
    ++ignored_;
    return false;
  }
  const bool known = std::ranges::any_of(
      accepted_, [&](const Candidate& other) { return SameAddress(candidate, other); });
  if (known) return false;  // Trickled and in the description: not worth a count.
  if (accepted_.size() >= max_candidates_) {
    ++over_cap_;
    return false;
  }
  accepted_.push_back(candidate);
  return true;
}

}  // namespace pcd::ice
