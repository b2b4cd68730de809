// The W3C view of a MediaSession.
#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "engine/media/media_session_impl.h"
#include "engine/rtp/ntp_rtp_clock.h"

namespace pcd::media {

// Of a source and its section, whichever transport carries them.
std::string MediaSession::Impl::StatsId(const char* prefix, const RemoteStream& stream) const {
  return prefix + stream.section->mid() + "-" + std::to_string(stream.ssrc);
}

std::string MediaSession::Impl::CodecStatsId(const Section& section, uint8_t payload_type) const {
  return "codec-" + TransportId(section) + "-" + section.mid() + "-" + std::to_string(payload_type);
}

// Null: nothing was sent again.
const RemoteStream* MediaSession::Impl::RetransmissionOf(const RemoteStream& stream) const {
  for (const auto& other : router_.streams()) {
    if (other->retransmits && router_.FindOriginal(*other) == &stream) return other.get();
  }
  return nullptr;
}

InboundRtpStats MediaSession::Impl::InboundStatsOf(const RemoteStream& stream) const {
  const Section& section = *stream.section;
  InboundRtpStats stats;
  stats.id = StatsId("inbound-rtp-", stream);
  stats.transport_id = TransportId(section);
  if (stream.payload_type != 0xFF) stats.codec_id = CodecStatsId(section, stream.payload_type);
  stats.track_identifier = section.track_id;
  stats.mid = section.mid();
  stats.rid = stream.rid;
  stats.ssrc = stream.ssrc;
  stats.kind = section.parameters().kind;
  stats.packets_received = stream.packets;
  stats.bytes_received = stream.payload_bytes;
  stats.header_bytes_received = stream.header_bytes;
  stats.packets_lost = stream.statistics.lost();
  stats.packets_discarded = stream.discarded;
  stats.packets_duplicated = stream.statistics.duplicates();
  stats.jitter = stream.statistics.jitter_seconds();
  stats.last_packet_received_us = stream.last_packet_unix_us;
  stats.fir_count = stream.firs;
  stats.pli_count = stream.plis;
  if (const RemoteStream* other = RetransmissionOf(stream)) {
    stats.rtx_ssrc = other->ssrc;
    stats.retransmitted_packets_received = other->packets;
    stats.retransmitted_bytes_received = other->payload_bytes;
    // webrtc-stats, 8.5: "a subset of packetsReceived".
    stats.packets_received += other->packets;
    stats.bytes_received += other->payload_bytes;
    stats.header_bytes_received += other->header_bytes;
  }
  stats.frames_received = stream.frames;
  stats.key_frames_received = stream.key_frame_count;
  stats.frames_per_second = stream.frame_rate.PerSecond(loop_.Now());
  stats.frame_width = stream.frame_size.width;
  stats.frame_height = stream.frame_size.height;
  stats.audio_level = stream.heard.audio_level;
  stats.nack_count = stream.nacks;
  return stats;
}

RemoteOutboundRtpStats MediaSession::Impl::RemoteStatsOf(const RemoteStream& stream) const {
  RemoteOutboundRtpStats stats;
  stats.id = StatsId("remote-outbound-rtp-", stream);
  stats.local_id = StatsId("inbound-rtp-", stream);
  stats.transport_id = TransportId(*stream.section);
  if (stream.payload_type != 0xFF) {
    stats.codec_id = CodecStatsId(*stream.section, stream.payload_type);
  }
  stats.ssrc = stream.ssrc;
  stats.kind = stream.section->parameters().kind;
  stats.packets_sent = stream.report.packet_count;
  stats.bytes_sent = stream.report.octet_count;
  stats.reports_sent = stream.report.reports;
  if (stream.report.reports > 0) {
    stats.arrived_us = loop_.UnixMicros() - (loop_.Now() - stream.report.arrival).count();
  }
  if (stream.report.ntp.value != 0) {
    stats.remote_timestamp_us =
        rtp::NtpMicros(stream.report.ntp) - rtp::NtpMicros(NtpFromUnixMicros(0));
  }
  const auto seconds = [](Duration time) { return std::chrono::duration<double>(time).count(); };
  if (stream.round_trip) stats.round_trip_time = seconds(*stream.round_trip);
  stats.total_round_trip_time = seconds(stream.total_round_trip);
  stats.round_trip_time_measurements = stream.round_trips;
  return stats;
}

RtpSources MediaSession::Impl::GetSources(const std::string& mid) const {
  RtpSources sources{.unix_us = loop_.UnixMicros()};
  const Section* section = router_.FindSection(mid);
  if (section == nullptr) return sources;
  const auto add = [&](std::vector<RtpSource>& list, Timestamp arrival, RtpSource source) {
    const Duration age = loop_.Now() - arrival;
    if (age > RtpSources::kMaxAge) return;
    source.unix_us = sources.unix_us - age.count();
    list.push_back(source);
  };
  for (const auto& stream : router_.streams()) {
    const HeardPacket& heard = stream->heard;
    if (stream->section != section || heard.arrival == Timestamp{}) continue;
    add(sources.synchronization, heard.arrival,
        {.source = stream->ssrc,
         .rtp_timestamp = heard.rtp_timestamp,
         .audio_level = heard.audio_level});
  }
  for (const ContributingSources::Source& source : section->contributing.sources()) {
    add(sources.contributing, source.arrival,
        {.source = source.csrc, .rtp_timestamp = source.rtp_timestamp});
  }
  for (auto* list : {&sources.synchronization, &sources.contributing}) {
    std::sort(list->begin(), list->end(), [](const RtpSource& a, const RtpSource& b) {
      return std::tie(b.unix_us, a.source) < std::tie(a.unix_us, b.source);
    });
  }
  return sources;
}

std::vector<TrackLayer> MediaSession::Impl::GetLayers(const std::string& mid) const {
  std::vector<TrackLayer> layers;
  const Section* section = router_.FindSection(mid);
  for (const auto& stream : router_.streams()) {
    if (section == nullptr || stream->section != section || !stream->first_media_seen) continue;
    const RemoteStream* retransmission = RetransmissionOf(*stream);
    layers.push_back({.rid = stream->rid,
                      .ssrc = stream->ssrc,
                      .rtx_ssrc = retransmission != nullptr ? retransmission->ssrc : 0,
                      .active = !IsGone(stream.get(), *section, loop_.Now()),
                      .payload_type = stream->payload_type});
  }
  return layers;
}

MediaStats MediaSession::Impl::GetStats() const {
  MediaStats stats;
  for (const auto& path : paths_) {
    if (path == nullptr || !path->remb_negotiated) continue;
    if (const auto bitrate = path->bandwidth.estimate_bps()) {
      stats.incoming_bitrates.emplace_back(path->transport_index(), *bitrate);
    }
  }
  std::set<std::string> codecs;
  for (const auto& stream : router_.streams()) {
    // Signalled but silent, or nothing but retransmissions: not a stream of media yet.
    if (!stream->first_media_seen) continue;
    stats.inbound.push_back(InboundStatsOf(*stream));
    if (stream->report.reports > 0) stats.remote_outbound.push_back(RemoteStatsOf(*stream));
    const Codec* codec = stream->section->FindCodec(stream->payload_type);
    if (codec == nullptr) continue;
    CodecStats entry;
    entry.id = CodecStatsId(*stream->section, codec->payload_type);
    if (!codecs.insert(entry.id).second) continue;
    entry.transport_id = TransportId(*stream->section);
    entry.mime_type = std::string(ToString(stream->section->parameters().kind)) + "/" + codec->name;
    entry.sdp_fmtp_line = codec->FmtpText();
    entry.payload_type = codec->payload_type;
    entry.clock_rate = codec->clock_rate;
    entry.channels = codec->channels;
    stats.codecs.push_back(std::move(entry));
  }
  return stats;
}

}  // namespace pcd::media
