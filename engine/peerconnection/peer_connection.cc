// Construction, the media path's direct calls, and what fits no other file of the class.
#include "engine/peerconnection/peer_connection.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/ice/server_policy.h"

namespace pcd::peerconnection {
namespace {

constexpr size_t kCnameCharacters = 16;  // 80 random bits (RFC 7022 asks for 96 as a short-term
                                         // persistent CNAME or a per-session random one).

jsep::Options SessionOptions(const Configuration& configuration, const Limits& limits,
                             const dtls::Certificate& certificate, const std::string& cname,
                             ParameterPool* parameter_pool) {
  jsep::Options options;
  options.parameter_pool = parameter_pool;
  options.cname = cname;
  options.config = configuration;
  options.limits = limits;
  options.local_fingerprints = {certificate.fingerprint()};
  return options;
}

std::vector<CertificateInfoPtr> DescribeAll(const std::vector<OwnCertificate>& certificates,
                                            bool configured) {
  std::vector<CertificateInfoPtr> all;
  for (const OwnCertificate& own : certificates) {
    all.push_back(std::make_shared<const CertificateInfo>(Describe(own, configured)));
  }
  return all;
}

}  // namespace

absl::Status PeerConnection::CheckConfiguration(const Configuration& configuration,
                                                const Dependencies& dependencies) {
  const absl::Status servers =
      ice::CheckServers(configuration.ice_servers, dependencies.ice_config.server_policy);
  if (!servers.ok()) return WithFieldPrefix(servers, "configuration");
  if (configuration.ice_backend != IceBackend::kSharedPort) return absl::OkStatus();
  if (dependencies.shared_port_factory == nullptr) {
    return InvalidArgument("this node has no shared port", "configuration.ice_backend");
  }
  if (NeedsFullIce(configuration)) {
    return InvalidArgument("the shared port uses no STUN or TURN servers",
                           "configuration.ice_backend");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<PeerConnection>> PeerConnection::Create(
    net::Loop& loop, const Shared<Dependencies>& dependencies, const Limits& limits,
    CreateParams params) {
  PCD_RETURN_IF_ERROR(CheckConfiguration(params.configuration, *dependencies));
  const bool configured = !params.certificates.empty();
  if (!configured) {
    PCD_ASSIGN_OR_RETURN(params.certificates.emplace_back().certificate,
                         dtls::Certificate::Generate(loop.UnixMicros()));
  }
  return std::unique_ptr<PeerConnection>(
      new PeerConnection(loop, dependencies, limits, std::move(params), configured));
}

PeerConnection::PeerConnection(net::Loop& loop, const Shared<Dependencies>& dependencies,
                               const Limits& limits, CreateParams params, bool configured)
    : loop_(loop),
      dependencies_(dependencies),
      limits_(limits),
      id_(std::move(params.id)),
      configuration_(std::move(params.configuration)),
      labels_(std::move(params.labels)),
      create_unix_us_(loop.UnixMicros()),
      certificate_(params.certificates.front().certificate),
      certificates_(DescribeAll(params.certificates, configured)),
      cname_(loop.random().IdString(kCnameCharacters)),
      session_(
          SessionOptions(configuration_, limits_, *certificate_, cname_, params.parameter_pool),
          loop.random()),
      media_(loop, *this, *dependencies->sink_policy, *dependencies->sink_claims, limits_,
             {.cname = cname_, .transport_names = [this](size_t i) { return TransportId(i); }}),
      sending_(loop, *this, *dependencies->sink_policy, limits_,
               {.cname = cname_, .transport_names = [this](size_t i) { return TransportId(i); }}),
      channels_(limits_),
      streams_(channels_),
      chained_(std::move(params.chained)),
      log_(limits_.max_events, limits_.max_event_bytes),
      timer_(loop.CreateTimer([this] { OnTimer(); })) {
  channels_.SetUnixOffset(Duration(create_unix_us_) - loop_.Now().time_since_epoch());
  UpdateExpiry();
  Emit(CreatedEvent{Info()});
  ArmTimer();
}

PeerConnection::~PeerConnection() {
  Close({.reason = CloseReason::kShutdown});
  loop_.CancelEndOfTurn(this);
}

absl::Status PeerConnection::CheckOpen() const {
  if (!closing_ && !closed_) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::PEER_CONNECTION_CLOSED,
                   closed_ ? "the peer connection is closed" : "the peer connection is closing",
                   {.dom_exception = "InvalidStateError"});
}

void PeerConnection::OnRtp(size_t transport_index, std::span<PacketPtr> packets) {
  media_.OnRtp(transport_index, packets);
  WakeForMedia();
}

void PeerConnection::OnRtcp(size_t transport_index, std::span<PacketPtr> packets) {
  media_.OnRtcp(transport_index, packets);
  sending_.OnRtcp(transport_index, packets);
  WakeForMedia();
}

void PeerConnection::SendRtcp(size_t transport_index, PacketPtr compound) {
  const TransportSlot* slot = transports_.Find(transport_index);
  if (slot != nullptr) slot->transport->SendRtcp(std::move(compound));
}

}  // namespace pcd::peerconnection
