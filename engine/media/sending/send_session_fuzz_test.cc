// A session with two UDP sources meets arbitrary RTP and RTCP from applications, and arbitrary
// RTCP from the remote peer. Input: records of kind (1 byte), length (1 byte), content.
#include <algorithm>
#include <cstdlib>

#include "engine/media/sending/send_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pcd::media::Bytes;
  pcd::media::SendBench bench;
  if (!bench.AddUdpTrack("a", pcd::MediaKind::kAudio).ok()) std::abort();
  if (!bench.AddUdpTrack("v", pcd::MediaKind::kVideo).ok()) std::abort();
  pcd::media::Feeder audio(bench, "a", 7000), video(bench, "v", 7100);
  pcd::SendParameters alone = pcd::media::VideoSender();
  alone.transport_index = 1;
  bench.Bind({{.parameters = pcd::media::AudioSender(), .track_id = "a"},
              {.parameters = alone, .track_id = "v"}});
  video.Rtp({.ssrc = 5, .sequence = 1, .payload = pcd::media::kKeyFrame});
  pcd::ByteReader in({data, size});
  while (in.remaining() >= 2) {
    const uint8_t kind = in.U8();
    const size_t length = std::min<size_t>(in.U8(), in.remaining());
    const pcd::ByteSpan content = in.Bytes(length);
    const Bytes bytes(content.begin(), content.end());
    switch (kind % 6) {
      case 0:
        audio.RtpBytes(bytes);
        break;
      case 1:
        video.RtpBytes(bytes);
        break;
      case 2:
        video.Rtcp(bytes);
        break;
      case 3:
        bench.Rtcp(bytes, kind / 6 % 3);
        break;
      case 4:
        bench.output.writable = !bench.output.writable;
        break;
      default:
        bench.Run(std::chrono::milliseconds(10 * length));
    }
  }
  bench.Run(std::chrono::seconds(2));
  for (const pcd::media::SentRtp& sent : bench.output.rtp) {
    if (sent.ssrc != bench.session->SsrcOf("audio-sender") &&
        sent.ssrc != bench.session->SsrcOf("video-sender")) {
      std::abort();
    }
  }
  bench.session->GetStats();
  bench.session->Close();
  return 0;
}
