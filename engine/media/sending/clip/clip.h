// A short clip, encoded while the service is built (BUILD.bazel): frames of one codec that
// follow each other at a fixed step, to be sent in a loop.
#ifndef ENGINE_MEDIA_SENDING_CLIP_CLIP_H_
#define ENGINE_MEDIA_SENDING_CLIP_CLIP_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace pcd::media {

struct ClipFrame {
  size_t offset = 0;  // Into Clip::bytes.
  size_t size = 0;
};

// The first frame is a key frame, and the only one.
struct Clip {
  std::span<const uint8_t> bytes;
  std::span<const ClipFrame> frames;
  uint32_t frames_per_second = 0;

  std::span<const uint8_t> frame(size_t index) const {
    return bytes.subspan(frames[index].offset, frames[index].size);
  }
};

// VP8, 320x180.
extern const Clip kVideoClip;
// Opus, 20 ms a frame; at most 1100 bytes each.
extern const Clip kAudioClip;
// One black picture, of the size of kVideoClip's.
extern const Clip kBlackClip;
// As kAudioClip.
extern const Clip kSilenceClip;

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SENDING_CLIP_CLIP_H_
