#include "engine/ice/fake_ice_network.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/ice/fake_ice_transport.h"

namespace pcd::ice {

FakeIceNetwork::FakeIceNetwork() = default;
FakeIceNetwork::~FakeIceNetwork() = default;

absl::StatusOr<std::unique_ptr<IceTransport>> FakeIceNetwork::Create(net::Loop& loop,
                                                                     const Config& config) {
  if (!config.servers.empty() || config.policy == IceTransportPolicy::kRelay) {
    return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::NOT_IMPLEMENTED,
                     "STUN and TURN servers are not available in the fake network");
  }
  auto transport = std::make_unique<FakeIceTransport>(*this, loop, config, created_++);
  transports_.push_back(transport.get());
  return transport;
}

void FakeIceNetwork::SetReachable(bool reachable) {
  if (reachable_ == reachable) return;
  reachable_ = reachable;
  for (FakeIceTransport* transport : transports_) transport->OnPathChanged();
  Match();
}

void FakeIceNetwork::SetGathering(bool gathers) {
  gathers_ = gathers;
  if (!gathers_) return;
  const std::vector<FakeIceTransport*> transports = transports_;
  for (FakeIceTransport* transport : transports) transport->FinishGathering();
}

void FakeIceNetwork::Remove(FakeIceTransport* transport) { std::erase(transports_, transport); }

FakeIceTransport* FakeIceNetwork::FindByUfrag(const std::string& ufrag) const {
  // Several have it when one took up the credentials of another.
  FakeIceTransport* found = nullptr;
  for (FakeIceTransport* transport : transports_) {
    if (transport->local_.ufrag != ufrag) continue;
    if (found == nullptr || found->peer_ != nullptr) found = transport;
  }
  return found;
}

void FakeIceNetwork::Match() {
  if (!reachable_) return;
  for (FakeIceTransport* a : transports_) {
    if (a->peer_ != nullptr || !a->remote_.has_value()) continue;
    FakeIceTransport* b = FindByUfrag(a->remote_->ufrag);
    if (b == nullptr || b == a || b->peer_ != nullptr) continue;
    if (!a->ReadyFor(*b) || !b->ReadyFor(*a)) continue;
    // One direction is enough: the other end learns the address from the check it receives.
    if (!a->KnowsAddressOf(*b) && !b->KnowsAddressOf(*a)) continue;
    a->Connect(*b);
    b->Connect(*a);
  }
}

void FakeIceNetwork::Carry(int from, PacketPtr packet, Deliver deliver) {
  if (!reachable_) return;
  if (link_) {
    link_(from, std::move(packet), std::move(deliver));
  } else {
    deliver(std::move(packet));
  }
}

}  // namespace pcd::ice
