#include "engine/media/media_testing.h"

#include <algorithm>
#include <utility>

#include "engine/rtp/rtcp/bye.h"
#include "engine/rtp/rtcp/compound_reader.h"
#include "engine/rtp/rtcp/nack.h"
#include "engine/rtp/rtcp/pli.h"
#include "engine/rtp/rtcp/source_description.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::media {
namespace {

std::unique_ptr<net::DatagramSocket> Listen(testing::SimLoop& loop, const SocketAddress& local,
                                            net::DatagramHandler* handler) {
  net::DatagramSocketOptions options;
  options.local = local;
  auto socket = loop.OpenDatagramSocket(options).value();
  socket->SetHandler(handler);
  return socket;
}

std::vector<HeaderExtension> Extensions() {
  return {{kMidId, kMidExtensionUri},
          {kTransportCcId, kTransportCcExtensionUri},
          {kRidId, kRidExtensionUri}};
}

void AppendElement(Bytes& out, uint16_t id, const Bytes& data) {
  out.push_back(static_cast<uint8_t>((id << 4) | (data.size() - 1)));
  out.insert(out.end(), data.begin(), data.end());
}

Bytes AsBytes(const std::string& text) { return Bytes(text.begin(), text.end()); }

Bytes ExtensionsOf(const RtpSpec& spec) {
  Bytes out;
  if (!spec.mid.empty()) AppendElement(out, kMidId, AsBytes(spec.mid));
  if (!spec.rid.empty()) AppendElement(out, kRidId, AsBytes(spec.rid));
  if (spec.transport_sequence) {
    AppendElement(out, kTransportCcId,
                  {static_cast<uint8_t>(*spec.transport_sequence >> 8),
                   static_cast<uint8_t>(*spec.transport_sequence)});
  }
  if (spec.audio_level) AppendElement(out, kAudioLevelId, {*spec.audio_level});
  out.resize((out.size() + 3) / 4 * 4);
  return out;
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

ReceiveParameters AudioSection(const std::string& mid) {
  ReceiveParameters p;
  p.mid = mid;
  p.kind = MediaKind::kAudio;
  p.receiving = true;
  p.codecs = {{.payload_type = kOpusType,
               .name = "opus",
               .clock_rate = 48000,
               .channels = 2,
               .fmtp = {{"minptime", "10"}, {"useinbandfec", "1"}},
               .rtcp_feedback = {"transport-cc"}},
              {.payload_type = kRedType, .name = "red", .clock_rate = 48000, .channels = 2}};
  p.extensions = Extensions();
  p.extensions.Edit().push_back({kAudioLevelId, kAudioLevelExtensionUri});
  p.ssrcs = {{.ssrc = kAudioSsrc, .cname = "remote"}};
  p.reduced_size_rtcp = true;
  return p;
}

ReceiveParameters VideoSection(const std::string& mid) {
  ReceiveParameters p;
  p.mid = mid;
  p.kind = MediaKind::kVideo;
  p.receiving = true;
  p.codecs = {
      {.payload_type = kVp8Type,
       .name = "VP8",
       .clock_rate = 90000,
       .rtcp_feedback = {"transport-cc", "ccm fir", "nack", "nack pli"}},
      {.payload_type = kRtxType, .name = "rtx", .clock_rate = 90000, .fmtp = {{"apt", "96"}}}};
  p.extensions = Extensions();
  p.ssrcs = {{.ssrc = kVideoSsrc, .rtx_ssrc = kVideoRtxSsrc, .cname = "remote"}};
  p.reduced_size_rtcp = true;
  return p;
}

Bytes MakeRtp(const RtpSpec& spec) {
  const Bytes extensions = ExtensionsOf(spec);
  Bytes out(12 + 4 * spec.csrcs.size());
  out[0] = static_cast<uint8_t>(0x80 | (spec.padding > 0 ? 0x20 : 0) |
                                (extensions.empty() ? 0 : 0x10) | spec.csrcs.size());
  out[1] = static_cast<uint8_t>(spec.payload_type | (spec.marker ? 0x80 : 0));
  StoreU16(&out[2], spec.sequence);
  StoreU32(&out[4], spec.timestamp);
  StoreU32(&out[8], spec.ssrc);
  for (size_t i = 0; i < spec.csrcs.size(); ++i) StoreU32(&out[12 + 4 * i], spec.csrcs[i]);
  if (!extensions.empty()) {
    const auto words = static_cast<uint8_t>(extensions.size() / 4);
    out.insert(out.end(), {0xBE, 0xDE, 0, words});
    out.insert(out.end(), extensions.begin(), extensions.end());
  }
  out.insert(out.end(), spec.payload.begin(), spec.payload.end());
  out.resize(out.size() + spec.padding);
  if (spec.padding > 0) out.back() = spec.padding;
  return out;
}

SinkReceiver::SinkReceiver(testing::SimLoop& loop, const SocketAddress& rtp, bool mux)
    : loop_(loop), rtp_socket_(Listen(loop, rtp, this)) {
  if (mux) return;
  SocketAddress rtcp = rtp;
  ++rtcp.port;
  rtcp_socket_ = Listen(loop, rtcp, this);
}

void SinkReceiver::OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) {
  for (const PacketPtr& packet : packets) {
    const ByteSpan bytes = packet->bytes();
    if (bytes.size() > 1 && bytes[1] >= 192 && bytes[1] <= 223) {
      TakeRtcp(bytes);
      continue;
    }
    const auto view = rtp::RtpPacketView::Parse(bytes);
    if (!view) continue;
    rtp.push_back({view->ssrc(), view->payload_type(), view->sequence_number(), view->timestamp(),
                   view->marker(), view->has_extension(),
                   Bytes(view->payload().begin(), view->payload().end()), loop_.UnixMicros()});
  }
}

void SinkReceiver::TakeRtcp(ByteSpan datagram) {
  ++rtcp_datagrams;
  rtp::CompoundReader reader(datagram);
  for (rtp::RtcpPacketView view; reader.Next(view);) {
    if (const auto report = rtp::ParseSenderReport(view)) {
      reports.push_back({*report, {}, loop_.UnixMicros()});
    }
    rtp::SourceDescriptionReader chunks(view);
    for (rtp::CnameChunk chunk; chunks.Next(chunk);) {
      if (!reports.empty()) reports.back().cname = chunk.cname;
    }
    if (const auto bye = rtp::ParseBye(view)) byes.push_back(bye->ssrc(0));
  }
}

void SinkReceiver::SendRtcp(const Bytes& rtcp, const SocketAddress& to) {
  net::DatagramSocket& socket = rtcp_socket_ != nullptr ? *rtcp_socket_ : *rtp_socket_;
  socket.Queue(loop_.packets().CopyOf(rtcp), to);
}

std::vector<uint16_t> SinkReceiver::Sequences() const {
  std::vector<uint16_t> sequences;
  for (const ReceivedRtp& packet : rtp) sequences.push_back(packet.sequence);
  return sequences;
}

void FeedbackLog::SendRtcp(size_t transport_index, PacketPtr compound) {
  transports.push_back(transport_index);
  sent.emplace_back(compound->bytes().begin(), compound->bytes().end());
}

std::vector<uint32_t> FeedbackLog::Plis() const {
  std::vector<uint32_t> ssrcs;
  for (const Bytes& bytes : sent) {
    rtp::CompoundReader reader(bytes);
    for (rtp::RtcpPacketView view; reader.Next(view);) {
      if (const auto pli = rtp::ParsePli(view)) ssrcs.push_back(pli->media_ssrc);
    }
  }
  return ssrcs;
}

size_t FeedbackLog::CountOf(uint8_t type, uint8_t count) const {
  size_t found = 0;
  for (const Bytes& bytes : sent) {
    rtp::CompoundReader reader(bytes);
    for (rtp::RtcpPacketView view; reader.Next(view);) {
      found += view.IsFeedback(type, count) ? 1 : 0;
    }
  }
  return found;
}

MediaBench::MediaBench(const Limits& limits)
    : session(std::make_unique<MediaSession>(
          loop, feedback, policy, claims, limits,
          MediaSessionOptions{.cname = "ours", .local_ssrc = 1, .transport_names = [](size_t i) {
                                return "T" + std::to_string(i);
                              }})) {}

SocketAddress MediaBench::Local(uint16_t port) {
  return SocketAddress{*IpAddress::Parse("127.0.0.1"), port};
}

absl::Status MediaBench::AddSink(const std::string& id, const TrackSelector& selector,
                                 uint16_t port, bool paused) {
  SinkConfig config;
  config.id = id;
  config.selector = selector;
  config.rtp_destination = Local(port);
  config.paused = paused;
  return session->CreateSink(config);
}

void MediaBench::RtpBytes(const Bytes& bytes, size_t transport_index) {
  PacketPtr packet = loop.packets().CopyOf(bytes);
  if (packet == nullptr) return;
  packet->arrival = loop.Now();
  session->OnRtp(transport_index, {&packet, 1});
}

void MediaBench::Rtcp(const Bytes& bytes, size_t transport_index) {
  PacketPtr packet = loop.packets().CopyOf(bytes);
  if (packet == nullptr) return;
  packet->arrival = loop.Now();
  session->OnRtcp(transport_index, {&packet, 1});
}

void MediaBench::OnLoop(const std::function<void()>& work) {
  loop.Post([&work] { work(); });
  loop.RunDue();
}

void MediaBench::Run(Duration duration) {
  const Timestamp until = loop.Now() + duration;
  // What was queued outside of a turn leaves with the next one.
  loop.Post([] {});
  outside.Post([] {});
  while (session->NextDeadline() <= until) {
    network.RunUntil(std::max(session->NextDeadline(), loop.Now()));
    session->HandleTimeout(loop.Now());
    loop.Post([] {});
  }
  network.RunUntil(until);
}

std::vector<MediaEvent> MediaBench::TakeEvents() {
  std::vector<MediaEvent> events;
  while (auto event = session->PollEvent()) events.push_back(std::move(*event));
  return events;
}

Bytes MakeSenderReport(uint32_t ssrc, NtpTime ntp, uint32_t rtp_timestamp,
                       const std::string& cname) {
  return Written([&](ByteWriter& out) {
    rtp::SenderReport report;
    report.sender_ssrc = ssrc;
    report.ntp = ntp;
    report.rtp_timestamp = rtp_timestamp;
    report.packet_count = 10;
    report.octet_count = 1000;
    rtp::WriteSenderReport(out, report, {});
    if (!cname.empty()) rtp::WriteCname(out, ssrc, cname);
  });
}

Bytes MakePli(uint32_t media_ssrc) {
  return Written([&](ByteWriter& out) { rtp::WritePli(out, {99, media_ssrc}); });
}

Bytes MakeNack(uint32_t media_ssrc, const std::vector<uint16_t>& missing) {
  return Written([&](ByteWriter& out) { rtp::WriteNack(out, 99, media_ssrc, missing); });
}

}  // namespace pcd::media
