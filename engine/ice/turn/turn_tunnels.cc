#include "engine/ice/turn/turn_tunnels.h"

#include <algorithm>
#include <utility>

namespace pcd::ice {

TurnTunnels::TurnTunnels(net::Loop& loop)
    : loop_(loop), head_start_(loop.CreateTimer([this] {
        for (const Entry& entry : entries_) entry.tunnel->Open();
      })) {}

TurnTunnels::~TurnTunnels() = default;

void TurnTunnels::Start(std::vector<ResolvedServer> servers, const std::vector<IpAddress>& local,
                        uint8_t dscp, net::Task done) {
  servers_ = std::move(servers);
  done_ = std::move(done);
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (!servers_[i].tcp) continue;
    const TurnTunnelOptions options{.server = servers_[i].address, .local = local, .dscp = dscp};
    entries_.push_back({i, std::make_unique<TurnTunnel>(loop_, options, [this] { Check(); })});
  }
  Check();
}

void TurnTunnels::Check() {
  if (done_ == nullptr) return;
  const auto waits = [](const Entry& entry) {
    return !entry.tunnel->ready() && !entry.tunnel->failed();
  };
  if (std::ranges::any_of(entries_, waits)) return;
  for (const Entry& entry : entries_) {
    ResolvedServer& server = servers_[entry.server];
    if (entry.tunnel->failed()) {
      server.unreachable = "no TCP connection to the TURN server: " + entry.tunnel->problem();
    } else {
      server.via = entry.tunnel->address();
    }
  }
  std::exchange(done_, nullptr)();
}

void TurnTunnels::SetSources(std::span<const SocketAddress> sources) {
  for (const Entry& entry : entries_) entry.tunnel->SetSources(sources);
  if (std::exchange(started_, true)) return;
  for (const Entry& entry : entries_) {
    if (IsAskedOverUdp(servers_[entry.server])) {
      head_start_->Set(loop_.Now() + kHeadStartOfUdp);
    } else {
      entry.tunnel->Open();
    }
  }
}

bool TurnTunnels::IsAskedOverUdp(const ResolvedServer& server) const {
  return std::ranges::any_of(servers_, [&](const ResolvedServer& other) {
    return other.turn && !other.tcp && other.address.ip == server.address.ip;
  });
}

}  // namespace pcd::ice
