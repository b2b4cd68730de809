#include "engine/media/sending/rtp_sender.h"

#include <algorithm>
#include <cstring>

#include "engine/model/codec_match.h"
#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/rtp/rtcp/source_description.h"

namespace pcd::media {

namespace {

constexpr size_t kToneBytes = 4;
constexpr uint8_t kToneVolume = 10;  // -10 dBm0, as browsers send.

enum class Fit { kNone, kMaybe, kLikely, kDecodes, kExact };

Fit FitOf(const Codec& negotiated, const Codec& codec) {
  const bool same_encoding =
      negotiated.NameIs(codec.name.c_str()) && negotiated.clock_rate == codec.clock_rate &&
      std::max<uint16_t>(negotiated.channels, 1) == std::max<uint16_t>(codec.channels, 1);
  if (!same_encoding || negotiated.payload_type > 127 || IsAuxiliary(negotiated)) return Fit::kNone;
  if (negotiated.fmtp == codec.fmtp) return Fit::kExact;
  if (codec.fmtp.empty()) {
    const std::string* mode = negotiated.FindFmtp("packetization-mode");
    return mode != nullptr && *mode == "1" ? Fit::kLikely : Fit::kMaybe;
  }
  return SameCodec(negotiated, codec) ? Fit::kDecodes : Fit::kNone;
}

}  // namespace

const Codec* FindSendCodec(const std::vector<Codec>& negotiated, const Codec& codec) {
  const Codec* best = nullptr;
  Fit best_fit = Fit::kNone;
  for (const Codec& each : negotiated) {
    const Fit fit = FitOf(each, codec);
    if (fit <= best_fit) continue;
    best = &each;
    best_fit = fit;
  }
  return best;
}

void RtpSender::SetParameters(const SendParameters& parameters, bool active,
                              const std::string& rid) {
  active_ = active;
  if (parameters == parameters_ && rid == rid_) return ChooseCodec();  // What was sent is kept.
  parameters_ = parameters;
  rid_ = rid;
  extensions_.Set(parameters_.extensions, parameters_.mid, rid);
  repair_extensions_.Set(parameters_.extensions, parameters_.mid, rid, true);
  ChooseCodec();
  ConfigureAuxiliary();
}

void RtpSender::SetTrack(uint64_t track, const Codec& codec) {
  if (track == track_ && codec == track_codec_) return;
  track_ = track;
  track_codec_ = codec;
  ChooseCodec();
  ConfigureAuxiliary();
}

void RtpSender::WriteHeader(uint8_t payload_type, bool marker, const SinkRewriter::Out& numbers,
                            const SendExtensionValues& values, MutableByteSpan out) const {
  out[0] = extensions_.size() > 0 ? 0x90 : 0x80;  // Version 2, perhaps an extension.
  out[1] = static_cast<uint8_t>(payload_type | (marker ? 0x80 : 0));
  StoreU16(&out[2], numbers.sequence);
  StoreU32(&out[4], numbers.timestamp);
  StoreU32(&out[8], ssrc_);
  extensions_.Write(out.data() + rtp::kFixedHeaderBytes, values);
}

std::optional<DtmfQueue::Step> RtpSender::PollTones(Timestamp now) {
  if (NextTone() > now) return std::nullopt;
  if (can_send_tones()) return tones_.Poll(tones_clock_rate_, now);
  tones_.Clear();
  return std::nullopt;
}

size_t RtpSender::WriteTone(const DtmfQueue::Packet& packet, const SendExtensionValues& values,
                            Timestamp now, MutableByteSpan out) {
  const size_t header = rtp::kFixedHeaderBytes + extensions_.size();
  if (!can_send_tones() || header + kToneBytes > out.size()) return 0;
  started_ = false;  // The sound goes on behind the tone.
  SinkRewriter::Out numbers = rewriter_.Insert(tones_clock_rate_, now);
  if (packet.first) {
    const Duration since = now - tones_.tone_began();
    tone_timestamp_ =
        numbers.timestamp - static_cast<uint32_t>(rtp::RtpUnits(since, tones_clock_rate_));
  }
  numbers.timestamp = tone_timestamp_ + packet.timestamp_offset;
  WriteHeader(*tones_payload_type_, packet.first, numbers, values, out);
  out[header] = packet.event;
  out[header + 1] = static_cast<uint8_t>((packet.end ? 0x80 : 0) | kToneVolume);
  StoreU16(&out[header + 2], packet.duration);
  if (next_report_ == kNever) next_report_ = now + kFirstReportDelay;
  return header + kToneBytes;
}

void RtpSender::CountToneSent(size_t size) {
  ++counters_.packets_sent;
  counters_.payload_bytes_sent += kToneBytes;
  counters_.header_bytes_sent += size - kToneBytes;
}

void RtpSender::ConfigureAuxiliary() {
  std::optional<uint8_t> rtx;
  for (const Codec& codec : parameters_.codecs) {
    if (codec_ && AptOf(codec) == codec_->payload_type) rtx = codec.payload_type;
  }
  tones_payload_type_.reset();
  for (const Codec& codec : parameters_.codecs) {
    // They share the sound's SSRC, and so its clock (RFC 4733 section 2.5.1.1). If there is no
    // sound, because its codec is not negotiated, any will do.
    const bool fits = codec_ ? codec.clock_rate == codec_->clock_rate : !tones_payload_type_;
    if (!fits || !codec.NameIs("telephone-event")) continue;
    tones_payload_type_ = codec.payload_type;
    tones_clock_rate_ = codec.clock_rate;
  }
  retransmitter_.Configure(codec_ && codec_->HasFeedback("nack"), rtx);
}

void RtpSender::ChooseCodec() {
  const Codec* found = track_ != 0 ? FindSendCodec(parameters_.codecs, track_codec_) : nullptr;
  codec_ = found != nullptr ? std::optional<Codec>(*found) : std::nullopt;
  if (!sends()) started_ = false;
}

RtpSender::Verdict RtpSender::Accept(const SourcePacket& packet) {
  if (!sends() || packet.track != track_ || tones_.sounds()) return Verdict::kNo;
  const Source source{packet.track, packet.restarts};
  if (started_ && source_ != source) started_ = false;
  if (!started_) {
    if (!packet.can_start) return Verdict::kNeedsKeyFrame;
    rewriter_.Start(packet.sequence, packet.view.timestamp(), source_ == source, packet.clock_rate,
                    packet.now);
    source_ = source;
    started_ = true;
    if (next_report_ == kNever) next_report_ = packet.now + kFirstReportDelay;
  }
  const auto out = rewriter_.Map(packet.sequence, packet.view.timestamp(), packet.now);
  if (!out) return Verdict::kNo;
  next_ = *out;
  return Verdict::kSend;
}

size_t RtpSender::Write(const SourcePacket& packet, const SendExtensionValues& values,
                        MutableByteSpan out) {
  const ByteSpan payload = packet.view.payload();
  const size_t header = rtp::kFixedHeaderBytes + extensions_.size();
  if (header + payload.size() > out.size()) return 0;
  WriteHeader(codec_->payload_type, packet.view.marker(), next_, values, out);
  std::memcpy(out.data() + header, payload.data(), payload.size());
  const size_t size = header + payload.size();
  retransmitter_.Keep(next_.sequence, out.first(size), packet.now);
  return size;
}

size_t RtpSender::WriteAgain(uint16_t sequence, const SendExtensionValues& values, Timestamp now,
                             MutableByteSpan out) {
  const Duration round_trip = reception_.round_trip.value_or(Duration(0));
  const SendExtensions& extensions = uses_rtx() ? repair_extensions_ : extensions_;
  return retransmitter_.Write(sequence, round_trip, extensions, values, now, out);
}

void RtpSender::CountSentAgain(size_t size) {
  const size_t header = rtp::kFixedHeaderBytes + extensions_.size();
  ++counters_.packets_sent_again;
  counters_.payload_bytes_sent_again += size - header;
  counters_.header_bytes_sent_again += header;
}

void RtpSender::CountSent(const SourcePacket& packet, size_t size) {
  const size_t payload = packet.view.payload().size();
  ++counters_.packets_sent;
  counters_.payload_bytes_sent += payload;
  counters_.header_bytes_sent += size - payload;
  if (packet.is_video) CountFrame(packet);
  if (next_report_ == kNever) next_report_ = packet.now + kReportInterval;
}

void RtpSender::CountFrame(const SourcePacket& packet) {
  if (packet.can_start) ++counters_.key_frames_sent;
  if (packet.frame_size.known()) frame_size_ = packet.frame_size;
  frame_bytes_ += packet.view.payload().size();
  if (!packet.view.marker()) return;
  // 2.5 times the average, without a fraction.
  if (2 * frame_bytes_ * counters_.frames_sent >= 5 * frames_bytes_ && counters_.frames_sent > 0) {
    ++counters_.huge_frames_sent;
  }
  frames_bytes_ += frame_bytes_;
  frame_bytes_ = 0;
  ++counters_.frames_sent;
  frame_rate_.OnFrame(packet.now);
}

void RtpSender::Skip(const SourcePacket& packet) {
  if (started_ && source_ == Source{packet.track, packet.restarts}) {
    rewriter_.Skip(packet.sequence);
  }
}

bool RtpSender::TakeReport(Timestamp now, Duration spread) {
  const bool idle = counters_.packets_sent == sent_at_last_report_;
  sent_at_last_report_ = counters_.packets_sent;
  // A source that sent nothing for two intervals is no sender (RFC 3550 section 6.4).
  if (idle && std::exchange(last_report_was_idle_, true)) {
    next_report_ = kNever;
    return false;
  }
  last_report_was_idle_ = idle;
  next_report_ = now + kReportInterval / 2 + spread;
  return started_ && counters_.packets_sent > 0;
}

void RtpSender::WriteReport(ByteWriter& out, const ClockPair& source_time, std::string_view cname,
                            Timestamp now) {
  rtp::SenderReport report;
  report.sender_ssrc = ssrc_;
  report.ntp = source_time.ntp;
  report.rtp_timestamp = source_time.rtp_timestamp + rewriter_.timestamp_offset();
  // Of this SSRC: what went out again on another does not count.
  const bool again = !retransmitter_.uses_rtx();
  report.packet_count =
      static_cast<uint32_t>(counters_.packets_sent + (again ? counters_.packets_sent_again : 0));
  report.octet_count = static_cast<uint32_t>(counters_.payload_bytes_sent +
                                             (again ? counters_.payload_bytes_sent_again : 0));
  rtp::WriteSenderReport(out, report, {});
  rtp::WriteCname(out, ssrc_, cname);
  sent_reports_[next_sent_report_++ % kSentReports] = {report.ntp.Compact(), now};
}

bool RtpSender::WriteBye(ByteWriter& out, std::string_view cname) const {
  if (counters_.packets_sent == 0) return false;
  // A compound begins with a report (RFC 3550 section 6.1).
  rtp::WriteReceiverReport(out, ssrc_, {});
  rtp::WriteCname(out, ssrc_, cname);
  rtp::WriteBye(out, ssrc_);
  return true;
}

RtpSender::Wish RtpSender::HandleRtcp(const rtp::RtcpPacketView& packet, Timestamp now) {
  if (const auto report = rtp::ParseReceiverReport(packet)) {
    for (size_t i = 0; i < report->block_count; ++i) HandleReportBlock(report->block(i), now);
  } else if (const auto sender = rtp::ParseSenderReport(packet)) {
    for (size_t i = 0; i < sender->block_count; ++i) HandleReportBlock(sender->block(i), now);
  } else if (const auto pli = rtp::ParsePli(packet)) {
    if (pli->media_ssrc != ssrc_) return Wish::kNothing;
    ++counters_.plis;
    return Wish::kKeyFrameByPli;
  } else if (const auto nack = rtp::ParseNack(packet)) {
    if (nack->media_ssrc != ssrc_) return Wish::kNothing;
    ++counters_.nack_packets;
    return Wish::kPackets;
  } else if (const auto fir = rtp::ParseFir(packet)) {
    for (size_t i = 0; i < fir->entry_count; ++i) {
      const rtp::FirEntry entry = fir->entry(i);
      if (entry.media_ssrc != ssrc_) continue;
      ++counters_.firs;
      // A repetition carries the same number (RFC 5104 section 4.3.1.2).
      if (std::exchange(last_fir_, entry.command_sequence) == entry.command_sequence) continue;
      return Wish::kKeyFrameByFir;
    }
  }
  return Wish::kNothing;
}

// As webrtc-stats estimates it, from where our numbers began. A remote that got none of the
// packets before the first wrap counts its cycles from there.
uint64_t RtpSender::ReceivedPackets(const rtp::ReportBlock& block) const {
  constexpr int64_t kCycle = 0x10000;
  int64_t expected = int64_t{block.extended_sequence} - first_sequence_ + 1;
  if (expected < 0) expected += kCycle;
  return static_cast<uint64_t>(std::max(expected - block.cumulative_lost, int64_t{0}));
}

void RtpSender::HandleReportBlock(const rtp::ReportBlock& block, Timestamp now) {
  if (block.ssrc != ssrc_) return;
  ++reception_.reports;
  reception_.arrival = now;
  reception_.fraction_lost = block.fraction_lost / 256.0;
  reception_.packets_lost = block.cumulative_lost;
  reception_.packets_received = ReceivedPackets(block);
  reception_.extended_sequence = block.extended_sequence;
  if (codec_ && codec_->clock_rate > 0) {
    reception_.jitter = static_cast<double>(block.jitter) / codec_->clock_rate;
  }
  if (block.last_sr == 0) return;
  for (const SentReport& sent : sent_reports_) {
    if (sent.compact_ntp != block.last_sr || sent.sent == Timestamp{}) continue;
    const Duration held(int64_t{block.delay_since_last_sr} * 1'000'000 / 65536);
    const Duration trip = now - sent.sent - held;
    // The remote cannot have held it for longer than it is gone; clocks are not that exact.
    reception_.round_trip = std::max(trip, Duration(0));
    reception_.total_round_trip += *reception_.round_trip;
    ++reception_.round_trips;
    return;
  }
}

}  // namespace pcd::media
