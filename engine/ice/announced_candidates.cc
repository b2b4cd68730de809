#include "engine/ice/announced_candidates.h"

namespace pcd::ice {
namespace {

// One step of the local preference (RFC 8445 section 5.1.2.1).
constexpr uint32_t kPriorityStep = 1 << 8;

}  // namespace

std::vector<Candidate> ShownFor(const Candidate& host, std::span<const AnnouncedAddress> rules) {
  std::vector<Candidate> shown;
  bool replaced = false;
  const auto local = IpAddress::Parse(host.address);
  for (const AnnouncedAddress& rule : rules) {
    if (!local.has_value() || rule.port != 0 || !rule.StandsFor(*local)) continue;
    shown.push_back(host);
    shown.back().address = rule.ip.ToString();
    replaced |= !rule.add;
  }
  if (!replaced) shown.push_back(host);
  for (size_t i = 0; i < shown.size(); ++i) {
    shown[i].priority -= static_cast<uint32_t>(i) * kPriorityStep;
  }
  return shown;
}

}  // namespace pcd::ice
