#include "engine/media/sending/udp_source.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/rtp/demux.h"
#include "engine/rtp/ntp_rtp_clock.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/sender_report.h"
#include "engine/rtp/rtcp/source_description.h"

namespace pcd::media {
namespace {

// A burst of one large video frame must fit; the kernel cuts it to its maximum.
constexpr int kReceiveBufferBytes = 1 << 20;

absl::Status Denied(const SocketAddress& address, const char* field) {
  return MakeError(absl::StatusCode::kPermissionDenied, ErrorReason::SOURCE_ADDRESS_DENIED,
                   "the address policy does not allow " + address.ToString(),
                   {.dom_exception = "NotAllowedError", .field = field});
}

absl::Status CheckAddresses(const net::AddressPolicy& policy, const UdpSourceConfig& config) {
  // With a port that the system chooses, any that the policy allows for the address.
  SocketAddress bind = config.bind;
  if (bind.port == 0) {
    bool allowed = false;
    for (const net::AddressRule& rule : policy.rules()) {
      bind.port = rule.first_port;
      allowed = allowed || policy.Check(bind).ok();
    }
    if (!allowed) return Denied(config.bind, "source.udp.bind");
  } else if (!policy.Check(bind).ok()) {
    return Denied(config.bind, "source.udp.bind");
  }
  if (config.remote && !policy.Check(*config.remote).ok()) {
    return Denied(*config.remote, "source.udp.remote");
  }
  if (config.remote && config.remote->ip.is_v6() != config.bind.ip.is_v6()) {
    return InvalidArgument("both addresses are of one family", "source.udp.remote");
  }
  if (config.bind.port == 65535 && !config.rtcp_port) {
    return InvalidArgument("the port after 65535, for RTCP, does not exist",
                           "source.udp.rtcp_port");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenOn(net::Loop& loop, const IpAddress& ip,
                                                            uint16_t port) {
  net::DatagramSocketOptions options;
  options.local = {ip, port};
  options.receive_buffer_bytes = kReceiveBufferBytes;
  auto socket = loop.OpenDatagramSocket(options);
  if (socket.ok() || GetErrorReason(socket.status()) == ErrorReason::LIMIT_EXCEEDED) return socket;
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorReason::PORT_UNAVAILABLE,
                   std::string(socket.status().message()), {.field = "source.udp.bind"});
}

}  // namespace

absl::StatusOr<UdpSource::Sockets> UdpSource::OpenSockets(net::Loop& loop,
                                                          const UdpSourceConfig& config) {
  absl::Status last;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    Sockets sockets;
    PCD_ASSIGN_OR_RETURN(sockets.rtp, OpenOn(loop, config.bind.ip, config.bind.port));
    const uint16_t rtp_port = sockets.rtp->local_address().port;
    if (config.rtcp_port && (*config.rtcp_port == 0 || *config.rtcp_port == rtp_port)) {
      return sockets;
    }
    const uint16_t rtcp_port = config.rtcp_port.value_or(static_cast<uint16_t>(rtp_port + 1));
    auto rtcp = rtcp_port == 0 ? absl::StatusOr<std::unique_ptr<net::DatagramSocket>>(
                                     InvalidArgument("no port is left for RTCP"))
                               : OpenOn(loop, config.bind.ip, rtcp_port);
    if (rtcp.ok()) {
      sockets.rtcp = std::move(*rtcp);
      return sockets;
    }
    last = rtcp.status();
    // Only where both were left to the system another pair may be free.
    if (config.bind.port != 0 || config.rtcp_port) break;
  }
  return last;
}

absl::StatusOr<std::unique_ptr<UdpSource>> UdpSource::Open(net::Loop& loop,
                                                           const net::AddressPolicy& policy,
                                                           const UdpSourceConfig& config,
                                                           SourceSink& sink, std::string cname) {
  PCD_RETURN_IF_ERROR(CheckAddresses(policy, config));
  PCD_ASSIGN_OR_RETURN(Sockets sockets, OpenSockets(loop, config));
  if (!policy.Check(sockets.rtp->local_address()).ok()) {
    return Denied(sockets.rtp->local_address(), "source.udp.bind");
  }
  return std::unique_ptr<UdpSource>(
      new UdpSource(loop, policy, config, sink, std::move(cname), std::move(sockets)));
}

UdpSource::UdpSource(net::Loop& loop, const net::AddressPolicy& policy,
                     const UdpSourceConfig& config, SourceSink& sink, std::string cname,
                     Sockets sockets)
    : loop_(loop),
      policy_(policy),
      config_(config),
      sink_(sink),
      cname_(std::move(cname)),
      local_ssrc_(loop.random().Uint32() | 1),
      sockets_(std::move(sockets)),
      remote_(config.remote),
      ssrc_(config.ssrc) {
  sockets_.rtp->SetHandler(&rtp_port_);
  if (sockets_.rtcp != nullptr) sockets_.rtcp->SetHandler(&rtcp_port_);
}

UdpSource::~UdpSource() = default;

void UdpSource::FillInfo(LocalTrackInfo& info) const {
  info.local_rtp = sockets_.rtp->local_address();
  info.local_rtcp =
      sockets_.rtcp != nullptr ? sockets_.rtcp->local_address() : sockets_.rtp->local_address();
  if (latched_) info.remote_rtp = remote_;
  info.counters.packets_discarded += discarded_;
}

void UdpSource::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> sources,
                            bool rtp) {
  const Timestamp now = loop_.Now();
  bool delivered = false;
  for (size_t i = 0; i < packets.size(); ++i) {
    const ByteSpan datagram = packets[i]->bytes();
    switch (rtp::ClassifyPacket(datagram)) {
      case rtp::PacketKind::kRtp:
        if (rtp && TakeRtp(datagram, sources[i], now)) {
          delivered = true;
        } else {
          ++discarded_;
        }
        break;
      case rtp::PacketKind::kRtcp:
        TakeRtcp(datagram, sources[i]);
        break;
      default:
        ++discarded_;
        break;
    }
  }
  if (delivered) sink_.OnSourceBatchEnd();
}

// Whether the packet comes from the sender, and is of the stream, that this source takes; both
// are latched here.
bool UdpSource::Admit(const rtp::RtpPacketView& view, const SocketAddress& from, Timestamp now) {
  if (config_.payload_type && view.payload_type() != *config_.payload_type) return false;
  if (config_.ssrc && view.ssrc() != *config_.ssrc) return false;
  if (config_.remote && from != *config_.remote) return false;
  const bool same = latched_ && remote_ == from && ssrc_ == view.ssrc();
  if (same) return true;
  if (latched_ && now - last_packet_ < kLatchSilence) return false;
  // RTCP goes back there, so the policy has a say.
  if (!policy_.Check(from).ok()) return false;
  if (latched_) ++restarts_;
  latched_ = true;
  remote_ = from;
  remote_rtcp_.reset();
  ssrc_ = view.ssrc();
  statistics_ = {};
  last_sr_ = 0;
  return true;
}

bool UdpSource::TakeRtp(ByteSpan datagram, const SocketAddress& from, Timestamp now) {
  const auto view = rtp::RtpPacketView::Parse(datagram);
  if (!view || !Admit(*view, from, now)) return false;
  last_packet_ = now;
  const auto counted = statistics_.OnPacket(view->sequence_number(), view->timestamp(),
                                            config_.codec.clock_rate, now);
  if (next_report_ == kNever) next_report_ = now + kReportInterval;
  switch (counted.arrival) {
    case ReceiveStatistics::Arrival::kDuplicate:
    case ReceiveStatistics::Arrival::kJump:
      return false;
    case ReceiveStatistics::Arrival::kRestart:
      ++restarts_;
      break;
    default:
      break;
  }
  sink_.OnSourcePacket(*view, counted.sequence, restarts_);
  return true;
}

bool UdpSource::IsPeer(const SocketAddress& from) const {
  return remote_ && from.ip == remote_->ip;
}

void UdpSource::TakeRtcp(ByteSpan datagram, const SocketAddress& from) {
  // Before RTP has shown who sends, nobody is believed; a sender may report before its first
  // packet, which is no fault.
  if (!IsPeer(from)) {
    if (remote_) ++discarded_;
    return;
  }
  if (!remote_rtcp_ && policy_.Check(from).ok()) remote_rtcp_ = from;
  rtp::RtcpPacketView view;
  for (rtp::CompoundReader reader(datagram); reader.Next(view);) {
    rtp::SourceDescriptionReader chunks(view);
    for (rtp::CnameChunk chunk; chunks.Next(chunk);) {
      if (ssrc_ == chunk.ssrc && sender_cname_ != chunk.cname) sender_cname_ = chunk.cname;
    }
  }
  for (rtp::CompoundReader reader(datagram); reader.Next(view);) {
    const auto report = rtp::ParseSenderReport(view);
    if (!report || ssrc_ != report->sender_ssrc) continue;
    last_sr_ = report->ntp.Compact();
    last_sr_arrival_ = loop_.Now();
    // Names are unique at one host only (RFC 7022 tells why).
    sink_.OnSourceReport(sender_cname_ + "@" + from.ip.ToString(), report->ntp,
                         report->rtp_timestamp);
  }
}

template <typename Write>
void UdpSource::SendRtcp(Write write) {
  if (!latched_) return;
  SocketAddress to = *remote_;
  if (remote_rtcp_) {
    to = *remote_rtcp_;
  } else if (sockets_.rtcp != nullptr) {
    if (to.port == 65535) return;
    to.port = static_cast<uint16_t>(to.port + 1);
  }
  PacketPtr packet = loop_.packets().Get();
  ByteWriter out({packet->data(), Packet::kMaxPayload});
  write(out);
  packet->set_size(out.size());
  (sockets_.rtcp != nullptr ? *sockets_.rtcp : *sockets_.rtp).Queue(std::move(packet), to);
}

void UdpSource::RequestKeyFrame(bool by_fir, Timestamp) {
  SendRtcp([&](ByteWriter& out) {
    rtp::WriteReceiverReport(out, local_ssrc_, {});
    rtp::WriteCname(out, local_ssrc_, cname_);
    if (by_fir) {
      const rtp::FirEntry entry{*ssrc_, fir_sequence_++};
      rtp::WriteFir(out, local_ssrc_, {&entry, 1});
    } else {
      rtp::WritePli(out, {local_ssrc_, *ssrc_});
    }
  });
}

void UdpSource::HandleTimeout(Timestamp now) {
  if (now < next_report_) return;
  next_report_ = kNever;  // Until the next packet.
  if (!statistics_.HasNews()) return;
  rtp::ReportBlock block = statistics_.TakeReport();
  block.ssrc = *ssrc_;
  block.last_sr = last_sr_;
  if (last_sr_ != 0) block.delay_since_last_sr = rtp::CompactDelay(now - last_sr_arrival_);
  SendRtcp([&](ByteWriter& out) {
    rtp::WriteReceiverReport(out, local_ssrc_, {&block, 1});
    rtp::WriteCname(out, local_ssrc_, cname_);
  });
}

}  // namespace pcd::media
