// The media path of MediaSession: what happens to each packet.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/media/media_session_impl.h"
#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/extended_report.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/rtp/rtcp/source_description.h"
#include "engine/rtp/rtx.h"

namespace pcd::media {
namespace {

// RFC 6464 section 3: one bit for voice, seven for the level.
std::optional<uint8_t> AudioLevelOf(const rtp::RtpPacketView& view, uint16_t extension_id) {
  if (extension_id == 0) return std::nullopt;
  const auto data = view.FindExtension(static_cast<uint8_t>(extension_id));
  if (!data || data->empty()) return std::nullopt;
  return static_cast<uint8_t>((*data)[0] & 0x7F);
}

}  // namespace

void MediaSession::Impl::OnRtp(size_t transport_index, std::span<PacketPtr> packets) {
  ReceivePath* path = PathOn(transport_index);
  if (closed_ || path == nullptr) {
    for (const PacketPtr& packet : packets) {
      if (packet != nullptr) drops_.Count(closed_ ? DropReason::kClosed : DropReason::kUnknownSsrc);
    }
    return;
  }
  const Timestamp now = loop_.Now();
  for (PacketPtr& packet : packets) {
    if (packet != nullptr) ProcessRtp(*path, packet, now);
  }
  // As many packets wait as one report should cover.
  if (path->transport_cc.NextDeadline() <= now) path->SendTransportCc();
}

void MediaSession::Impl::Drop(RemoteStream& stream, DropReason reason) {
  ++stream.discarded;
  drops_.Count(reason);
}

void MediaSession::Impl::ProcessRtp(ReceivePath& path, PacketPtr& packet, Timestamp now) {
  const auto view = rtp::RtpPacketView::Parse(packet->bytes());
  if (!view) return drops_.Count(DropReason::kMalformedRtp);
  const SsrcRouter::Route route = router_.Find(path.transport_index(), *view, now);
  if (route.transport_sequence && path.transport_cc_negotiated) {
    path.transport_cc.OnPacket(*route.transport_sequence, packet->arrival);
    path.transport_cc_media_ssrc = view->ssrc();
  }
  if (route.abs_send_time && path.remb_negotiated) {
    path.bandwidth.OnPacket(*route.abs_send_time, packet->size(), packet->arrival);
  }
  if (route.stream == nullptr) return drops_.Count(route.reason);

  RemoteStream& stream = *route.stream;
  Section& section = *stream.section;
  if (!section.parameters().receiving) return Drop(stream, DropReason::kNotReceiving);
  const PayloadUse use = section.UseOf(view->payload_type());
  if (use == PayloadUse::kNone) return Drop(stream, DropReason::kPayloadTypeNotNegotiated);

  const ReceiveStatistics::Result counted = CountPacket(stream, *view, use, packet->arrival);
  stream.last_packet = now;
  if (counted.arrival == ReceiveStatistics::Arrival::kJump) {
    return Drop(stream, DropReason::kSequenceJump);
  }
  if (use == PayloadUse::kRetransmission) {
    return ProcessRetransmission(packet, *view, stream, now);
  }
  Deliver(packet, *view, stream, counted.sequence, now);
}

// Turns RTX back into what it repeats. What came already, as in probing, is dropped.
void MediaSession::Impl::ProcessRetransmission(PacketPtr& packet, const rtp::RtpPacketView& view,
                                               RemoteStream& retransmission, Timestamp now) {
  retransmission.retransmits = true;
  const auto number = rtp::OriginalSequenceOf(view);
  RemoteStream* stream = number ? router_.FindOriginal(retransmission) : nullptr;
  const uint8_t payload_type = retransmission.section->OriginalOf(view.payload_type());
  const auto sequence = stream != nullptr ? stream->statistics.Locate(*number) : std::nullopt;
  if (!sequence || payload_type == 0xFF || stream->section != retransmission.section ||
      !stream->delivered.IsNew(*sequence)) {
    return Drop(retransmission, DropReason::kRetransmission);
  }
  packet->set_size(rtp::RestoreOriginal(packet->bytes(), view, stream->ssrc, payload_type));
  const auto original = rtp::RtpPacketView::Parse(packet->bytes());
  if (!original) return Drop(retransmission, DropReason::kMalformedRtp);
  Deliver(packet, *original, *stream, *sequence, now);
}

// One packet of a source, as sent or recovered, on its way to sinks.
void MediaSession::Impl::Deliver(PacketPtr& packet, const rtp::RtpPacketView& view,
                                 RemoteStream& stream, int64_t sequence, Timestamp now) {
  Section& section = *stream.section;
  if (!stream.delivered.Take(sequence)) return Drop(stream, DropReason::kDuplicate);
  const PayloadUse use = section.UseOf(view.payload_type());
  const bool is_event = use == PayloadUse::kEvent;
  KeyFrameStart start{.begins = true};
  if (section.is_video()) start = section.InspectKeyFrame(view.payload_type(), view.payload());
  if (stream.nack != nullptr) {
    if (IsFeeding(section, stream)) {
      stream.nack->OnPacket(sequence, now);
    } else {
      stream.nack->Follow(sequence);
    }
  } else if (section.HasNack(view.payload_type())) {
    stream.nack = std::make_unique<NackGenerator>();
    stream.nack->Follow(sequence);
  }
  const MediaPacket media{view, stream, sequence, start.begins, is_event, now};
  if (use == PayloadUse::kOther || view.payload().empty()) {
    if (!view.payload().empty()) section.last_media = now;
    for (Sink* sink : section.sinks) sink->Skip(media);
    if (use == PayloadUse::kOther) return Drop(stream, DropReason::kNotMedia);
    return drops_.Count(DropReason::kPaddingOnly);
  }
  if (start.size.known()) stream.frame_size = start.size;
  CountMedia(stream, media, packet->arrival);
  OnMedia(media, packet, stream, section);
}

ReceiveStatistics::Result MediaSession::Impl::CountPacket(RemoteStream& stream,
                                                          const rtp::RtpPacketView& view,
                                                          PayloadUse use, Timestamp arrival) {
  if (view.payload_type() != stream.payload_type && use == PayloadUse::kMedia) {
    const Codec* codec = stream.section->FindCodec(view.payload_type());
    stream.payload_type = view.payload_type();
    stream.clock_rate = codec != nullptr ? codec->clock_rate : 0;
  }
  const auto counted = stream.statistics.OnPacket(view.sequence_number(), view.timestamp(),
                                                  stream.clock_rate, arrival);
  if (counted.arrival == ReceiveStatistics::Arrival::kRestart) {
    ++stream.restarts;
    stream.report = {};
    stream.last_timestamp_arrival = {};
    stream.heard = {};
    stream.delivered.Reset();
    if (stream.nack != nullptr) stream.nack->Reset();
  }
  ++stream.packets;
  stream.payload_bytes += view.payload().size();
  stream.header_bytes += view.header_size() + view.padding_size();
  stream.last_packet_unix_us = loop_.UnixMicros();
  stream.ended = false;
  if (Timestamp& deadline = PathFor(stream).report_deadline; deadline == kNever) {
    // Half to one and a half of the interval.
    const Duration spread(loop_.random().Uint32() % kReportInterval.count());
    deadline = loop_.Now() + kReportInterval / 2 + spread;
  }
  return counted;
}

void MediaSession::Impl::CountMedia(RemoteStream& stream, const MediaPacket& media,
                                    Timestamp arrival) {
  const uint32_t timestamp = media.view.timestamp();
  if (stream.last_timestamp_arrival == Timestamp{} ||
      static_cast<int32_t>(timestamp - stream.last_timestamp) > 0) {
    stream.last_timestamp = timestamp;
    stream.last_timestamp_arrival = arrival;
  }
  if (stream.section->is_video()) {
    if (media.view.marker()) {
      ++stream.frames;
      stream.frame_rate.OnFrame(media.now);
    }
    if (media.can_start && stream.last_key_timestamp != timestamp) {
      ++stream.key_frame_count;
      stream.last_key_timestamp = timestamp;
    }
  }
  NoteHeard(stream, media, arrival);
  NoteLayer(stream, media.now);
  stream.last_media = media.now;
  if (!std::exchange(stream.first_media_seen, true)) {
    Emit(FirstPacketEvent{stream.section->mid(), stream.section->track_id, stream.ssrc, stream.rid,
                          media.view.payload_type()});
  }
  NoteTrack(*stream.section, media.now);
}

void MediaSession::Impl::NoteHeard(RemoteStream& stream, const MediaPacket& media,
                                   Timestamp arrival) {
  HeardPacket& heard = stream.heard;
  if (heard.arrival != Timestamp{} && media.sequence <= heard.sequence) return;
  heard.sequence = media.sequence;
  heard.arrival = arrival;
  heard.rtp_timestamp = media.view.timestamp();
  if (!stream.section->is_video()) {
    heard.audio_level = AudioLevelOf(media.view, stream.section->extension_ids().audio_level);
  }
  stream.section->contributing.OnPacket(media.view, arrival);
}

void MediaSession::Impl::OnMedia(const MediaPacket& media, PacketPtr& packet, RemoteStream& stream,
                                 Section& section) {
  const bool is_source = SelectSource(section, stream, media.can_start, media.now);
  if (is_source && !media.is_event) section.source_payload_type = media.view.payload_type();
  if (section.is_video()) {
    if (media.can_start) stream.key_frames.OnKeyFrame();
    if (is_source) section.Learn(media.view.payload_type(), media.view.payload());
  }
  if (!Forward(media, packet, section)) {
    if (is_source) {
      drops_.Count(DropReason::kNoSink);
    } else {
      Drop(stream, DropReason::kOtherSource);
    }
  }
  EmitStates(section);
  if (!section.is_video()) return;
  if (stream.key_frames.OnLive(media.now)) SendKeyFrameRequest(stream);
  FollowUp(section, media.now);
}

void MediaSession::Impl::EmitStates(const Section& section) {
  for (Sink* sink : section.sinks) {
    if (sink->TakeStateChange()) Emit(SinkStateChangedEvent{sink->config().id, sink->state()});
  }
}

// To every sink that takes it: copies for all but the last. False when none does.
bool MediaSession::Impl::Forward(const MediaPacket& media, PacketPtr& packet, Section& section) {
  Sink* last = nullptr;
  for (Sink* sink : section.sinks) {
    if (!sink->Wants(media.stream) || !sink->Accept(media)) continue;
    if (last != nullptr) last->SendCopy(media);
    last = sink;
  }
  if (last == nullptr) return false;
  last->SendInPlace(media, std::move(packet));
  return true;
}

void MediaSession::Impl::OnRtcp(size_t transport_index, std::span<PacketPtr> packets) {
  for (const PacketPtr& packet : packets) {
    if (packet == nullptr) continue;
    if (closed_) {
      drops_.Count(DropReason::kClosed);
    } else {
      ProcessRtcp(transport_index, packet->bytes());
    }
  }
}

void MediaSession::Impl::ProcessRtcp(size_t transport_index, ByteSpan datagram) {
  // Names first: they say which clock a report in the same compound belongs to.
  rtp::RtcpPacketView view;
  for (rtp::CompoundReader reader(datagram); reader.Next(view);) {
    OnSourceDescription(transport_index, view);
  }
  rtp::CompoundReader reader(datagram);
  while (reader.Next(view)) {
    OnSenderReport(transport_index, view);
    OnExtendedReport(transport_index, view);
    OnBye(transport_index, view);
  }
  if (reader.malformed()) drops_.Count(DropReason::kMalformedRtcp);
}

void MediaSession::Impl::OnSourceDescription(size_t transport_index,
                                             const rtp::RtcpPacketView& packet) {
  rtp::SourceDescriptionReader chunks(packet);
  for (rtp::CnameChunk chunk; chunks.Next(chunk);) {
    RemoteStream* stream = router_.FindStream(transport_index, chunk.ssrc);
    if (stream != nullptr && !chunk.cname.empty() && stream->cname != chunk.cname) {
      stream->cname = chunk.cname;
    }
  }
}

void MediaSession::Impl::OnSenderReport(size_t transport_index, const rtp::RtcpPacketView& packet) {
  const auto report = rtp::ParseSenderReport(packet);
  if (!report) return;
  RemoteStream* stream = router_.FindStream(transport_index, report->sender_ssrc);
  if (stream == nullptr) return;
  const SenderReportState previous = stream->report;
  stream->report.ntp = report->ntp;
  stream->report.rtp_timestamp = report->rtp_timestamp;
  stream->report.arrival = loop_.Now();
  stream->report.packet_count = report->packet_count;
  stream->report.octet_count = report->octet_count;
  ++stream->report.reports;
  clocks_.OnReport(stream->cname, stream->report, previous, loop_.UnixMicros());
}

void MediaSession::Impl::OnExtendedReport(size_t transport_index,
                                          const rtp::RtcpPacketView& packet) {
  rtp::XrBlockReader blocks(packet);
  RemoteStream* stream = router_.FindStream(transport_index, blocks.sender_ssrc());
  const ReceivePath* path = PathOn(transport_index);
  if (stream == nullptr || path == nullptr) return;
  for (rtp::XrBlock block; blocks.Next(block);) {
    const ByteSpan delays = rtp::ParseDelays(block);
    for (size_t i = 0; i < delays.size() / rtp::kDelaySinceLastRrBytes; ++i) {
      const auto round_trip = path->sender.RoundTrip(rtp::LoadDelay(delays, i), loop_.Now());
      if (!round_trip) continue;
      stream->round_trip = round_trip;
      stream->total_round_trip += *round_trip;
      ++stream->round_trips;
    }
  }
}

void MediaSession::Impl::OnBye(size_t transport_index, const rtp::RtcpPacketView& packet) {
  const auto bye = rtp::ParseBye(packet);
  if (!bye) return;
  for (size_t i = 0; i < bye->ssrc_count; ++i) {
    RemoteStream* stream = router_.FindStream(transport_index, bye->ssrc(i));
    if (stream == nullptr) continue;
    stream->ended = true;
    MuteIfEnded(*stream->section, loop_.Now());
  }
}

}  // namespace pcd::media
