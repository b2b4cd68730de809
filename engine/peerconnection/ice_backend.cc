// Which ICE carries a connection: the shared port (lite) where it suffices, else full. It is
// decided for the first generation, and again for each restart (docs/adr/0016).
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/status.h"
#include "engine/peerconnection/peer_connection.h"

namespace pcd::peerconnection {
namespace {

// RFC 8839 section 5.3: a line of the session level. Its number; 0: there is none.
int IceLiteLine(const SessionDescription& description) {
  constexpr std::string_view kLine = "\na=ice-lite";
  const std::string_view sdp = description.sdp;
  const size_t found = sdp.find(kLine);
  if (found == std::string_view::npos) return 0;
  const size_t end = found + kLine.size();
  if (end != sdp.size() && sdp[end] != '\r' && sdp[end] != '\n') return 0;
  return static_cast<int>(std::count(sdp.begin(), sdp.begin() + found, '\n')) + 2;
}

bool IsIceLite(const SessionDescription& description) { return IceLiteLine(description) > 0; }

}  // namespace

bool PeerConnection::NeedsFullIce(const Configuration& configuration) {
  return !configuration.ice_servers.empty() ||
         configuration.ice_transport_policy == IceTransportPolicy::kRelay;
}

IceBackend PeerConnection::ChooseBackend() const {
  return ice_backend_ != IceBackend::kAuto ? ice_backend_ : WantedBackend();
}

IceBackend PeerConnection::BackendOfRestart() const {
  return ice_backend_ == IceBackend::kFull ? IceBackend::kFull : WantedBackend();
}

IceBackend PeerConnection::WantedBackend() const {
  if (configuration_.ice_backend != IceBackend::kAuto) return configuration_.ice_backend;
  const bool full = dependencies_->shared_port_factory == nullptr ||
                    dependencies_->default_ice_backend == IceBackend::kFull ||
                    NeedsFullIce(configuration_);
  if (full) return IceBackend::kFull;
  const jsep::Session::Descriptions descriptions = session_.descriptions();
  const DescriptionPtr& remote = descriptions.remote();
  return remote != nullptr && IsIceLite(*remote) ? IceBackend::kFull : IceBackend::kSharedPort;
}

absl::StatusOr<std::unique_ptr<ice::IceTransport>> PeerConnection::MakeIce(
    IceBackend backend, std::optional<IceParameters> credentials) {
  const bool shared = backend == IceBackend::kSharedPort;
  ice::Config config = dependencies_->ice_config;
  config.servers = configuration_.ice_servers;
  config.policy = configuration_.ice_transport_policy;
  config.max_candidates = limits_.max_candidates;
  config.max_candidate_pairs = limits_.max_candidate_pairs;
  config.lite = shared;
  config.owner = this;
  config.credentials = std::move(credentials);
  return (shared ? dependencies_->shared_port_factory : dependencies_->ice_factory)
      ->Create(loop_, config);
}

absl::Status PeerConnection::CheckRemoteLite(const SessionDescription& description) const {
  if (ChooseBackend() != IceBackend::kSharedPort || !IsIceLite(description)) {
    return absl::OkStatus();
  }
  const bool may_change = configuration_.ice_backend == IceBackend::kAuto;
  if (description.type == SdpType::kOffer && may_change) return absl::OkStatus();
  // An answer in the wrong state is refused for that.
  const SignalingState state = session_.signaling_state();
  if (description.type != SdpType::kOffer && state != SignalingState::kHaveLocalOffer &&
      state != SignalingState::kHaveRemotePranswer) {
    return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::UNSUPPORTED_SDP,
                   "both ends are ICE-lite and cannot connect; full ICE on this side can: "
                   "configuration.ice_backend",
                   {.sdp_line = IceLiteLine(description), .rule = "RFC 8445, 6.1.1"});
}

// Our own offer, which was lite, has been rolled back, or was only created.
void PeerConnection::BecomeFullForLiteRemote(const SessionDescription& description) {
  if (ice_backend_ != IceBackend::kSharedPort || description.type != SdpType::kOffer) return;
  if (!IsIceLite(description) || transports_.empty()) return;
  // Once connected it is no longer a matter of choice.
  const bool in_use = std::ranges::any_of(transports_, [](const auto& slot) {
    return slot->transport->dtls_role() != DtlsRole::kAuto;
  });
  if (in_use) return;
  session_.ForgetUnusedIce();
  transports_.Clear();
  local_candidates_.clear();
  ice_backend_ = IceBackend::kAuto;
}

}  // namespace pcd::peerconnection
