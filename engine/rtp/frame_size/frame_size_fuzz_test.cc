#include <array>
#include <cstdlib>

#include "engine/rtp/frame_size/av1_frame_size.h"
#include "engine/rtp/frame_size/h264_frame_size.h"
#include "engine/rtp/frame_size/h265_frame_size.h"
#include "engine/rtp/frame_size/vp9_frame_size.h"

// The first byte chooses the format.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pcd::rtp::FrameSize;
  static constexpr std::array<FrameSize (*)(pcd::ByteSpan), 4> kParsers = {
      pcd::rtp::ParseH264FrameSize, pcd::rtp::ParseH265FrameSize, pcd::rtp::ParseVp9FrameSize,
      pcd::rtp::ParseAv1FrameSize};
  if (size == 0) return 0;
  const FrameSize found = kParsers[data[0] % kParsers.size()]({data + 1, size - 1});
  if (found.width > FrameSize::kMaxSide || found.height > FrameSize::kMaxSide) std::abort();
  return 0;
}
