#include "engine/ice/server_resolution.h"

#include <algorithm>
#include <utility>

namespace pcd::ice {
namespace {

constexpr int kNoAnswer = 701;  // W3C webrtc 4.8.1.3.

}  // namespace

ServerResolution::ServerResolution(net::Loop& loop, net::HostResolver* resolver,
                                   ServerPolicy policy)
    : loop_(loop),
      resolver_(resolver),
      policy_(std::move(policy)),
      timer_(loop.CreateTimer([this] { Finish(); })),
      self_(std::make_shared<ServerResolution*>(this)) {}

ServerResolution::~ServerResolution() { *self_ = nullptr; }

void ServerResolution::Start(std::span<const IceServer> servers, Duration timeout, net::Task done) {
  done_ = std::move(done);
  for (const IceServer& server : servers) {
    for (const std::string& text : server.urls) {
      Entry entry{.text = text, .username = server.username, .credential = server.credential};
      auto url = ServerUrl::Parse(text);
      if (!url.ok()) {  // The configuration was not checked.
        Fail(entry, std::string(url.status().message()));
        continue;
      }
      entry.url = *std::move(url);
      if (entry.url.secure) {
        Fail(entry, "TLS to STUN and TURN servers is not implemented");
        continue;
      }
      if (const auto address = entry.url.address()) {
        entry.addresses.push_back(*address);
      } else if (resolver_ != nullptr) {
        entry.waiting = true;
        ++waiting_;
      }
      entries_.push_back(std::move(entry));
    }
  }
  if (waiting_ == 0) {
    Finish();
    return;
  }
  timer_->Set(loop_.Now() + timeout);
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!entries_[i].waiting) continue;
    resolver_->Resolve(loop_, entries_[i].url.host,
                       [self = self_, i](const std::vector<IpAddress>& addresses) {
                         if (*self != nullptr) (*self)->OnResolved(i, addresses);
                       });
  }
}

void ServerResolution::OnResolved(size_t index, const std::vector<IpAddress>& addresses) {
  if (finished_) return;
  entries_[index].waiting = false;
  entries_[index].addresses = addresses;
  if (--waiting_ == 0) Finish();
}

void ServerResolution::Finish() {
  if (std::exchange(finished_, true)) return;
  timer_->Set(kNever);
  for (const Entry& entry : entries_) Use(entry);
  // libnice prefers the relays of what it is given last, and those over UDP serve media better.
  std::ranges::stable_sort(resolved_, {},
                           [](const ResolvedServer& server) { return server.turn && !server.tcp; });
  std::exchange(done_, nullptr)();
}

void ServerResolution::Use(const Entry& entry) {
  if (entry.addresses.empty()) {
    Fail(entry, entry.waiting ? "the name was not resolved in time" : "the name has no address");
    return;
  }
  std::vector<IpAddress> allowed;
  for (const IpAddress& address : entry.addresses) {
    if (policy_.Allows({address, entry.url.port})) allowed.push_back(address);
  }
  if (allowed.empty()) {
    Fail(entry, "the address policy of this node refuses its address");
    return;
  }
  const auto v4 = std::ranges::find(allowed, false, &IpAddress::is_v6);
  const auto v6 = std::ranges::find(allowed, true, &IpAddress::is_v6);
  if (v4 != allowed.end()) Add(entry, *v4);
  if (v6 != allowed.end() && (entry.url.turn || v4 == allowed.end())) Add(entry, *v6);
}

void ServerResolution::Add(const Entry& entry, const IpAddress& address) {
  const bool turn = entry.url.turn;
  const auto same_kind = std::ranges::count(resolved_, turn, &ResolvedServer::turn);
  if (!turn && same_kind > 0) return;  // The others stand by for names without an address.
  if (turn && static_cast<size_t>(same_kind) >= kMaxTurnServers) {
    Fail(entry, "no more than 8 addresses of TURN servers are used");
    return;
  }
  resolved_.push_back({.url = entry.text,
                       .turn = turn,
                       .tcp = entry.url.tcp,
                       .address = {address, entry.url.port},
                       .username = turn ? entry.username : std::string(),
                       .credential = turn ? entry.credential : std::string()});
}

void ServerResolution::Fail(const Entry& entry, std::string why) {
  // W3C webrtc 4.8.2: once per URL.
  if (std::ranges::count(errors_, entry.text, &CandidateError::url) > 0) return;
  errors_.push_back({.url = entry.text, .error_code = kNoAnswer, .error_text = std::move(why)});
}

}  // namespace pcd::ice
