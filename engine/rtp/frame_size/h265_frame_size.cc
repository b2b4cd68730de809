#include "engine/rtp/frame_size/h265_frame_size.h"

#include <array>

#include "engine/rtp/frame_size/bit_reader.h"
#include "engine/rtp/frame_size/cropped_size.h"

namespace pcd::rtp {
namespace {

constexpr size_t kNalHeaderBytes = 2;
constexpr uint32_t kMaxSubLayers = 7;
constexpr unsigned kProfileBits = 88, kLevelBits = 8;

// profile_tier_level, section 7.3.3. `below`: layers under the highest.
void SkipProfiles(BitReader& in, uint32_t below) {
  in.Skip(kProfileBits + kLevelBits);
  std::array<bool, kMaxSubLayers> has_profile{};
  std::array<bool, kMaxSubLayers> has_level{};
  for (uint32_t i = 0; i < below; ++i) {
    has_profile[i] = in.Flag();
    has_level[i] = in.Flag();
  }
  // Always eight pairs of flags, when there are any.
  if (below > 0) in.Skip(2 * (8 - below));
  for (uint32_t i = 0; i < below; ++i) {
    if (has_profile[i]) in.Skip(kProfileBits);
    if (has_level[i]) in.Skip(kLevelBits);
  }
}

}  // namespace

FrameSize ParseH265FrameSize(ByteSpan sps) {
  if (sps.size() <= kNalHeaderBytes) return {};
  BitReader in(sps.subspan(kNalHeaderBytes), BitReader::Escapes::kNalUnit);
  in.Skip(4);
  const uint32_t below = in.Bits(3);
  in.Flag();
  if (below >= kMaxSubLayers) return {};
  SkipProfiles(in, below);
  in.ExpGolomb();
  const uint32_t chroma_format = in.ExpGolomb();
  const bool planes_apart = chroma_format == k444 && in.Flag();
  const uint32_t width = in.ExpGolomb();
  const uint32_t height = in.ExpGolomb();
  if (!in.ok() || chroma_format > k444 || width > FrameSize::kMaxSide ||
      height > FrameSize::kMaxSide) {
    return {};
  }
  if (!in.Flag()) return in.ok() ? FrameSize{width, height} : FrameSize{};
  const bool has_chroma = chroma_format != kMonochrome && !planes_apart;
  const uint32_t unit_x = has_chroma && chroma_format != k444 ? 2 : 1;
  const uint32_t unit_y = has_chroma && chroma_format == k420 ? 2 : 1;
  return ReadCropping(in, width, height, unit_x, unit_y);
}

}  // namespace pcd::rtp
