#include "engine/media/media_session_impl.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/status.h"

namespace pcd::media {

MediaSession::Impl::Impl(net::Loop& loop, RtcpSender& rtcp_sender, const net::AddressPolicy& policy,
                         net::DestinationClaims& claims, const Limits& limits,
                         MediaSessionOptions options)
    : loop_(loop),
      options_(std::move(options)),
      local_ssrc_(options_.local_ssrc != 0 ? options_.local_ssrc : (loop.random().Uint32() | 1)),
      rtcp_sender_(rtcp_sender),
      router_(limits),
      sinks_(loop, *this, policy, claims, limits.max_sinks, options_.cname) {}

// What each transport's sections have agreed on. One that stays keeps what it has counted.
void MediaSession::Impl::SetPaths(const std::vector<ReceiveParameters>& receivers) {
  std::vector<std::unique_ptr<ReceivePath>> kept;
  for (const ReceiveParameters& section : receivers) {
    const size_t index = section.transport_index;
    if (kept.size() <= index) kept.resize(index + 1);
    std::unique_ptr<ReceivePath>& path = kept[index];
    if (path == nullptr) {
      if (PathOn(index) != nullptr) {
        path = std::move(paths_[index]);
      } else {
        path = std::make_unique<ReceivePath>(loop_.packets(), rtcp_sender_, index, local_ssrc_,
                                             options_.cname);
      }
      path->transport_cc_negotiated = false;
      path->remb_negotiated = false;
      path->sender.set_reduced_size(true);
      path->sender.set_reference_time(false);
    }
    if (section.receiver_reference_time) path->sender.set_reference_time(true);
    if (!section.reduced_size_rtcp) path->sender.set_reduced_size(false);
    for (const Codec& codec : section.codecs) {
      if (codec.HasFeedback("transport-cc")) path->transport_cc_negotiated = true;
      if (codec.HasFeedback("goog-remb")) path->remb_negotiated = true;
    }
  }
  paths_ = std::move(kept);
}

// One of the two; what a sender knows of both is the better one.
void MediaSession::Impl::ChooseEstimation() {
  for (const auto& path : paths_) {
    if (path == nullptr) continue;
    if (router_.extension_ids(path->transport_index()).transport_cc == 0) {
      path->transport_cc_negotiated = false;
    }
    if (path->transport_cc_negotiated) path->remb_negotiated = false;
  }
}

void MediaSession::Impl::SetReceivers(std::vector<ReceiveParameters> receivers) {
  if (closed_) return;
  SetPaths(receivers);
  sinks_.EndMissing(receivers);
  router_.SetSections(std::move(receivers));
  ChooseEstimation();
  for (const auto& stream : router_.streams()) {
    // A payload type may mean another codec now.
    stream->payload_type = 0xFF;
  }
  for (const auto& section : router_.sections()) {
    section->source_payload_type = 0xFF;
    if (section->parameters().receiving) continue;
    Mute(*section, true);
    for (Sink* sink : section->sinks) {
      if (sink->section() == section.get()) sink->Restart();
    }
  }
  SetTracks(std::move(tracks_));
}

void MediaSession::Impl::SetTracks(std::vector<TrackBinding> tracks) {
  tracks_ = std::move(tracks);
  for (const auto& section : router_.sections()) {
    section->track_id.clear();
    for (const TrackBinding& track : tracks_) {
      if (track.mid == section->mid()) section->track_id = track.track_id;
    }
  }
  SettleSinks();
}

void MediaSession::Impl::SettleSinks() {
  sinks_.Bind(router_.sections());
  for (const auto& section : router_.sections()) {
    if (section->is_video()) FollowUp(*section, loop_.Now());
  }
  EmitSinkStates(sinks_.all());
}

absl::Status MediaSession::Impl::CheckKeyFrameRequest(const Section& section) const {
  if (!section.is_video()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::TRACK_KIND_MISMATCH,
                     "an audio track has no key frames");
  }
  if (!section.parameters().receiving || closed_) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRACK_NOT_ACTIVE,
                     "the section of the track does not receive");
  }
  const Timestamp now = loop_.Now();
  const auto& streams = router_.streams();
  const bool arrives = std::any_of(streams.begin(), streams.end(), [&](const auto& stream) {
    return stream->section == &section && stream->first_media_seen && IsLive(*stream, now);
  });
  if (arrives) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRACK_NOT_ACTIVE,
                   "no packets of the track arrive");
}

absl::StatusOr<bool> MediaSession::Impl::RequestKeyFrame(Section* section, const std::string& rid) {
  PCD_RETURN_IF_ERROR(CheckKeyFrameRequest(*section));
  const Timestamp now = loop_.Now();
  if (!rid.empty()) {
    RemoteStream* layer = router_.FindLayer(*section, rid);
    if (layer != nullptr && IsLive(*layer, now)) return AskForKeyFrame(*layer, now);
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRACK_NOT_ACTIVE,
                     "no packets of the layer " + rid + " arrive");
  }
  bool sent = AskForKeyFrame(*section, now);
  for (const auto& stream : router_.streams()) {
    if (stream->section != section || !stream->layer_active || section->source == stream->ssrc) {
      continue;
    }
    sent = AskForKeyFrame(*stream, now) || sent;
  }
  return sent;
}

absl::StatusOr<bool> MediaSession::Impl::RequestKeyFrameOfSink(const Sink& sink,
                                                               const std::string& rid) {
  Section& section = *sink.section();
  if (!rid.empty()) return RequestKeyFrame(&section, rid);
  PCD_RETURN_IF_ERROR(CheckKeyFrameRequest(section));
  RemoteStream* stream = StreamOf(section, sink);
  return stream != nullptr ? AskForKeyFrame(*stream, loop_.Now())
                           : AskForKeyFrame(section, loop_.Now());
}

void MediaSession::Impl::OnSinkWantsKeyFrame(Sink& sink) {
  Section* section = sink.section();
  if (closed_ || section == nullptr || !section->is_video()) return;
  if (!section->parameters().receiving) return;
  if (RemoteStream* stream = StreamOf(*section, sink)) {
    AskForKeyFrame(*stream, loop_.Now());
  } else if (sink.config().rid.empty()) {
    AskForKeyFrame(*section, loop_.Now());
  }
}

void MediaSession::Impl::Emit(MediaEvent event) {
  if (events_.size() >= kMaxEvents) events_.pop_front();
  events_.push_back(std::move(event));
}

void MediaSession::Impl::EmitSinkStates(std::span<const std::unique_ptr<Sink>> sinks) {
  for (const auto& sink : sinks) {
    if (sink->TakeStateChange()) {
      Emit(SinkStateChangedEvent{sink->config().id, sink->state()});
    }
  }
}

std::optional<MediaEvent> MediaSession::Impl::PollEvent() {
  if (events_.empty()) return std::nullopt;
  return events_.Take();
}

void MediaSession::Impl::HandleTimeout(Timestamp now) {
  if (closed_) return;
  for (const auto& path : paths_) {
    if (path != nullptr && path->NextDeadline() <= now) SendDue(*path, now);
  }
  for (const auto& stream : router_.streams()) {
    if (stream->nack != nullptr && stream->nack->NextDeadline() <= now) SendNacks(*stream, now);
    if (stream->key_frames.HandleTimeout(now, IsLive(*stream, now))) SendKeyFrameRequest(*stream);
  }
  if (layer_deadline_ <= now) CheckLayers(now);
  if (track_deadline_ <= now) CheckTracks(now);
  for (const auto& sink : sinks_.all()) {
    if (sink->NextRelease() <= now) {
      sink->ReleaseHeld(now);
      if (sink->TakeStateChange()) Emit(SinkStateChangedEvent{sink->config().id, sink->state()});
    }
    if (sink->NextReport() > now) continue;
    const auto source = sink->source_ssrc();
    const bool bound = source && sink->section() != nullptr;
    sink->SendReport(
        now, bound ? router_.FindStream(sink->section()->transport_index(), *source) : nullptr,
        clocks_);
  }
}

Timestamp MediaSession::Impl::NextDeadline() const {
  if (closed_) return kNever;
  Timestamp next = std::min(layer_deadline_, track_deadline_);
  for (const auto& path : paths_) {
    if (path != nullptr) next = std::min(next, path->NextDeadline());
  }
  for (const auto& stream : router_.streams()) {
    next = std::min(next, stream->key_frames.NextDeadline());
    if (stream->nack != nullptr) next = std::min(next, stream->nack->NextDeadline());
  }
  for (const auto& sink : sinks_.all()) {
    next = std::min({next, sink->NextReport(), sink->NextRelease()});
  }
  return next;
}

void MediaSession::Impl::SendDue(ReceivePath& path, Timestamp now) {
  if (path.transport_cc.NextDeadline() <= now) path.SendTransportCc();
  if (path.bandwidth.NextDeadline() <= now) SendRemb(path, now);
  if (path.report_deadline > now) return;
  path.report_deadline = kNever;
  path.sender.SendReports(router_.streams(), now, NtpFromUnixMicros(loop_.UnixMicros()));
}

void MediaSession::Impl::SendRemb(ReceivePath& path, Timestamp now) {
  const auto bitrate = path.bandwidth.TakeReport(now);
  if (!bitrate) return;
  std::array<uint32_t, kMaxRembSsrcs> ssrcs;
  size_t count = 0;
  for (const auto& stream : router_.streams()) {
    if (stream->transport_index != path.transport_index() || !stream->first_media_seen) continue;
    if (count < ssrcs.size()) ssrcs[count++] = stream->ssrc;
  }
  path.sender.SendRemb(*bitrate, {ssrcs.data(), count});
}

void MediaSession::Impl::Close() {
  if (std::exchange(closed_, true)) return;
  sinks_.CloseAll();
}

}  // namespace pcd::media
