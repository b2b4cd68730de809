#include "engine/media/media_session_impl.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"

namespace pcd::media {

MediaSession::Impl::Impl(net::Loop& loop, RtcpSender& rtcp_sender, const net::AddressPolicy& policy,
                         net::DestinationClaims& claims, const Limits& limits,
                         MediaSessionOptions options)
    : loop_(loop),
      options_(std::move(options)),
      router_(limits),
      sinks_(loop, *this, policy, claims, limits.max_sinks, options_.cname),
      feedback_(loop.packets(), rtcp_sender,
                options_.local_ssrc != 0 ? options_.local_ssrc : (loop.random().Uint32() | 1),
                options_.cname) {}

void MediaSession::Impl::SetReceivers(std::vector<ReceiveParameters> receivers) {
  if (closed_) return;
  transport_cc_negotiated_ = false;
  bool reduced_size = !receivers.empty();
  for (const ReceiveParameters& section : receivers) {
    reduced_size = reduced_size && section.reduced_size_rtcp;
    for (const Codec& codec : section.codecs) {
      if (codec.HasFeedback("transport-cc")) transport_cc_negotiated_ = true;
    }
  }
  feedback_.set_reduced_size(reduced_size);

  sinks_.EndMissing(receivers);
  router_.SetSections(std::move(receivers));
  for (const auto& stream : router_.streams()) {
    // A payload type may mean another codec now.
    stream->payload_type = 0xFF;
  }
  for (const auto& section : router_.sections()) {
    section->source_payload_type = 0xFF;
    if (section->parameters().receiving) continue;
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

// A video sink that waits for its first key frame always has a request under way.
void MediaSession::Impl::FollowUp(Section& section, Timestamp now) {
  if (section.key_frames.wanted()) return;
  const bool starting = std::any_of(section.sinks.begin(), section.sinks.end(),
                                    [](const Sink* sink) { return sink->IsStarting(); });
  if (starting) AskForKeyFrame(section, now);
}

bool MediaSession::Impl::IsLive(const Section& section, Timestamp now) const {
  return section.source.has_value() && now - section.last_packet < kLiveInterval;
}

bool MediaSession::Impl::AskForKeyFrame(Section& section, Timestamp now) {
  if (!section.key_frames.Request(now, IsLive(section, now))) return false;
  SendKeyFrameRequest(section);
  return true;
}

// PLI, or FIR where only that was negotiated (RFC 4585, RFC 5104).
void MediaSession::Impl::SendKeyFrameRequest(Section& section) {
  RemoteStream* stream = router_.FindStream(*section.source);
  if (stream == nullptr) return;
  const Codec* codec = section.FindCodec(section.source_payload_type);
  if (codec != nullptr && !codec->HasFeedback("nack pli") && codec->HasFeedback("ccm fir")) {
    feedback_.SendFir(stream->ssrc, static_cast<uint8_t>(stream->firs++));
  } else {
    feedback_.SendPli(stream->ssrc);
    ++stream->plis;
  }
  Emit(KeyFrameRequestedEvent{section.mid(), stream->ssrc});
}

absl::StatusOr<bool> MediaSession::Impl::RequestKeyFrame(Section* section) {
  if (!section->is_video()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::TRACK_KIND_MISMATCH,
                     "an audio track has no key frames");
  }
  if (!section->parameters().receiving || closed_) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRACK_NOT_ACTIVE,
                     "the section of the track does not receive");
  }
  if (!IsLive(*section, loop_.Now())) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorReason::TRACK_NOT_ACTIVE,
                     "no packets of the track arrive");
  }
  return AskForKeyFrame(*section, loop_.Now());
}

void MediaSession::Impl::OnSinkWantsKeyFrame(Sink& sink) {
  Section* section = sink.section();
  if (closed_ || section == nullptr || !section->is_video()) return;
  if (section->parameters().receiving) AskForKeyFrame(*section, loop_.Now());
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
  MediaEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void MediaSession::Impl::HandleTimeout(Timestamp now) {
  if (closed_) return;
  if (transport_cc_.NextDeadline() <= now) SendTransportCc();
  if (report_deadline_ <= now) {
    report_deadline_ = kNever;
    feedback_.SendReports(router_.streams(), now);
  }
  for (const auto& section : router_.sections()) {
    if (section->key_frames.HandleTimeout(now, IsLive(*section, now))) {
      SendKeyFrameRequest(*section);
    }
  }
  for (const auto& sink : sinks_.all()) {
    if (sink->NextReport() > now) continue;
    const Section* section = sink->section();
    const RemoteStream* stream = section != nullptr && section->source.has_value()
                                     ? router_.FindStream(*section->source)
                                     : nullptr;
    sink->SendReport(now, stream, clocks_);
  }
}

Timestamp MediaSession::Impl::NextDeadline() const {
  if (closed_) return kNever;
  Timestamp next = std::min(transport_cc_.NextDeadline(), report_deadline_);
  for (const auto& section : router_.sections()) {
    next = std::min(next, section->key_frames.NextDeadline());
  }
  for (const auto& sink : sinks_.all()) next = std::min(next, sink->NextReport());
  return next;
}

void MediaSession::Impl::SendTransportCc() {
  feedback_.SendTransportCc(transport_cc_, transport_cc_media_ssrc_);
}

void MediaSession::Impl::Close() {
  if (std::exchange(closed_, true)) return;
  sinks_.CloseAll();
}

}  // namespace pcd::media
