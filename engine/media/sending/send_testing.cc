#include "engine/media/sending/send_testing.h"

#include <algorithm>
#include <utility>

#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/fir.h"
#include "engine/rtp/rtcp/receiver_report.h"
#include "engine/rtp/rtcp/source_description.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {
namespace {

std::vector<HeaderExtension> Extensions() {
  return {{kMidId, kMidExtensionUri},
          {kTransportCcId, kTransportCcExtensionUri},
          {kAbsSendTimeId, kAbsSendTimeExtensionUri}};
}

std::unique_ptr<net::DatagramSocket> Open(testing::SimLoop& loop, uint16_t port,
                                          net::DatagramHandler* handler) {
  auto socket = loop.OpenDatagramSocket({.local = MediaBench::Local(port)}).value();
  socket->SetHandler(handler);
  return socket;
}

template <typename Write>
Bytes Written(Write write) {
  Bytes out(1500);
  ByteWriter writer(out);
  write(writer);
  out.resize(writer.size());
  return out;
}

}  // namespace

Codec Vp8() { return {.name = "VP8", .clock_rate = 90000}; }
Codec Opus() { return {.name = "opus", .clock_rate = 48000, .channels = 2}; }

SendParameters AudioSender(const std::string& id) {
  SendParameters p{.mid = "0", .transceiver_id = "ta", .sender_id = id};
  p.sending = true;
  p.codecs = AudioSection().codecs;
  p.extensions = Extensions();
  return p;
}

SendParameters VideoSender(const std::string& id) {
  SendParameters p{.mid = "1", .transceiver_id = "tv", .sender_id = id, .kind = MediaKind::kVideo};
  p.sending = true;
  p.codecs = VideoSection().codecs;
  p.extensions = Extensions();
  return p;
}

bool OutputLog::SendRtp(size_t transport_index, PacketPtr packet) {
  const auto view = rtp::RtpPacketView::Parse(packet->bytes());
  if (!view) return false;
  SentRtp sent{.transport_index = transport_index,
               .ssrc = view->ssrc(),
               .payload_type = view->payload_type(),
               .sequence = view->sequence_number(),
               .timestamp = view->timestamp(),
               .marker = view->marker(),
               .payload = Bytes(view->payload().begin(), view->payload().end())};
  if (const auto mid = view->FindExtension(kMidId)) sent.mid.assign(mid->begin(), mid->end());
  if (const auto number = view->FindExtension(kTransportCcId)) {
    sent.transport_sequence = LoadU16(number->data());
  }
  if (const auto time = view->FindExtension(kAbsSendTimeId)) {
    sent.abs_send_time = LoadU24(time->data());
  }
  rtp.push_back(std::move(sent));
  return true;
}

void OutputLog::SendRtcp(size_t transport_index, PacketPtr compound) {
  rtcp_transports.push_back(transport_index);
  const ByteSpan bytes = compound->bytes();
  rtcp.emplace_back(bytes.begin(), bytes.end());
  rtp::RtcpPacketView view;
  for (rtp::CompoundReader reader(rtcp.back()); reader.Next(view);) {
    if (const auto report = rtp::ParseSenderReport(view)) reports.push_back({.report = *report});
    rtp::SourceDescriptionReader chunks(view);
    for (rtp::CnameChunk chunk; chunks.Next(chunk);) {
      if (!reports.empty()) reports.back().cname = chunk.cname;
    }
    if (const auto bye = rtp::ParseBye(view)) byes.push_back(bye->ssrc(0));
  }
}

std::vector<uint16_t> OutputLog::Sequences() const {
  std::vector<uint16_t> sequences;
  for (const SentRtp& each : rtp) sequences.push_back(each.sequence);
  return sequences;
}

std::vector<SentRtp> OutputLog::On(size_t transport_index) const {
  std::vector<SentRtp> found;
  for (const SentRtp& each : rtp) {
    if (each.transport_index == transport_index) found.push_back(each);
  }
  return found;
}

SendBench::SendBench(const Limits& limits) {
  session = std::make_unique<SendSession>(
      loop, output, policy, limits,
      SendSessionOptions{.cname = "ours",
                         .transport_names = [](size_t i) { return "T" + std::to_string(i); }});
}

absl::Status SendBench::AddUdpTrack(const std::string& id, MediaKind kind, UdpSourceConfig config) {
  if (config.codec.name.empty()) config.codec = kind == MediaKind::kVideo ? Vp8() : Opus();
  return session->CreateTrack({.id = id, .kind = kind, .source = config});
}

absl::Status SendBench::AddTestTrack(const std::string& id, MediaKind kind) {
  return session->CreateTrack({.id = id, .kind = kind, .source = TestSourceConfig{}});
}

void SendBench::Rtcp(const Bytes& bytes, size_t transport_index) {
  OnLoop([&] {
    PacketPtr packet = loop.packets().CopyOf(bytes);
    if (packet != nullptr) session->OnRtcp(transport_index, {&packet, 1});
  });
}

void SendBench::Run(Duration duration) {
  const Timestamp end = loop.Now() + duration;
  while (loop.Now() < end) {
    const Timestamp next = std::clamp(session->NextDeadline(), loop.Now(), end);
    loop.RunUntil(next);
    OnLoop([&] { session->HandleTimeout(loop.Now()); });
  }
}

Feeder::Feeder(SendBench& bench, const std::string& track_id, uint16_t port)
    : bench_(bench),
      rtp_socket_(Open(bench.outside, port, this)),
      rtcp_socket_(Open(bench.outside, static_cast<uint16_t>(port + 1), this)) {
  const auto info = bench.session->GetTrack(track_id);
  to_rtp_ = *info->local_rtp;
  to_rtcp_ = *info->local_rtcp;
}

void Feeder::Send(net::DatagramSocket& socket, const Bytes& bytes, const SocketAddress& to) {
  bench_.outside.Post([&] { socket.Queue(bench_.outside.packets().CopyOf(bytes), to); });
  bench_.outside.RunDue();
  bench_.Run(2 * testing::SimNetwork::kDefaultDelay);
}

void Feeder::RtpBytes(const Bytes& bytes) { Send(*rtp_socket_, bytes, to_rtp_); }

void Feeder::Rtcp(const Bytes& bytes) { Send(*rtcp_socket_, bytes, to_rtcp_); }

void Feeder::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) {
  for (const PacketPtr& packet : packets) {
    rtcp.emplace_back(packet->bytes().begin(), packet->bytes().end());
  }
}

size_t Feeder::CountOf(uint8_t type, uint8_t count) const {
  size_t found = 0;
  for (const Bytes& datagram : rtcp) {
    rtp::RtcpPacketView view;
    for (rtp::CompoundReader reader(datagram); reader.Next(view);) {
      if (view.IsFeedback(type, count)) ++found;
    }
  }
  return found;
}

Bytes MakeFir(uint32_t media_ssrc, uint8_t command_sequence) {
  const rtp::FirEntry entry{media_ssrc, command_sequence};
  return Written([&](ByteWriter& out) { rtp::WriteFir(out, 1, {&entry, 1}); });
}

Bytes MakeReceiverReport(const rtp::ReportBlock& block) {
  return Written([&](ByteWriter& out) { rtp::WriteReceiverReport(out, 1, {&block, 1}); });
}

}  // namespace pcd::media
