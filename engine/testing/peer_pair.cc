#include "engine/testing/peer_pair.h"

#include <utility>

#include "engine/base/status.h"

namespace pcd::testing {

using peerconnection::PeerConnection;

PeerPair::PeerPair(const ImpairmentOptions& link, uint64_t seed, const Limits& limits,
                   BundlePolicy bundle_policy)
    : network_(seed), loop_(network_) {
  ice_.SetLink(
      [this, link, seed](int from, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
        const auto index = static_cast<size_t>(from);
        // One more for each ICE restart.
        while (pipes_.size() <= index) {
          const size_t next = pipes_.size();
          delivers_.emplace_back();
          pipes_.push_back(std::make_unique<ImpairedPipe>(
              loop_, link, seed * 2 + next,
              [this, next](ByteSpan bytes) { delivers_[next](loop_.packets().CopyOf(bytes)); }));
        }
        delivers_[index] = std::move(deliver);
        pipes_[index]->Send(packet->bytes());
      });
  dependencies_ = {.ice_factory = &ice_,
                   .sctp_factory = &sctp_,
                   .sink_policy = &policy_,
                   .sink_claims = &claims_};
  left_ = Make("left", limits, bundle_policy);
  right_ = Make("right", limits, bundle_policy);
  left_->AttachWatcher(1, 0, left_events_.Callback()).IgnoreError();
  right_->AttachWatcher(1, 0, right_events_.Callback()).IgnoreError();
}

PeerPair::~PeerPair() {
  left_.reset();
  right_.reset();
  delivers_.clear();
}

std::unique_ptr<PeerConnection> PeerPair::Make(const std::string& id, const Limits& limits,
                                               BundlePolicy bundle_policy) {
  return std::move(
             PeerConnection::Create(loop_, dependencies_, limits,
                                    {.id = id, .configuration = {.bundle_policy = bundle_policy}}))
      .value();
}

absl::Status PeerPair::Negotiate(PeerConnection& offerer, PeerConnection& answerer) {
  PCD_ASSIGN_OR_RETURN(const SessionDescription offer, offerer.SetLocalDescription(std::nullopt));
  PCD_RETURN_IF_ERROR(answerer.SetRemoteDescription(offer));
  PCD_ASSIGN_OR_RETURN(const SessionDescription answer, answerer.SetLocalDescription(std::nullopt));
  PCD_RETURN_IF_ERROR(offerer.SetRemoteDescription(answer));
  Trickle();
  return absl::OkStatus();
}

bool PeerPair::connected() {
  return left_->Info().connection_state == ConnectionState::kConnected &&
         right_->Info().connection_state == ConnectionState::kConnected;
}

void PeerPair::Trickle() {
  Trickle(left_events_, left_given_, *right_);
  Trickle(right_events_, right_given_, *left_);
}

void PeerPair::Trickle(const EventRecorder& events, size_t& given, PeerConnection& to) {
  if (given == events.items.size() || to.Info().remote_description == nullptr) return;
  for (; given < events.items.size(); ++given) {
    const auto* event =
        std::get_if<std::shared_ptr<const peerconnection::Event>>(&events.items[given]);
    if (event == nullptr) continue;
    const auto* told = std::get_if<peerconnection::IceCandidateEvent>(&(*event)->payload);
    if (told == nullptr || !told->candidate.has_value()) continue;
    to.AddIceCandidate(told->candidate->candidate).IgnoreError();
  }
}

}  // namespace pcd::testing
