// The W3C view of a SendSession.
#include <set>
#include <string>
#include <utility>

#include "engine/media/sending/send_session.h"

namespace pcd::media {
namespace {

constexpr double kMicrosPerSecond = 1e6;

std::string SourceStatsId(const std::string& track_id) { return "media-source-" + track_id; }

}  // namespace

// Of a stream and its section, whichever transport carries them.
std::string SendSession::StatsId(const char* prefix, const RtpSender& sender) const {
  return prefix + sender.parameters().mid + "-" + std::to_string(sender.ssrc());
}

// The same id as that of the receiving side: it is the same codec of the same section.
std::string SendSession::CodecStatsId(const RtpSender& sender) const {
  return "codec-" + TransportId(sender) + "-" + sender.parameters().mid + "-" +
         std::to_string(sender.codec()->payload_type);
}

OutboundRtpStats SendSession::OutboundStatsOf(const Sender& sender) const {
  const RtpSender& rtp = sender.rtp;
  const SenderCounters& counters = rtp.counters();
  OutboundRtpStats stats;
  stats.id = StatsId("outbound-rtp-", rtp);
  stats.transport_id = TransportId(rtp);
  if (rtp.codec() != nullptr) stats.codec_id = CodecStatsId(rtp);
  if (sender.track != nullptr) stats.media_source_id = SourceStatsId(sender.track->id());
  if (rtp.reception().reports > 0) stats.remote_id = StatsId("remote-inbound-rtp-", rtp);
  stats.mid = rtp.parameters().mid;
  stats.rid = rtp.rid();
  stats.encoding_index = sender.encoding_index;
  stats.ssrc = rtp.ssrc();
  stats.kind = rtp.parameters().kind;
  stats.active = rtp.active();
  stats.packets_sent = counters.packets_sent + counters.packets_sent_again;
  stats.bytes_sent = counters.payload_bytes_sent + counters.payload_bytes_sent_again;
  stats.header_bytes_sent = counters.header_bytes_sent + counters.header_bytes_sent_again;
  stats.retransmitted_packets_sent = counters.packets_sent_again;
  stats.retransmitted_bytes_sent = counters.payload_bytes_sent_again;
  if (rtp.uses_rtx()) stats.rtx_ssrc = rtp.rtx_ssrc();
  stats.frames_sent = counters.frames_sent;
  stats.key_frames_sent = counters.key_frames_sent;
  stats.huge_frames_sent = counters.huge_frames_sent;
  stats.frames_per_second = rtp.frames_per_second(loop_.Now());
  stats.frame_width = rtp.frame_size().width;
  stats.frame_height = rtp.frame_size().height;
  stats.nack_count = counters.nack_packets;
  stats.fir_count = counters.firs;
  stats.pli_count = counters.plis;
  return stats;
}

RemoteInboundRtpStats SendSession::RemoteStatsOf(const RtpSender& sender) const {
  const RemoteReception& reception = sender.reception();
  RemoteInboundRtpStats stats;
  stats.id = StatsId("remote-inbound-rtp-", sender);
  stats.local_id = StatsId("outbound-rtp-", sender);
  stats.transport_id = TransportId(sender);
  if (sender.codec() != nullptr) stats.codec_id = CodecStatsId(sender);
  stats.ssrc = sender.ssrc();
  stats.kind = sender.parameters().kind;
  if (reception.reports > 0) {
    stats.arrived_us = loop_.UnixMicros() - (loop_.Now() - reception.arrival).count();
  }
  stats.packets_received = reception.packets_received;
  stats.packets_lost = reception.packets_lost;
  stats.fraction_lost = reception.fraction_lost;
  stats.jitter = reception.jitter;
  if (reception.round_trip) {
    stats.round_trip_time = static_cast<double>(reception.round_trip->count()) / kMicrosPerSecond;
  }
  stats.total_round_trip_time =
      static_cast<double>(reception.total_round_trip.count()) / kMicrosPerSecond;
  stats.round_trip_time_measurements = reception.round_trips;
  return stats;
}

MediaSourceStats SendSession::SourceStatsOf(const LocalTrack& track) const {
  MediaSourceStats stats;
  stats.id = SourceStatsId(track.id());
  stats.track_identifier = track.id();
  stats.kind = track.kind();
  stats.packets_received = track.counters().packets_received;
  stats.bytes_received = track.counters().payload_bytes_received;
  stats.frames = track.counters().frames;
  stats.frames_per_second = track.frames_per_second();
  stats.width = track.frame_size().width;
  stats.height = track.frame_size().height;
  return stats;
}

SendStats SendSession::GetStats() const {
  SendStats stats;
  std::set<const LocalTrack*> sources;
  std::set<std::string> codecs;
  for (const auto& sender : senders_) {
    const RtpSender& rtp = sender->rtp;
    // W3C: a media source is one that a sender has.
    if (sender->track != nullptr && sources.insert(sender->track).second) {
      stats.sources.push_back(SourceStatsOf(*sender->track));
    }
    if (rtp.counters().packets_sent == 0) continue;
    stats.outbound.push_back(OutboundStatsOf(*sender));
    if (rtp.reception().reports > 0) stats.remote_inbound.push_back(RemoteStatsOf(rtp));
    const Codec* codec = rtp.codec();
    if (codec == nullptr || !codecs.insert(CodecStatsId(rtp)).second) continue;
    stats.codecs.push_back(
        {.id = CodecStatsId(rtp),
         .transport_id = TransportId(rtp),
         .mime_type = std::string(ToString(rtp.parameters().kind)) + "/" + codec->name,
         .sdp_fmtp_line = codec->FmtpText(),
         .payload_type = codec->payload_type,
         .clock_rate = codec->clock_rate,
         .channels = codec->channels});
  }
  return stats;
}

}  // namespace pcd::media
