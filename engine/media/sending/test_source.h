#ifndef ENGINE_MEDIA_SENDING_TEST_SOURCE_H_
#define ENGINE_MEDIA_SENDING_TEST_SOURCE_H_

#include <absl/status/statusor.h>

#include <array>
#include <memory>

#include "engine/base/random.h"
#include "engine/media/sending/clip/clip.h"
#include "engine/media/sending/media_source.h"

namespace pcd::media {

// The built-in clip in a loop, as RTP packets: what it gives goes through the same senders as
// what a UDP port brings. It runs while it is wanted, and begins with the key frame then; a key
// frame request makes the next frame the first of the loop. A core. Threading: its owner's.
class TestSource final : public MediaSource {
 public:
  // Payload bytes of one packet; with headers and tags it fits into every usual path.
  static constexpr size_t kMaxPayload = 1100;
  // After a longer pause of the loop the missed frames are left out.
  static constexpr Duration kMaxCatchUp = std::chrono::milliseconds(500);

  // `sink` outlives it. INVALID_CODEC unless `config.codec` is VP8 for video, Opus for audio.
  static absl::StatusOr<std::unique_ptr<TestSource>> Create(MediaKind kind,
                                                            const TestSourceConfig& config,
                                                            RandomSource& random, SourceSink& sink);

  const Codec& codec() const override { return codec_; }
  void SetWanted(bool wanted, Timestamp now) override;
  void RequestKeyFrame(bool by_fir, Timestamp now) override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextDeadline() const override { return next_frame_; }
  void FillInfo(LocalTrackInfo&) const override {}

 private:
  TestSource(const Clip& clip, Codec codec, RandomSource& random, SourceSink& sink);

  void EmitFrame();
  void EmitPacket(size_t payload_size, bool marker);

  const Clip& clip_;
  const Codec codec_;
  SourceSink& sink_;
  const uint32_t timestamp_step_;
  const Duration frame_duration_;
  uint32_t timestamp_;
  int64_t sequence_ = 0x10000;
  size_t frame_ = 0;
  Timestamp next_frame_ = kNever;
  std::array<uint8_t, rtp::kFixedHeaderBytes + kMaxPayload> packet_{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_TEST_SOURCE_H_
