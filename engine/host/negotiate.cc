#include "engine/host/negotiate.h"

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
  pc.WhenGatheringComplete(options.gathering_timeout, [outcome = *outcome,
                                                       reply = std::move(reply)](
                                                          PeerConnection& open, bool) mutable {
    if (open.closed()) {
      reply(MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::PEER_CONNECTION_CLOSED,
                      "the peer connection was closed while it gathered candidates",
                      {.dom_exception = "InvalidStateError"}));
      return;
    }
    reply(Collect(open, outcome));
  });
}

}  // namespace pcd::host
