#ifndef ENGINE_RTP_FRAME_SIZE_CROPPED_SIZE_H_
#define ENGINE_RTP_FRAME_SIZE_CROPPED_SIZE_H_

#include <cstdint>

#include "engine/rtp/frame_size/bit_reader.h"
#include "engine/rtp/frame_size/frame_size.h"

namespace pcd::rtp {

// chroma_format_idc of H.264 and H.265.
inline constexpr uint32_t kMonochrome = 0, k420 = 1, k422 = 2, k444 = 3;

// Reads the four offsets of a cropping window, in units of so many pixels. Unknown when nothing
// is left.
inline FrameSize ReadCropping(BitReader& in, uint64_t width, uint64_t height, uint64_t unit_x,
                              uint64_t unit_y) {
  const uint64_t left = in.ExpGolomb();
  const uint64_t right = in.ExpGolomb();
  const uint64_t top = in.ExpGolomb();
  const uint64_t bottom = in.ExpGolomb();
  const uint64_t cut_x = (left + right) * unit_x;
  const uint64_t cut_y = (top + bottom) * unit_y;
  if (!in.ok() || cut_x >= width || cut_y >= height) return {};
  return {static_cast<uint32_t>(width - cut_x), static_cast<uint32_t>(height - cut_y)};
}

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_FRAME_SIZE_CROPPED_SIZE_H_
