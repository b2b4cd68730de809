#include "engine/host/accept_offer.h"

#include <memory>
#include <string>
#include <utility>

namespace pcd::host {
namespace {

absl::Status SetUp(PeerConnection& pc, const AcceptOfferOptions& options) {
  // Sinks first: they are armed before the first packet can arrive.
  for (size_t i = 0; i < options.sinks.size(); ++i) {
    PCD_RETURN_IF_ERROR(WithFieldPrefix(pc.CreateSink(options.sinks[i]).status(),
                                        "sinks[" + std::to_string(i) + "]"));
  }
  PCD_RETURN_IF_ERROR(pc.SetRemoteDescription(options.offer));
  for (size_t i = 0; i < options.candidates.size(); ++i) {
    PCD_RETURN_IF_ERROR(WithFieldPrefix(pc.AddIceCandidate(options.candidates[i]),
                                        "candidates[" + std::to_string(i) + "]"));
  }
  return pc.SetLocalDescription(std::nullopt).status();
}

AcceptOfferResult Collect(PeerConnection& pc, bool gathering_complete) {
  AcceptOfferResult result{.info = pc.Info(),
                           .sinks = pc.ListSinks(),
                           .transceivers = pc.ListTransceivers(),
                           .gathering_complete = gathering_complete};
  if (result.info.local_description != nullptr) result.answer = *result.info.local_description;
  return result;
}

}  // namespace

void AcceptOffer(Host& host, AcceptOfferOptions options, Reply<AcceptOfferResult> reply) {
  if (options.offer.type != SdpType::kOffer) {
    reply(InvalidArgument("AcceptOffer takes an offer", "offer.type"));
    return;
  }
  CreateOptions create = options.create;
  const bool wait = options.wait_for_gathering;
  const Duration timeout = options.gathering_timeout;
  auto created = [&host, wait, timeout,
                  reply = std::move(reply)](absl::StatusOr<PeerConnectionInfo> info) mutable {
    if (!info.ok()) {
      reply(info.status());
      return;
    }
    host.Visit(info->id, [wait, timeout,
                          reply = std::move(reply)](absl::StatusOr<PeerConnection*> pc) mutable {
      if (!pc.ok()) {
        reply(pc.status());
        return;
      }
      if (!wait) {
        reply(Collect(**pc, (*pc)->Info().ice_gathering_state == IceGatheringState::kComplete));
        return;
      }
      (*pc)->WhenGatheringComplete(
          timeout, [reply = std::move(reply)](PeerConnection& open, bool complete) mutable {
            if (open.closed()) {
              reply(MakeError(absl::StatusCode::kFailedPrecondition,
                              ErrorReason::PEER_CONNECTION_CLOSED,
                              "the peer connection was closed while it gathered candidates"));
              return;
            }
            reply(Collect(open, complete));
          });
    });
  };
  host.CreateWith(
      std::move(create),
      [options = std::make_shared<const AcceptOfferOptions>(std::move(options))](
          PeerConnection& pc) { return SetUp(pc, *options); },
      std::move(created));
}

}  // namespace pcd::host
