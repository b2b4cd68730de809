#include "engine/peerconnection/media_probe.h"

#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/rtp/rtp_packet_view.h"

namespace pcd::peerconnection {
namespace {

constexpr uint16_t kPortsPerSink = 2;
constexpr uint32_t kTimestampStep = 3000;

SocketAddress Local(uint16_t port) { return {IpAddress::V4({127, 0, 0, 1}), port}; }

// A whole frame that ends with the number of its track: VP8's is a key frame.
std::vector<uint8_t> Frame(MediaKind kind, uint16_t number) {
  std::vector<uint8_t> frame = {0x78, 0};
  if (kind == MediaKind::kVideo) frame = {0x10, 0, 0, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0, 0};
  frame.resize(frame.size() + 2);
  StoreU16(&frame[frame.size() - 2], number);
  return frame;
}

}  // namespace

class MediaProbe::Sink : public net::DatagramHandler {
 public:
  Sink(net::Loop& loop, uint16_t port)
      : port_(port), socket_(loop.OpenDatagramSocket({.local = Local(port)}).value()) {
    socket_->SetHandler(this);
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      const auto view = rtp::RtpPacketView::Parse(packet->bytes());
      if (!view || view->payload().size() < 2) continue;
      numbers.insert(LoadU16(&view->payload()[view->payload().size() - 2]));
    }
  }
  uint16_t port() const { return port_; }

  std::set<uint16_t> numbers;

 private:
  const uint16_t port_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

MediaProbe::MediaProbe(net::Loop& loop, PeerConnection& from, PeerConnection& to,
                       uint16_t first_port)
    : loop_(loop),
      from_(from),
      to_(to),
      first_port_(first_port),
      socket_(loop.OpenDatagramSocket({.local = Local(first_port)}).value()) {}

MediaProbe::~MediaProbe() = default;

absl::Status MediaProbe::UpdateSinks() {
  std::set<std::string> known;
  for (const jsep::Transceiver& t : to_.ListTransceivers()) {
    known.insert(t.id);
    if (sinks_.contains(t.id)) continue;
    uint16_t port = first_port_ + kPortsPerSink;
    while (!ports_.insert(port).second) port += kPortsPerSink;
    sinks_[t.id] = std::make_unique<Sink>(loop_, port);
    PCD_RETURN_IF_ERROR(to_.CreateSink({.id = t.id,
                                        .selector = media::TrackIdSelector{.track_id = t.track_id},
                                        .rtp_destination = Local(port)})
                            .status());
  }
  for (auto it = sinks_.begin(); it != sinks_.end();) {
    if (known.contains(it->first)) {
      ++it;
      continue;
    }
    PCD_RETURN_IF_ERROR(to_.DeleteSink(it->first));
    ports_.erase(it->second->port());
    it = sinks_.erase(it);
  }
  return absl::OkStatus();
}

void MediaProbe::SendFrom(const media::LocalTrackInfo& track, Source& source) {
  std::vector<uint8_t> packet(12);
  packet[0] = 0x80;
  packet[1] = 0x80 | 100;
  StoreU16(&packet[2], ++source.sequence);
  StoreU32(&packet[4], kTimestampStep * source.sequence);
  StoreU32(&packet[8], 1000u + source.number);
  const std::vector<uint8_t> frame = Frame(track.config.kind, source.number);
  packet.insert(packet.end(), frame.begin(), frame.end());
  socket_->Queue(loop_.packets().CopyOf(packet), *track.local_rtp);
}

void MediaProbe::Send() {
  const std::vector<media::LocalTrackInfo> tracks = from_.ListLocalTracks();
  std::set<std::string> known;
  for (const media::LocalTrackInfo& track : tracks) {
    known.insert(track.config.id);
    const auto [source, is_new] = sources_.try_emplace(track.config.id);
    if (is_new) source->second.number = made_++;
  }
  std::erase_if(sources_, [&](const auto& source) { return !known.contains(source.first); });
  loop_.Post([this, tracks] {
    for (const media::LocalTrackInfo& track : tracks) SendFrom(track, sources_[track.config.id]);
  });
}

MediaProbe::Arrivals MediaProbe::Take() {
  Arrivals arrivals;
  for (const auto& [transceiver, sink] : sinks_) {
    for (const uint16_t number : std::exchange(sink->numbers, {})) {
      for (const auto& [track, source] : sources_) {
        if (source.number == number) arrivals.emplace(transceiver, track);
      }
    }
  }
  return arrivals;
}

}  // namespace pcd::peerconnection
