#include "engine/host/negotiate.h"

#include <string>
#include <utility>

namespace pcd::host {
namespace {

NegotiateResult Collect(PeerConnection& pc, const peerconnection::NegotiateOutcome& outcome) {
  NegotiateResult result{.offer_ignored = outcome.offer_ignored,
                         .info = pc.Info(),
                         .transceivers = pc.ListTransceivers()};
  result.gathering_complete = result.info.ice_gathering_state == IceGatheringState::kComplete;
  if (outcome.has_description && result.info.local_description != nullptr) {
    result.description = *result.info.local_description;
  }
  return result;
}

// What stays the same while candidates join a description, and is another one in each that is made:
// its kind, and its first two lines, of which the second counts versions (RFC 8866 section 5.2).
std::string IdentityOf(const PeerConnectionInfo& info) {
  if (info.local_description == nullptr) return {};
  const std::string& sdp = info.local_description->sdp;
  const size_t origin = sdp.find('\n') + 1;
  return std::string(ToString(info.local_description->type)) +
         sdp.substr(0, sdp.find('\n', origin));
}

absl::Status ClosedMeanwhile() {
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::PEER_CONNECTION_CLOSED,
                   "the peer connection was closed while it gathered candidates",
                   {.dom_exception = "InvalidStateError"});
}

// To be handed out by whoever replaced it.
absl::Status ReplacedMeanwhile() {
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::INVALID_STATE,
                   "the description was replaced while it gathered candidates",
                   {.dom_exception = "InvalidStateError"});
}

}  // namespace

void Negotiate(PeerConnection& pc, const NegotiateOptions& options, Reply<NegotiateResult> reply) {
  const auto outcome = pc.Negotiate(options.step);
  if (!outcome.ok()) {
    reply(outcome.status());
    return;
  }
  if (!outcome->has_description || !options.wait_for_gathering) {
    reply(Collect(pc, *outcome));
    return;
  }
  pc.WhenGatheringComplete(options.gathering_timeout,
                           [outcome = *outcome, identity = IdentityOf(pc.Info()),
                            reply = std::move(reply)](PeerConnection& open, bool) mutable {
                             if (open.closed()) {
                               reply(ClosedMeanwhile());
                             } else if (IdentityOf(open.Info()) != identity) {
                               reply(ReplacedMeanwhile());
                             } else {
                               reply(Collect(open, outcome));
                             }
                           });
}

}  // namespace pcd::host
