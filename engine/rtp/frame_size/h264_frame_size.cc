#include "engine/rtp/frame_size/h264_frame_size.h"

#include <algorithm>
#include <array>

#include "engine/rtp/frame_size/bit_reader.h"
#include "engine/rtp/frame_size/cropped_size.h"

namespace pcd::rtp {
namespace {

constexpr uint32_t kMacroblock = 16;
constexpr uint32_t kMaxMacroblocks = FrameSize::kMaxSide / kMacroblock;  // Of one side.
constexpr uint32_t kMaxChromaFormat = 3;
constexpr uint32_t kMaxReferencesInCycle = 255;

// Profiles whose sets tell of chroma and scaling.
bool IsHighProfile(uint32_t profile) {
  static constexpr std::array<uint32_t, 13> kHigh = {100, 110, 122, 244, 44,  83, 86,
                                                     118, 128, 138, 139, 134, 135};
  return std::ranges::find(kHigh, profile) != kHigh.end();
}

void SkipScalingList(BitReader& in, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size && in.ok(); ++i) {
    if (next != 0) {
      const int64_t delta = in.SignedExpGolomb();
      next = static_cast<int>((last + delta + 256) & 0xFF);
    }
    if (next != 0) last = next;
  }
}

void SkipScalingMatrix(BitReader& in, uint32_t chroma_format) {
  const int lists = chroma_format == k444 ? 12 : 8;
  for (int i = 0; i < lists && in.ok(); ++i) {
    if (in.Flag()) SkipScalingList(in, i < 6 ? 16 : 64);
  }
}

// False: it is not to be read.
bool SkipPictureOrder(BitReader& in) {
  switch (in.ExpGolomb()) {
    case 0:
      in.ExpGolomb();
      return true;
    case 1: {
      in.Flag();
      in.ExpGolomb();
      in.ExpGolomb();
      const uint32_t references = in.ExpGolomb();
      if (references > kMaxReferencesInCycle) return false;
      for (uint32_t i = 0; i < references && in.ok(); ++i) in.ExpGolomb();
      return true;
    }
    case 2:
      return true;
    default:
      return false;
  }
}

}  // namespace

FrameSize ParseH264FrameSize(ByteSpan sps) {
  if (sps.empty()) return {};
  BitReader in(sps.subspan(1), BitReader::Escapes::kNalUnit);
  const uint32_t profile = in.Bits(8);
  in.Skip(16);  // Constraints and level.
  in.ExpGolomb();
  uint32_t chroma_format = k420;
  bool planes_apart = false;
  if (IsHighProfile(profile)) {
    chroma_format = in.ExpGolomb();
    if (chroma_format > kMaxChromaFormat) return {};
    if (chroma_format == k444) planes_apart = in.Flag();
    in.ExpGolomb();  // Bit depths.
    in.ExpGolomb();
    in.Flag();
    if (in.Flag()) SkipScalingMatrix(in, chroma_format);
  }
  in.ExpGolomb();
  if (!SkipPictureOrder(in)) return {};
  in.ExpGolomb();
  in.Flag();
  const uint32_t columns = in.ExpGolomb();
  const uint32_t rows = in.ExpGolomb();
  const uint32_t fields = in.Flag() ? 1 : 2;  // Rows are those of a field.
  if (!in.ok() || columns >= kMaxMacroblocks || rows >= kMaxMacroblocks / fields) return {};
  if (fields == 2) in.Flag();
  in.Flag();
  const uint32_t width = (columns + 1) * kMacroblock;
  const uint32_t height = (rows + 1) * kMacroblock * fields;
  if (!in.Flag()) return in.ok() ? FrameSize{width, height} : FrameSize{};
  const bool has_chroma = chroma_format != kMonochrome && !planes_apart;
  const uint32_t unit_x = has_chroma && chroma_format != k444 ? 2 : 1;
  const uint32_t unit_y = has_chroma && chroma_format == k420 ? 2 : 1;
  return ReadCropping(in, width, height, unit_x, unit_y * fields);
}

}  // namespace pcd::rtp
