// The media path of a sink, and the RTCP that comes back.
#include <utility>

#include "engine/media/sink.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/receiver_report.h"

namespace pcd::media {

Sink::Facts Sink::FactsOf(const MediaPacket& packet) {
  return {.sequence = packet.sequence,
          .timestamp = packet.view.timestamp(),
          .payload_type = packet.view.payload_type(),
          .can_start = packet.can_start,
          .is_event = packet.is_event,
          .clock_rate = packet.stream.clock_rate,
          .now = packet.now};
}

// Notes the source of what is taken; numbers of another one have another order.
void Sink::FollowSource(const MediaPacket& packet) {
  const SourceId source{packet.stream.ssrc, packet.stream.restarts};
  if (arriving_ == source) return;
  FlushHeld(packet.now);
  arriving_ = source;
  if (active_rid_ != packet.stream.rid) active_rid_ = packet.stream.rid;
}

bool Sink::Accept(const MediaPacket& packet) {
  hold_next_ = false;
  const bool taken_type = packet.is_event && config_.payload_type == packet.view.payload_type();
  if (closed_ || config_.paused || taken_type) {
    ++counters_.packets_skipped;
    if (taken_type) Skip(packet);
    return false;
  }
  FollowSource(packet);
  if (reorder_) {
    if (reorder_->PlaceOf(packet.sequence) == ReorderBuffer::Place::kFar) FlushHeld(packet.now);
    switch (reorder_->PlaceOf(packet.sequence)) {
      case ReorderBuffer::Place::kLate:
        ++counters_.packets_skipped;
        return false;
      case ReorderBuffer::Place::kAhead:
        hold_next_ = true;
        return true;
      case ReorderBuffer::Place::kFar:
      case ReorderBuffer::Place::kNext:
        reorder_->Advance(packet.sequence);
    }
  }
  const bool sends = Decide(FactsOf(packet));
  if (!sends) ReleaseHeld(packet.now);
  return sends;
}

bool Sink::Decide(const Facts& facts) {
  if (started_ && source_ != arriving_) started_ = false;
  if (!started_) {
    if (!facts.can_start) {
      ++counters_.packets_skipped;
      return false;
    }
    rewriter_.Start(facts.sequence, facts.timestamp, source_ == arriving_, facts.clock_rate,
                    facts.now);
    source_ = arriving_;
    started_ = true;
    next_report_ = facts.now + kFirstReportDelay;
  }
  const auto out = rewriter_.Map(facts.sequence, facts.timestamp, facts.now);
  if (!out) {
    ++counters_.packets_skipped;
    return false;
  }
  next_.ssrc = ssrc();
  next_.payload_type =
      facts.is_event ? facts.payload_type : config_.payload_type.value_or(facts.payload_type);
  next_.sequence_number = out->sequence;
  next_.timestamp = out->timestamp;
  return true;
}

void Sink::CountSent(size_t payload_bytes, size_t bytes, Timestamp now) {
  ++counters_.packets_sent;
  counters_.bytes_sent += bytes;
  counters_.last_packet_us = loop_.UnixMicros();
  ++report_packets_;
  report_octets_ += static_cast<uint32_t>(payload_bytes);
  if (next_report_ == kNever) next_report_ = now + kReportInterval;
}

void Sink::SendCopy(const MediaPacket& packet) {
  PacketPtr copy = loop_.packets().Get();
  if (hold_next_) {
    if (copy->Assign({packet.view.header().data(), packet.view.size()})) {
      Hold(packet, std::move(copy));
    }
    return;
  }
  const size_t size =
      rtp::RewriteStrippedInto({copy->data(), Packet::kCapacity}, packet.view, next_);
  copy->set_size(size);
  CountSent(packet.view.payload().size(), size, packet.now);
  sockets_.rtp->Queue(std::move(copy));
  ReleaseHeld(packet.now);
}

void Sink::SendInPlace(const MediaPacket& packet, PacketPtr owned) {
  if (hold_next_) return Hold(packet, std::move(owned));
  const size_t payload_bytes = packet.view.payload().size();
  const size_t size = rtp::RewriteStrippedInPlace(owned->bytes(), packet.view, next_);
  CountSent(payload_bytes, size, packet.now);
  owned->set_size(size);
  sockets_.rtp->Queue(std::move(owned));
  ReleaseHeld(packet.now);
}

void Sink::Hold(const MediaPacket& packet, PacketPtr owned) {
  reorder_->Hold({.packet = std::move(owned),
                  .sequence = packet.sequence,
                  .can_start = packet.can_start,
                  .is_event = packet.is_event,
                  .clock_rate = packet.stream.clock_rate},
                 packet.now);
  ReleaseHeld(packet.now);
}

void Sink::ReleaseHeld(Timestamp now) {
  if (!reorder_) return;
  while (auto held = reorder_->Pop(now)) SendHeld(std::move(*held), now);
}

void Sink::FlushHeld(Timestamp now) {
  if (!reorder_) return;
  while (auto held = reorder_->PopAnyway()) SendHeld(std::move(*held), now);
  reorder_->Restart();
}

void Sink::DropHeld() {
  arriving_.reset();
  if (!reorder_) return;
  while (reorder_->PopAnyway()) ++counters_.packets_skipped;
  reorder_->Restart();
}

void Sink::SendHeld(ReorderBuffer::Held held, Timestamp now) {
  if (held.packet == nullptr) return SkipNumber(held.sequence);
  const auto view = rtp::RtpPacketView::Parse(held.packet->bytes());
  if (!view) return;  // It was parsed before it was held.
  const bool sends = Decide({.sequence = held.sequence,
                             .timestamp = view->timestamp(),
                             .payload_type = view->payload_type(),
                             .can_start = held.can_start,
                             .is_event = held.is_event,
                             .clock_rate = held.clock_rate,
                             .now = now});
  if (!sends) return;
  const size_t payload_bytes = view->payload().size();
  const size_t size = rtp::RewriteStrippedInPlace(held.packet->bytes(), *view, next_);
  CountSent(payload_bytes, size, now);
  held.packet->set_size(size);
  sockets_.rtp->Queue(std::move(held.packet));
}

void Sink::SkipNumber(int64_t sequence) {
  if (started_ && source_ == arriving_) rewriter_.Skip(sequence);
}

void Sink::Skip(const MediaPacket& packet) {
  if (arriving_ != SourceId{packet.stream.ssrc, packet.stream.restarts}) return;
  if (!reorder_) return SkipNumber(packet.sequence);
  switch (reorder_->PlaceOf(packet.sequence)) {
    case ReorderBuffer::Place::kAhead:
      reorder_->Hold({.sequence = packet.sequence}, packet.now);
      break;
    case ReorderBuffer::Place::kNext:
      reorder_->Advance(packet.sequence);
      SkipNumber(packet.sequence);
      break;
    case ReorderBuffer::Place::kLate:
    case ReorderBuffer::Place::kFar:
      return;
  }
  ReleaseHeld(packet.now);
}

void Sink::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) {
  bool wants_key_frame = false;
  for (const PacketPtr& packet : packets) {
    ++counters_.rtcp_packets_received;
    rtp::CompoundReader reader(packet->bytes());
    for (rtp::RtcpPacketView view; reader.Next(view);) {
      wants_key_frame = HandleRtcp(view) || wants_key_frame;
    }
    if (reader.malformed()) ++counters_.rtcp_malformed;
  }
  if (wants_key_frame) owner_.OnSinkWantsKeyFrame(*this);
}

// True when the receiver asks for a key frame.
bool Sink::HandleRtcp(const rtp::RtcpPacketView& packet) {
  if (rtp::ParseReceiverReport(packet)) ++counters_.receiver_reports;
  if (const auto nack = rtp::ParseNack(packet); nack && nack->media_ssrc == ssrc()) {
    uint16_t sequence = 0;
    for (auto reader = nack->sequences(); reader.Next(sequence);) ++counters_.nacks;
  }
  bool wanted = false;
  if (const auto pli = rtp::ParsePli(packet)) wanted = pli->media_ssrc == ssrc();
  if (const auto fir = rtp::ParseFir(packet)) {
    for (size_t i = 0; i < fir->entry_count; ++i) {
      wanted = wanted || fir->entry(i).media_ssrc == ssrc();
    }
  }
  if (wanted) ++counters_.key_frame_requests;
  return wanted;
}

}  // namespace pcd::media
