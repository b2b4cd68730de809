// Which of its sources a section forwards, and what is asked of them: key frames, lost packets.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/media/media_session_impl.h"

namespace pcd::media {
namespace {

// Whether `a` is the better layer to show. By picture size where both are known, else by place
// in a=simulcast.
bool IsHigher(const Section& section, const RemoteStream& a, const RemoteStream& b) {
  const uint64_t size = a.frame_size.pixels();
  const uint64_t other = b.frame_size.pixels();
  if (size != 0 && other != 0 && size != other) return size > other;
  return section.LayerIndex(a.rid) > section.LayerIndex(b.rid);
}

}  // namespace

bool MediaSession::Impl::IsGone(const RemoteStream* stream, const Section& section,
                                Timestamp now) const {
  return stream == nullptr || stream->section != &section || stream->ended ||
         now - stream->last_media >= kSourceSilence;
}

bool MediaSession::Impl::IsHighestLive(const Section& section, const RemoteStream& stream,
                                       Timestamp now) const {
  return std::none_of(router_.streams().begin(), router_.streams().end(), [&](const auto& other) {
    return other->first_media_seen && other.get() != &stream &&
           !IsGone(other.get(), section, now) && IsHigher(section, *other, stream);
  });
}

// Whether this stream is the one that its section's sinks are fed from, perhaps from now on. A
// better simulcast layer is asked for a key frame and takes over with it.
bool MediaSession::Impl::SelectSource(Section& section, RemoteStream& stream, bool can_start,
                                      Timestamp now) {
  if (section.source == stream.ssrc) return true;
  const RemoteStream* current = router_.SourceOf(section);
  const bool vacant = IsGone(current, section, now);
  if (!section.is_simulcast() || stream.rid.empty()) {
    if (!vacant) return false;
  } else {
    if (vacant ? !IsHighestLive(section, stream, now) && !can_start
               : !IsHigher(section, stream, *current)) {
      return false;
    }
    if (!can_start) {
      if (!stream.key_frames.wanted()) AskForKeyFrame(stream, now);
      return false;
    }
  }
  section.source = stream.ssrc;
  if (section.key_frame_wanted) {
    section.key_frame_wanted = false;
    if (!can_start) AskForKeyFrame(stream, now);
  }
  return true;
}

// Whether any sink takes, or would take, what this stream sends.
bool MediaSession::Impl::IsFeeding(const Section& section, const RemoteStream& stream) const {
  return std::any_of(section.sinks.begin(), section.sinks.end(),
                     [&](const Sink* sink) { return sink->Wants(stream); });
}

RemoteStream* MediaSession::Impl::StreamOf(const Section& section, const Sink& sink) const {
  if (!sink.config().rid.empty()) return router_.FindLayer(section, sink.config().rid);
  return router_.SourceOf(section);
}

// A video sink that waits for its first key frame always has a request under way.
void MediaSession::Impl::FollowUp(Section& section, Timestamp now) {
  for (const Sink* sink : section.sinks) {
    if (!sink->IsStarting()) continue;
    if (RemoteStream* stream = StreamOf(section, *sink)) {
      if (!stream->key_frames.wanted()) AskForKeyFrame(*stream, now);
    } else if (sink->config().rid.empty()) {
      section.key_frame_wanted = true;
    }
  }
}

bool MediaSession::Impl::IsLive(const RemoteStream& stream, Timestamp now) const {
  return now - stream.last_media < kLiveInterval;
}

bool MediaSession::Impl::AskForKeyFrame(Section& section, Timestamp now) {
  RemoteStream* stream = router_.SourceOf(section);
  if (stream != nullptr) return AskForKeyFrame(*stream, now);
  section.key_frame_wanted = true;
  return false;
}

bool MediaSession::Impl::AskForKeyFrame(RemoteStream& stream, Timestamp now) {
  if (!stream.key_frames.Request(now, IsLive(stream, now))) return false;
  SendKeyFrameRequest(stream);
  return true;
}

// PLI, or FIR where only that was negotiated (RFC 4585, RFC 5104).
void MediaSession::Impl::SendKeyFrameRequest(RemoteStream& stream) {
  const Codec* codec = stream.section->FindCodec(stream.payload_type);
  if (codec != nullptr && !codec->HasFeedback("nack pli") && codec->HasFeedback("ccm fir")) {
    PathFor(stream).sender.SendFir(stream.ssrc, static_cast<uint8_t>(stream.firs++));
  } else {
    PathFor(stream).sender.SendPli(stream.ssrc);
    ++stream.plis;
  }
  Emit(KeyFrameRequestedEvent{stream.section->mid(), stream.ssrc});
}

void MediaSession::Impl::SendNacks(RemoteStream& stream, Timestamp now) {
  std::array<uint16_t, kMaxNackNumbers> numbers;
  while (const size_t count = stream.nack->TakeDue(now, numbers)) {
    PathFor(stream).sender.SendNack(stream.ssrc, {numbers.data(), count});
    ++stream.nacks;
  }
  // Pictures that need what is lost for good are damaged until the next key frame.
  if (stream.nack->TakeGivenUp() && stream.section->is_video() &&
      IsFeeding(*stream.section, stream)) {
    AskForKeyFrame(stream, now);
  }
}

void MediaSession::Impl::NoteLayer(RemoteStream& stream, Timestamp now) {
  if (stream.rid.empty() || std::exchange(stream.layer_active, true)) return;
  layer_deadline_ = std::min(layer_deadline_, now + kLayerSilence);
  // The first time, its first packet is the event.
  if (stream.first_media_seen) EmitLayer(stream);
}

void MediaSession::Impl::CheckLayers(Timestamp now) {
  layer_deadline_ = kNever;
  for (const auto& stream : router_.streams()) {
    if (!stream->layer_active) continue;
    if (now - stream->last_media >= kLayerSilence) {
      stream->layer_active = false;
      EmitLayer(*stream);
    } else {
      layer_deadline_ = std::min(layer_deadline_, stream->last_media + kLayerSilence);
    }
  }
}

void MediaSession::Impl::NoteTrack(Section& section, Timestamp now) {
  section.last_media = now;
  if (!section.muted || !section.parameters().receiving) return;
  track_deadline_ = std::min(track_deadline_, now + kTrackSilence);
  section.unmuted_at = now;
  Mute(section, false);
}

void MediaSession::Impl::CheckTracks(Timestamp now) {
  track_deadline_ = kNever;
  for (const auto& section : router_.sections()) {
    if (section->muted) continue;
    if (now - section->last_media >= kTrackSilence) {
      Mute(*section, true);
    } else {
      track_deadline_ = std::min(track_deadline_, section->last_media + kTrackSilence);
    }
  }
}

// After a goodbye. A remote that alternates packets and goodbyes makes no flood of events: what has
// just begun is muted by silence only.
void MediaSession::Impl::MuteIfEnded(Section& section, Timestamp now) {
  const auto& streams = router_.streams();
  const bool arrives = std::any_of(streams.begin(), streams.end(), [&](const auto& stream) {
    return stream->first_media_seen && !IsGone(stream.get(), section, now);
  });
  if (!arrives && now - section.unmuted_at >= kTrackSilence) Mute(section, true);
}

void MediaSession::Impl::Mute(Section& section, bool muted) {
  if (std::exchange(section.muted, muted) == muted) return;
  Emit(TrackMutedEvent{.mid = section.mid(), .track_id = section.track_id, .muted = muted});
}

bool MediaSession::Impl::IsMuted(const std::string& mid) const {
  const auto& sections = router_.sections();
  return std::none_of(sections.begin(), sections.end(), [&](const auto& section) {
    return section->mid() == mid && !section->muted;
  });
}

void MediaSession::Impl::EmitLayer(const RemoteStream& stream) {
  Emit(LayerActiveEvent{.mid = stream.section->mid(),
                        .track_id = stream.section->track_id,
                        .ssrc = stream.ssrc,
                        .rid = stream.rid,
                        .payload_type = stream.payload_type,
                        .active = stream.layer_active});
}

}  // namespace pcd::media
