// A negotiated session with sinks meets arbitrary packets, in arbitrary order and timing.
// Input: records of kind (1 byte), length (1 byte), content.
#include <algorithm>
#include <cstdlib>

#include "engine/media/media_testing.h"

namespace {

using pcd::media::Bytes;

void Setup(pcd::media::MediaBench& bench) {
  using pcd::MediaKind;
  using pcd::media::KindSelector;
  if (!bench.AddSink("a", KindSelector{MediaKind::kAudio, 0}, 5004).ok()) std::abort();
  if (!bench.AddSink("v", KindSelector{MediaKind::kVideo, 0}, 6004).ok()) std::abort();
  pcd::media::SinkConfig ordered;
  ordered.id = "w";
  ordered.selector = KindSelector{MediaKind::kVideo, 0};
  ordered.rtp_destination = pcd::media::MediaBench::Local(7004);
  ordered.max_reorder_delay = std::chrono::milliseconds(100);
  if (!bench.session->CreateSink(ordered).ok()) std::abort();
  ordered.id = "q";
  ordered.rtp_destination.port = 8004;
  ordered.rid = "q";
  if (!bench.session->CreateSink(ordered).ok()) std::abort();
  pcd::ReceiveParameters video = pcd::media::VideoSection();
  video.rids = {"q", "f"};
  // One more section, alone on another transport.
  pcd::ReceiveParameters alone = pcd::media::VideoSection("2");
  alone.transport_index = 1;
  bench.session->SetReceivers({pcd::media::AudioSection(), video, alone});
  bench.Rtp({.sequence = 1, .payload = pcd::media::kKeyFrame, .transport_sequence = 1});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pcd::media::MediaBench bench;
  Setup(bench);
  pcd::media::SinkReceiver receiver(bench.outside, pcd::media::MediaBench::Local(6004));
  pcd::ByteReader in({data, size});
  while (in.remaining() >= 2) {
    const uint8_t kind = in.U8();
    const size_t length = std::min<size_t>(in.U8(), in.remaining());
    const pcd::ByteSpan content = in.Bytes(length);
    const Bytes bytes(content.begin(), content.end());
    // 2 is a transport that nobody knows.
    const size_t transport_index = kind / 5 % 3;
    switch (kind % 5) {
      case 0:
      case 1:
        bench.RtpBytes(bytes, transport_index);
        break;
      case 2:
        bench.Rtcp(bytes, transport_index);
        break;
      case 3:
        receiver.SendRtcp(bytes, bench.session->GetSink("v")->local_rtcp);
        break;
      default:
        bench.Run(std::chrono::milliseconds(10 * length));
    }
  }
  bench.Run(std::chrono::seconds(2));
  bench.TakeEvents();
  if (bench.session->GetStats().inbound.size() > 64 + 16) std::abort();
  bench.OnLoop([&] { bench.session->Close(); });
  bench.Run(std::chrono::milliseconds(10));
  return 0;
}
