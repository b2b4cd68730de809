#include "engine/media/sink_set.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/media/sink_sdp.h"
#include "engine/media/sink_validation.h"

namespace pcd::media {
namespace {

uint32_t DrawSsrc(RandomSource& random) {
  for (;;) {
    if (const uint32_t ssrc = random.Uint32(); ssrc != 0) return ssrc;
  }
}

}  // namespace

Section* SelectSection(const SinkSet::Sections& sections, const TrackSelector& selector) {
  const auto* kind = std::get_if<KindSelector>(&selector);
  const auto* mid = std::get_if<MidSelector>(&selector);
  const auto* track = std::get_if<TrackIdSelector>(&selector);
  uint32_t ordinal = 0;
  for (const auto& section : sections) {
    if (mid != nullptr && section->mid() == mid->mid) return section.get();
    if (track != nullptr && !section->track_id.empty() && section->track_id == track->track_id) {
      return section.get();
    }
    if (kind != nullptr && section->parameters().kind == kind->kind && ordinal++ == kind->ordinal) {
      return section.get();
    }
  }
  return nullptr;
}

absl::StatusOr<Sink*> SinkSet::Find(const std::string& id) const {
  const auto it = std::find_if(sinks_.begin(), sinks_.end(),
                               [&](const auto& sink) { return sink->config().id == id; });
  if (it != sinks_.end()) return it->get();
  return MakeError(absl::StatusCode::kNotFound, ErrorReason::SINK_NOT_FOUND, "no sink " + id);
}

absl::Status SinkSet::CheckFree(const SocketAddress& rtp, const SocketAddress& rtcp,
                                const Sink* except) const {
  for (const auto& sink : sinks_) {
    if (sink.get() == except) continue;
    for (const SocketAddress& used :
         {sink->config().rtp_destination, *sink->config().rtcp_destination}) {
      if (used != rtp && used != rtcp) continue;
      return MakeError(absl::StatusCode::kAlreadyExists, ErrorReason::SINK_DESTINATION_IN_USE,
                       "sink " + sink->config().id + " sends to " + used.ToString(),
                       {.field = "destination"});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<SinkSockets> SinkSet::Open(const SinkDestinations& to) {
  auto claim = claims_.Claim(this, {to.rtp, to.rtcp});
  if (!claim.has_value()) {
    return MakeError(
        absl::StatusCode::kAlreadyExists, ErrorReason::SINK_DESTINATION_IN_USE,
        "a sink of another connection sends to " + to.rtp.ToString() + " or its RTCP port",
        {.field = "destination"});
  }
  PCD_ASSIGN_OR_RETURN(SinkSockets sockets, SinkSockets::Open(loop_, to.rtp, to.rtcp));
  sockets.claim = *std::move(claim);
  return sockets;
}

absl::Status SinkSet::Create(const SinkConfig& config) {
  PCD_RETURN_IF_ERROR(CheckSinkConfig(config));
  if (Find(config.id).ok()) {
    return MakeError(absl::StatusCode::kAlreadyExists, ErrorReason::SINK_ALREADY_EXISTS,
                     "there is a sink " + config.id);
  }
  if (sinks_.size() >= max_sinks_) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_EXCEEDED,
                     "a connection has at most " + std::to_string(max_sinks_) + " sinks");
  }
  PCD_ASSIGN_OR_RETURN(
      const SinkDestinations destinations,
      ResolveDestinations(policy_, config.rtp_destination, config.rtcp_destination));
  PCD_RETURN_IF_ERROR(CheckFree(destinations.rtp, destinations.rtcp, nullptr));
  PCD_ASSIGN_OR_RETURN(SinkSockets sockets, Open(destinations));
  SinkConfig complete = config;
  complete.rtcp_destination = destinations.rtcp;
  if (!complete.ssrc) complete.ssrc = DrawSsrc(loop_.random());
  sinks_.push_back(
      std::make_unique<Sink>(loop_, owner_, std::move(complete), std::move(sockets), cname_));
  return absl::OkStatus();
}

namespace {

// Where RTCP goes when a sink moves to `rtp` and nothing was said of RTCP: it stays muxed, one
// above, or at its own port, as it was.
SocketAddress FollowRtp(const SinkConfig& before, const SocketAddress& rtp) {
  SocketAddress rtcp{.ip = rtp.ip, .port = before.rtcp_destination->port};
  const uint16_t old_port = before.rtp_destination.port;
  if (rtcp.port == old_port) rtcp.port = rtp.port;
  if (rtcp.port == static_cast<uint16_t>(old_port + 1)) {
    rtcp.port = static_cast<uint16_t>(rtp.port + 1);
  }
  return rtcp;
}

}  // namespace

absl::Status SinkSet::Update(const std::string& id, const SinkUpdate& update) {
  PCD_ASSIGN_OR_RETURN(Sink * sink, Find(id));
  PCD_RETURN_IF_ERROR(CheckSinkPayloadType(update.payload_type));
  PCD_RETURN_IF_ERROR(CheckSinkSsrc(update.ssrc));
  if (update.rid) PCD_RETURN_IF_ERROR(CheckSinkRid(*update.rid));
  if (update.max_reorder_delay) {
    PCD_RETURN_IF_ERROR(CheckSinkReorderDelay(*update.max_reorder_delay));
  }
  // All that can fail comes before the first change.
  if (update.rtp_destination || update.rtcp_destination) {
    const SocketAddress rtp = update.rtp_destination.value_or(sink->config().rtp_destination);
    PCD_ASSIGN_OR_RETURN(
        const SinkDestinations to,
        ResolveDestinations(policy_, rtp,
                            update.rtcp_destination.value_or(FollowRtp(sink->config(), rtp))));
    PCD_RETURN_IF_ERROR(CheckFree(to.rtp, to.rtcp, sink));
    if (to.rtp != sink->config().rtp_destination || to.rtcp != sink->config().rtcp_destination) {
      PCD_ASSIGN_OR_RETURN(SinkSockets sockets, Open(to));
      sink->SetDestination(to.rtp, to.rtcp, std::move(sockets));
    }
  }
  if (update.payload_type) sink->SetPayloadType(*update.payload_type);
  if (update.ssrc) sink->SetSsrc(*update.ssrc);
  if (update.rid) sink->SetRid(*update.rid);
  if (update.max_reorder_delay) sink->SetMaxReorderDelay(*update.max_reorder_delay);
  if (update.paused) sink->SetPaused(*update.paused);
  return absl::OkStatus();
}

absl::Status SinkSet::Delete(const std::string& id) {
  PCD_ASSIGN_OR_RETURN(Sink * sink, Find(id));
  sink->Close();
  if (sink->section() != nullptr) std::erase(sink->section()->sinks, sink);
  std::erase_if(sinks_, [&](const auto& other) { return other.get() == sink; });
  return absl::OkStatus();
}

void SinkSet::FlushAll() {
  for (const auto& sink : sinks_) sink->Flush();
}

void SinkSet::CloseAll() {
  for (const auto& sink : sinks_) sink->Close();
}

absl::StatusOr<std::string> SinkSet::MakeSdp(std::span<const std::string> ids) const {
  if (ids.empty()) return InvalidArgument("at least one sink", "sink_ids");
  std::vector<SinkInfo> infos;
  for (const std::string& id : ids) {
    PCD_ASSIGN_OR_RETURN(const Sink* sink, Find(id));
    infos.push_back(sink->Info());
    if (!infos.back().codec) {
      return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::SINK_NOT_NEGOTIATED,
                       "the track of sink " + id + " is not negotiated");
    }
  }
  return MakeSinkSdp(infos);
}

void SinkSet::EndMissing(std::span<const ReceiveParameters> kept) {
  for (const auto& sink : sinks_) {
    const Section* section = sink->section();
    if (section == nullptr) continue;
    const bool stays = std::any_of(kept.begin(), kept.end(), [&](const ReceiveParameters& p) {
      return p.mid == section->mid() && p.kind == section->parameters().kind;
    });
    if (!stays) sink->Bind(nullptr);
  }
}

void SinkSet::Bind(const Sections& sections) {
  for (const auto& section : sections) section->sinks.clear();
  for (const auto& sink : sinks_) {
    if (sink->section() == nullptr && sink->state() == SinkState::kWaiting) {
      sink->Bind(SelectSection(sections, sink->config().selector));
    }
    if (sink->section() != nullptr) sink->section()->sinks.push_back(sink.get());
  }
}

}  // namespace pcd::media
