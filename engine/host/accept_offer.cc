#include "engine/host/accept_offer.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/sdp/parser.h"
#include "engine/sdp/session_description.h"

namespace pcd::host {
namespace {

// Whether the offer's section at `index` wants to receive.
bool OfferReceives(const sdp::Description& offer, size_t index) {
  if (index >= offer.media.size() || offer.media[index].IsRejected()) return false;
  const std::optional<Direction> own = offer.media[index].direction;
  return Receives(own.value_or(offer.direction.value_or(Direction::kSendRecv)));
}

absl::Status SendTrack(PeerConnection& pc, const sdp::Description& offer,
                       const AcceptOfferTrack& track) {
  PCD_ASSIGN_OR_RETURN(const media::LocalTrackInfo made, pc.CreateLocalTrack(track.config));
  for (const peerconnection::TransceiverInfo& transceiver : pc.ListTransceivers()) {
    if (transceiver.kind != track.config.kind || !transceiver.local_track_id.empty() ||
        !transceiver.mline_index || !OfferReceives(offer, *transceiver.mline_index)) {
      continue;
    }
    PCD_RETURN_IF_ERROR(pc.ReplaceTrack(transceiver.sender_id, made.config.id).status());
    PCD_RETURN_IF_ERROR(pc.SetSenderStreams(transceiver.sender_id, track.stream_ids).status());
    return pc.SetTransceiverDirection(transceiver.id, Direction::kSendRecv).status();
  }
  return InvalidArgument("the offer has no section left that receives this kind", "kind");
}

absl::Status SendTracks(PeerConnection& pc, const AcceptOfferOptions& options,
                        const Limits& limits) {
  if (options.local_tracks.empty()) return absl::OkStatus();
  // It was applied, so it parses.
  PCD_ASSIGN_OR_RETURN(const sdp::Description offer, sdp::Parse(options.offer.sdp, limits));
  for (size_t i = 0; i < options.local_tracks.size(); ++i) {
    PCD_RETURN_IF_ERROR(WithFieldPrefix(SendTrack(pc, offer, options.local_tracks[i]),
                                        "local_tracks[" + std::to_string(i) + "]"));
  }
  return absl::OkStatus();
}

absl::Status SetUp(PeerConnection& pc, const AcceptOfferOptions& options, const Limits& limits) {
  // Sinks first: they are armed before the first packet can arrive.
  for (size_t i = 0; i < options.sinks.size(); ++i) {
    PCD_RETURN_IF_ERROR(WithFieldPrefix(pc.CreateSink(options.sinks[i]).status(),
                                        "sinks[" + std::to_string(i) + "]"));
  }
  PCD_RETURN_IF_ERROR(pc.SetRemoteDescription(options.offer));
  for (size_t i = 0; i < options.candidates.size(); ++i) {
    PCD_RETURN_IF_ERROR(WithFieldPrefix(pc.AddIceCandidate(options.candidates[i]).status(),
                                        "candidates[" + std::to_string(i) + "]"));
  }
  PCD_RETURN_IF_ERROR(SendTracks(pc, options, limits));
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
      [options = std::make_shared<const AcceptOfferOptions>(std::move(options)),
       limits = host.options().limits](PeerConnection& pc) { return SetUp(pc, *options, limits); },
      std::move(created));
}

}  // namespace pcd::host
