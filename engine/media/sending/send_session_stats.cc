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

std::string SendSession::StatsId(const char* prefix, const RtpSender& sender) const {
  return prefix + options_.transport_id + "-" + std::to_string(sender.ssrc());
}

// The same id as that of the receiving side: it is the same codec of the same section.
std::string SendSession::CodecStatsId(const RtpSender& sender) const {
  return "codec-" + options_.transport_id + "-" + sender.parameters().mid + "-" +
         std::to_string(sender.codec()->payload_type);
}

OutboundRtpStats SendSession::OutboundStatsOf(const Sender& sender) const {
  const RtpSender& rtp = sender.rtp;
  const SenderCounters& counters = rtp.counters();
  OutboundRtpStats stats;
  stats.id = StatsId("outbound-rtp-", rtp);
  stats.transport_id = options_.transport_id;
  if (rtp.codec() != nullptr) stats.codec_id = CodecStatsId(rtp);
  if (sender.track != nullptr) stats.media_source_id = SourceStatsId(sender.track->id());
  if (rtp.reception().reports > 0) stats.remote_id = StatsId("remote-inbound-rtp-", rtp);
  stats.mid = rtp.parameters().mid;
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
  stats.transport_id = options_.transport_id;
  if (sender.codec() != nullptr) stats.codec_id = CodecStatsId(sender);
  stats.ssrc = sender.ssrc();
  stats.kind = sender.parameters().kind;
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
         .transport_id = options_.transport_id,
         .mime_type = std::string(ToString(rtp.parameters().kind)) + "/" + codec->name,
         .sdp_fmtp_line = codec->FmtpText(),
         .payload_type = codec->payload_type,
         .clock_rate = codec->clock_rate,
         .channels = codec->channels});
  }
  return stats;
}

}  // namespace pcd::media
