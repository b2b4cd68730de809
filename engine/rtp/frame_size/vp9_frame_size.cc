#include "engine/rtp/frame_size/vp9_frame_size.h"

#include "engine/rtp/frame_size/bit_reader.h"

namespace pcd::rtp {
namespace {

constexpr uint32_t kFrameMarker = 2, kSyncCode = 0x498342, kRgb = 7;

// color_config, section 6.2.2.
void SkipColors(BitReader& in, uint32_t profile) {
  if (profile >= 2) in.Flag();
  const bool chooses_sampling = (profile & 1) != 0;
  if (in.Bits(3) == kRgb) {
    in.Skip(chooses_sampling ? 1 : 0);
  } else {
    in.Skip(chooses_sampling ? 4 : 1);
  }
}

}  // namespace

FrameSize ParseVp9FrameSize(ByteSpan frame) {
  BitReader in(frame);
  if (in.Bits(2) != kFrameMarker) return {};
  const uint32_t low = in.Bits(1);
  const uint32_t profile = low | (in.Bits(1) << 1);
  if (profile == 3) in.Flag();
  const bool shows_another = in.Flag();
  const bool is_inter = in.Flag();
  in.Skip(2);
  if (shows_another || is_inter || in.Bits(24) != kSyncCode) return {};
  SkipColors(in, profile);
  const uint32_t width = in.Bits(16) + 1;
  const uint32_t height = in.Bits(16) + 1;
  return in.ok() ? FrameSize{width, height} : FrameSize{};
}

}  // namespace pcd::rtp
