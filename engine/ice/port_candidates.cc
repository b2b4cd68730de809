#include "engine/ice/port_candidates.h"

#include <algorithm>
#include <string>

namespace pcd::ice {
namespace {

constexpr uint32_t kHostTypePreference = 126;  // RFC 8445 section 5.1.2.2.
constexpr uint32_t kMaxLocalPreference = 65535;
// Below every way over UDP but a relay: on TCP what is late delays all that follows it.
constexpr uint32_t kTcpHostTypePreference = 90;
// RFC 6544 section 4.2: of a passive candidate, the upper three bits of the local preference.
constexpr uint32_t kPassiveDirectionPreference = 4;
constexpr uint32_t kMaxOtherPreference = 8191;

uint32_t PriorityOf(bool tcp, uint32_t rank) {
  const uint32_t type = tcp ? kTcpHostTypePreference : kHostTypePreference;
  const uint32_t local = tcp ? (kPassiveDirectionPreference << 13) + kMaxOtherPreference - rank
                             : kMaxLocalPreference - rank;
  return (type << 24) + (local << 8) + 255;
}

class Maker {
 public:
  Maker(bool tcp, std::vector<Candidate>& all) : tcp_(tcp), all_(all), first_(all.size()) {}

  // The candidate of that address, which is made when there is none.
  Candidate Offer(const SocketAddress& address) {
    const std::string ip = address.ip.ToString();
    const auto begin = all_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto known = std::find_if(begin, all_.end(), [&](const Candidate& other) {
      return other.address == ip && other.port == address.port;
    });
    if (known != all_.end()) return *known;
    const auto rank = static_cast<uint32_t>(all_.size() - first_);
    all_.push_back({.foundation = std::to_string(all_.size() + 1),
                    .transport = tcp_ ? "tcp" : "udp",
                    .priority = PriorityOf(tcp_, rank),
                    .address = ip,
                    .port = address.port,
                    .tcp_type = tcp_ ? "passive" : ""});
    return all_.back();
  }

 private:
  const bool tcp_;
  std::vector<Candidate>& all_;
  const size_t first_;  // Of this protocol.
};

// What stands for a local address.
std::vector<SocketAddress> ShownOf(const SocketAddress& local,
                                   std::span<const AnnouncedAddress> announced, size_t loop_index) {
  std::vector<SocketAddress> shown;
  bool replaced = false;
  for (const AnnouncedAddress& rule : announced) {
    if (!rule.StandsFor(local.ip)) continue;
    replaced |= !rule.add;
    const uint16_t port =
        rule.port == 0 ? local.port : static_cast<uint16_t>(rule.port + loop_index);
    shown.push_back({rule.ip, port});
  }
  if (!replaced) shown.push_back(local);
  return shown;
}

}  // namespace

PortCandidates MakePortCandidates(std::span<const SocketAddress> locals,
                                  std::span<const AnnouncedAddress> announced, size_t loop_index,
                                  bool tcp) {
  PortCandidates made;
  const auto make = [&](bool by_tcp, std::vector<Candidate>& firsts) {
    Maker maker(by_tcp, made.all);
    for (const SocketAddress& local : locals) {
      const size_t before = firsts.size();
      for (const SocketAddress& shown : ShownOf(local, announced, loop_index)) {
        Candidate candidate = maker.Offer(shown);
        if (firsts.size() == before) firsts.push_back(std::move(candidate));
      }
    }
  };
  make(false, made.udp);
  if (tcp) make(true, made.tcp);
  return made;
}

}  // namespace pcd::ice
