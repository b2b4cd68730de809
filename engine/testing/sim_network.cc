#include "engine/testing/sim_network.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "engine/testing/sim_loop.h"
#include "engine/testing/sim_socket.h"

namespace pcd::testing {
namespace {

// Something asks for another turn again and again without time passing.
constexpr int kMaxTurnsAtOneInstant = 100'000;

constexpr uint16_t kFirstFreePort = 49152;

uint64_t LinkSeed(uint64_t seed, const IpAddress& from, const IpAddress& to) {
  const std::hash<SocketAddress> hash;  // Ours: the same on every machine.
  return seed + 3 * hash({from, 1}) + 5 * hash({to, 2});
}

}  // namespace

SimNetwork::SimNetwork(uint64_t seed) : seed_(seed), default_link_{.delay = kDefaultDelay} {}
SimNetwork::~SimNetwork() = default;

void SimNetwork::SetDefaultLink(const ImpairmentOptions& options) {
  default_link_ = options;
  for (auto& [ends, link] : links_) {
    if (link.is_default) link.model.set_options(options);
  }
}

void SimNetwork::SetLink(const IpAddress& from, const IpAddress& to,
                         const ImpairmentOptions& options) {
  Link(from, to).set_options(options);
  links_.at({from, to}).is_default = false;
}

void SimNetwork::SetLinkBothWays(const IpAddress& a, const IpAddress& b,
                                 const ImpairmentOptions& options) {
  SetLink(a, b, options);
  SetLink(b, a, options);
}

ImpairmentModel& SimNetwork::Link(const IpAddress& from, const IpAddress& to) {
  const auto found = links_.find({from, to});
  if (found != links_.end()) return found->second.model;
  ImpairmentModel model(default_link_, LinkSeed(seed_, from, to));
  const auto added = links_.insert({{from, to}, {model, /*is_default=*/true}});
  return added.first->second.model;
}

void SimNetwork::RunUntil(Timestamp until) {
  Run(until, [] { return false; });
}

bool SimNetwork::RunUntil(const std::function<bool()>& done, Duration max_time) {
  return Run(now_ + max_time, done);
}

bool SimNetwork::Run(Timestamp until, const std::function<bool()>& done) {
  int turns = 0;
  while (!done()) {
    Arrive();
    if (Turn()) {
      if (++turns < kMaxTurnsAtOneInstant) continue;
      std::fputs("simulated time does not advance: endless work at one instant\n", stderr);
      std::abort();
    }
    const Timestamp next = NextDeadline();
    if (next > until) {
      now_ = std::max(now_, until);
      return done();
    }
    now_ = next;
    turns = 0;
  }
  return true;
}

bool SimNetwork::Turn() {
  bool worked = false;
  // By index: a turn may make or destroy loops.
  for (size_t i = 0; i < loops_.size(); ++i) {
    if (!loops_[i]->HasWork()) continue;
    loops_[i]->Turn();
    worked = true;
  }
  return worked;
}

Timestamp SimNetwork::NextDeadline() const {
  Timestamp next = heap_.empty() ? kNever : heap_.front().at;
  for (const SimLoop* loop : loops_) next = std::min(next, loop->NextDeadline());
  return std::max(next, now_);
}

bool SimNetwork::Later(const InFlight& a, const InFlight& b) {
  return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
}

void SimNetwork::Send(const SocketAddress& from, const SocketAddress& to, ByteSpan bytes) {
  if (drop_ && drop_(from, to, bytes)) return;
  const ImpairmentModel::Verdict verdict = Link(from.ip, to.ip).Decide(bytes.size(), now_);
  for (size_t copy = 0; copy < verdict.copies; ++copy) {
    heap_.push_back(
        {verdict.deliver_at[copy], next_sequence_++, from, to, {bytes.begin(), bytes.end()}});
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
}

void SimNetwork::Arrive() {
  while (!heap_.empty() && heap_.front().at <= now_) {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    const InFlight datagram = std::move(heap_.back());
    heap_.pop_back();
    const auto socket = sockets_.find(datagram.to);
    if (socket == sockets_.end()) {
      ++without_receiver_;
    } else {
      socket->second->Arrive(datagram.from, datagram.bytes);
    }
  }
}

size_t SimNetwork::AddLoop(SimLoop* loop) {
  loops_.push_back(loop);
  return loops_made_++;
}

void SimNetwork::RemoveLoop(SimLoop* loop) { std::erase(loops_, loop); }

bool SimNetwork::IsBound(const SocketAddress& address) const { return sockets_.contains(address); }

void SimNetwork::Bind(const SocketAddress& address, SimSocket* socket) {
  sockets_[address] = socket;
}

void SimNetwork::Unbind(const SocketAddress& address) { sockets_.erase(address); }

uint16_t SimNetwork::FreePort(const IpAddress& ip) {
  uint16_t& next = next_port_.try_emplace(ip, kFirstFreePort).first->second;
  for (int tries = 0; tries <= 65535 - kFirstFreePort; ++tries) {
    const uint16_t port = next;
    next = port == 65535 ? kFirstFreePort : static_cast<uint16_t>(port + 1);
    if (!IsBound({ip, port})) return port;
  }
  return 0;
}

}  // namespace pcd::testing
