#include "engine/media/sending/test_source.h"

#include <cstring>
#include <utility>

#include "engine/base/status.h"
#include "engine/rtp/vp8_packetizer.h"

namespace pcd::media {

absl::StatusOr<std::unique_ptr<TestSource>> TestSource::Create(MediaKind kind,
                                                               const TestSourceConfig& config,
                                                               RandomSource& random,
                                                               SourceSink& sink) {
  const bool video = kind == MediaKind::kVideo;
  const Codec codec = video ? Codec{.name = "VP8", .clock_rate = 90'000}
                            : Codec{.name = "opus", .clock_rate = 48'000, .channels = 2};
  if (config.codec &&
      (!config.codec->NameIs(codec.name.c_str()) || config.codec->clock_rate != codec.clock_rate ||
       config.codec->channels != codec.channels || !config.codec->fmtp.empty())) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_CODEC,
                     video ? "the video clip is VP8 of 90000 Hz"
                           : "the audio clip is Opus of 48000 Hz and 2 channels",
                     {.dom_exception = "InvalidModificationError", .field = "source.test.codec"});
  }
  const Clip& moving = video ? kVideoClip : kAudioClip;
  const Clip& blank = video ? kBlackClip : kSilenceClip;
  return std::unique_ptr<TestSource>(
      new TestSource(config.blank ? blank : moving, codec, random, sink));
}

TestSource::TestSource(const Clip& clip, Codec codec, RandomSource& random, SourceSink& sink)
    : clip_(clip),
      codec_(std::move(codec)),
      sink_(sink),
      timestamp_step_(codec_.clock_rate / clip.frames_per_second),
      frame_duration_(Duration(std::chrono::seconds(1)) / clip.frames_per_second),
      timestamp_(random.Uint32()) {}

void TestSource::SetWanted(bool wanted, Timestamp now) {
  const bool running = next_frame_ != kNever;
  if (wanted == running) return;
  frame_ = 0;
  next_frame_ = wanted ? now : kNever;
}

void TestSource::RequestKeyFrame(bool, Timestamp) { frame_ = 0; }

void TestSource::HandleTimeout(Timestamp now) {
  if (now < next_frame_) return;
  if (now - next_frame_ > kMaxCatchUp) {
    const int64_t missed = (now - next_frame_) / frame_duration_;
    next_frame_ += missed * frame_duration_;
    timestamp_ += static_cast<uint32_t>(missed) * timestamp_step_;
  }
  while (next_frame_ <= now) {
    EmitFrame();
    next_frame_ += frame_duration_;
  }
  sink_.OnSourceBatchEnd();
}

void TestSource::EmitFrame() {
  const ByteSpan frame = clip_.frame(frame_);
  const MutableByteSpan payload = MutableByteSpan(packet_).subspan(rtp::kFixedHeaderBytes);
  // A request that comes from within the packets below counts for the next frame.
  frame_ = (frame_ + 1) % clip_.frames.size();
  if (codec_.channels > 0) {
    std::memcpy(payload.data(), frame.data(), frame.size());
    EmitPacket(frame.size(), false);
  } else {
    rtp::Vp8Packetizer packetizer(frame, kMaxPayload);
    while (const size_t size = packetizer.Next(payload)) EmitPacket(size, packetizer.done());
  }
  timestamp_ += timestamp_step_;
}

void TestSource::EmitPacket(size_t payload_size, bool marker) {
  constexpr uint32_t kSsrc = 1;  // Seen by nobody: every sender has its own.
  packet_[0] = 0x80;
  packet_[1] = marker ? 0x80 : 0;
  rtp::SetSequenceNumber(packet_, static_cast<uint16_t>(sequence_));
  rtp::SetTimestamp(packet_, timestamp_);
  rtp::SetSsrc(packet_, kSsrc);
  const auto view =
      rtp::RtpPacketView::Parse({packet_.data(), rtp::kFixedHeaderBytes + payload_size});
  if (view) sink_.OnSourcePacket(*view, sequence_, 0);
  ++sequence_;
}

}  // namespace pcd::media
