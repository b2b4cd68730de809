#include "engine/media/sink.h"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/rtp/rtcp/source_description.h"

namespace pcd::media {
namespace {

// A key frame leaves in one turn. The system's default holds some 90 packets of 1,100 bytes, and
// what has no room is lost.
constexpr int kSendBufferBytes = 1 << 20;

absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenTo(net::Loop& loop,
                                                            const SocketAddress& remote) {
  net::DatagramSocketOptions options;
  options.local.ip = remote.ip.is_v6() ? IpAddress::V6({}) : IpAddress();
  options.connect = true;
  options.remote = remote;
  options.send_buffer_bytes = kSendBufferBytes;
  return loop.OpenDatagramSocket(options);
}

}  // namespace

absl::StatusOr<SinkSockets> SinkSockets::Open(net::Loop& loop, const SocketAddress& rtp,
                                              const SocketAddress& rtcp) {
  SinkSockets sockets;
  auto rtp_socket = OpenTo(loop, rtp);
  if (!rtp_socket.ok()) return rtp_socket.status();
  sockets.rtp = std::move(*rtp_socket);
  if (rtcp != rtp) {
    auto rtcp_socket = OpenTo(loop, rtcp);
    if (!rtcp_socket.ok()) return rtcp_socket.status();
    sockets.rtcp = std::move(*rtcp_socket);
  }
  return sockets;
}

Sink::Sink(net::Loop& loop, Owner& owner, SinkConfig config, SinkSockets sockets, std::string cname)
    : loop_(loop),
      owner_(owner),
      config_(std::move(config)),
      cname_(std::move(cname)),
      create_unix_us_(loop.UnixMicros()),
      // Half of the range, so that the first wrap is far away.
      rewriter_(loop.random().Uint16() & 0x7FFF) {
  Adopt(std::move(sockets));
  if (config_.max_reorder_delay > Duration(0)) reorder_.emplace(config_.max_reorder_delay);
}

void Sink::Adopt(SinkSockets sockets) {
  sockets_ = std::move(sockets);
  sockets_.rtp->SetHandler(this);
  if (sockets_.rtcp != nullptr) sockets_.rtcp->SetHandler(this);
}

SinkState Sink::state() const {
  if (ended_) return SinkState::kEnded;
  if (section_ == nullptr || !section_->parameters().receiving) return SinkState::kWaiting;
  if (config_.paused) return SinkState::kPaused;
  return started_ ? SinkState::kActive : SinkState::kStarting;
}

bool Sink::TakeStateChange() {
  const SinkState now = state();
  return std::exchange(reported_state_, now) != now;
}

std::optional<Codec> Sink::SentCodec() const {
  if (section_ == nullptr) return std::nullopt;
  const Codec* codec = section_->FindCodec(section_->source_payload_type);
  if (codec == nullptr) codec = section_->PreferredCodec();
  if (codec == nullptr) return std::nullopt;
  Codec sent = *codec;
  section_->parameter_sets().Describe(sent);
  // Of negotiation only; it says nothing about a stream.
  std::erase_if(sent.fmtp, [](const auto& own) { return own.first == "level-asymmetry-allowed"; });
  if (config_.payload_type) sent.payload_type = *config_.payload_type;
  return sent;
}

std::vector<Codec> Sink::EventCodecs() const {
  if (section_ == nullptr) return {};
  std::vector<Codec> events = section_->EventCodecs();
  std::erase_if(events, [this](const Codec& codec) {
    return config_.payload_type && *config_.payload_type == codec.payload_type;
  });
  return events;
}

SinkInfo Sink::Info() const {
  SinkInfo info;
  info.config = config_;
  info.state = state();
  info.mid = section_ != nullptr ? section_->mid() : ended_mid_;
  info.track_id = section_ != nullptr ? section_->track_id : ended_track_id_;
  if (section_ != nullptr) {
    info.kind = section_->parameters().kind;
    info.ptime = section_->parameters().ptime;
    info.maxptime = section_->parameters().maxptime;
  }
  info.codec = SentCodec();
  info.events = EventCodecs();
  info.active_rid = active_rid_;
  info.ssrc = ssrc();
  info.cname = cname_;
  info.counters = counters_;
  info.counters.packets_dropped = drops_of_former_sockets_;
  info.create_unix_us = create_unix_us_;
  if (closed_) return info;
  info.last_error = LastError();
  info.local_rtp = sockets_.rtp->local_address();
  info.local_rtcp = sockets_.rtcp_socket().local_address();
  info.counters.packets_dropped += sockets_.rtp->counters().send_drops;
  if (sockets_.rtcp != nullptr) {
    info.counters.packets_dropped += sockets_.rtcp->counters().send_drops;
  }
  return info;
}

std::string Sink::LastError() const {
  const auto text = [](const char* protocol, const SocketAddress& to, int error) {
    return std::string(protocol) + " to " + to.ToString() + ": " +
           std::generic_category().message(error);
  };
  const int rtp = sockets_.rtp->counters().last_error;
  if (rtp != 0) return text("RTP", config_.rtp_destination, rtp);
  const int rtcp = sockets_.rtcp != nullptr ? sockets_.rtcp->counters().last_error : 0;
  return rtcp != 0 ? text("RTCP", *config_.rtcp_destination, rtcp) : std::string();
}

void Sink::Bind(Section* section) {
  if (section == nullptr && section_ != nullptr) {
    ended_ = true;
    ended_mid_ = section_->mid();
    ended_track_id_ = section_->track_id;
    Restart();
  }
  section_ = section;
}

void Sink::SetPaused(bool paused) {
  config_.paused = paused;
  if (paused) Restart();
}

void Sink::SetRid(const std::string& rid) {
  if (rid == config_.rid) return;
  config_.rid = rid;
  Restart();
}

void Sink::SetMaxReorderDelay(Duration delay) {
  if (delay == config_.max_reorder_delay) return;
  FlushHeld(loop_.Now());
  config_.max_reorder_delay = delay;
  reorder_.reset();
  if (delay > Duration(0)) reorder_.emplace(delay);
}

void Sink::SetSsrc(uint32_t ssrc) {
  if (ssrc == *config_.ssrc) return;
  SendBye();
  config_.ssrc = ssrc;
  report_packets_ = report_octets_ = 0;
}

void Sink::SetDestination(const SocketAddress& rtp, const SocketAddress& rtcp,
                          SinkSockets sockets) {
  SendBye();
  Release();
  config_.rtp_destination = rtp;
  config_.rtcp_destination = rtcp;
  Adopt(std::move(sockets));
  Restart();
}

void Sink::Close() {
  if (closed_) return;
  SendBye();
  Release();
  closed_ = true;
  Restart();
  next_report_ = kNever;
}

void Sink::Release() {
  for (auto* socket : {&sockets_.rtp, &sockets_.rtcp}) {
    if (*socket == nullptr) continue;
    (*socket)->SetHandler(nullptr);
    drops_of_former_sockets_ += (*socket)->counters().send_drops;
  }
  // Free at once, whatever still has to be sent.
  sockets_.claim.Release();
  // A socket sends what it has queued at the end of the turn; the task runs after that.
  loop_.Post([sockets = std::move(sockets_)] {});
  sockets_ = {};
}

void Sink::SendReport(Timestamp now, const RemoteStream* stream, const SenderClocks& clocks) {
  const bool idle = counters_.packets_sent == sent_at_last_report_;
  sent_at_last_report_ = counters_.packets_sent;
  // A source that sent nothing for two intervals is no sender (RFC 3550 section 6.4).
  if (idle && std::exchange(last_report_was_idle_, true)) {
    next_report_ = kNever;
    return;
  }
  last_report_was_idle_ = idle;
  next_report_ = now + kReportInterval;
  if (closed_ || !started_ || stream == nullptr || source_->ssrc != stream->ssrc) return;

  auto instant = clocks.At(now, stream->cname, stream->report, stream->clock_rate);
  if (!instant) {
    const Duration since = now - stream->last_timestamp_arrival;
    instant = ClockPair{
        NtpFromUnixMicros(loop_.UnixMicros()),
        stream->last_timestamp + static_cast<uint32_t>(rtp::RtpUnits(since, stream->clock_rate))};
  }
  rtp::SenderReport report;
  report.sender_ssrc = ssrc();
  report.ntp = instant->ntp;
  report.rtp_timestamp = instant->rtp_timestamp + rewriter_.timestamp_offset();
  report.packet_count = report_packets_;
  report.octet_count = report_octets_;
  PacketPtr packet = loop_.packets().Get();
  ByteWriter out({packet->data(), Packet::kMaxPayload});
  rtp::WriteSenderReport(out, report, {});
  rtp::WriteCname(out, ssrc(), cname_);
  packet->set_size(out.size());
  ++counters_.rtcp_packets_sent;
  sockets_.rtcp_socket().Queue(std::move(packet));
}

void Sink::SendBye() {
  if (closed_ || report_packets_ == 0) return;
  PacketPtr packet = loop_.packets().Get();
  ByteWriter out({packet->data(), Packet::kMaxPayload});
  // A compound begins with a report (RFC 3550 section 6.1).
  rtp::WriteReceiverReport(out, ssrc(), {});
  rtp::WriteCname(out, ssrc(), cname_);
  rtp::WriteBye(out, ssrc());
  packet->set_size(out.size());
  ++counters_.rtcp_packets_sent;
  sockets_.rtcp_socket().Queue(std::move(packet));
}

}  // namespace pcd::media
