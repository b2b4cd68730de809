// How large the pictures of a video are, as its own headers tell without decoding.
#ifndef ENGINE_RTP_FRAME_SIZE_FRAME_SIZE_H_
#define ENGINE_RTP_FRAME_SIZE_FRAME_SIZE_H_

#include <cstdint>

namespace pcd::rtp {

// In pixels, as shown. Threading: a value.
struct FrameSize {
  static constexpr uint32_t kMaxSide = 65536;  // What the formats can say.

  uint32_t width = 0, height = 0;  // 0: unknown.

  bool known() const { return width != 0 && height != 0; }
  uint64_t pixels() const { return uint64_t{width} * height; }
  friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_FRAME_SIZE_FRAME_SIZE_H_
