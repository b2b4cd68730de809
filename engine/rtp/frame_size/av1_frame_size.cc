#include "engine/rtp/frame_size/av1_frame_size.h"

#include "engine/rtp/frame_size/bit_reader.h"

namespace pcd::rtp {
namespace {

constexpr uint32_t kSequenceHeader = 1;
constexpr int kMaxSizeBytes = 8;
constexpr uint32_t kLastLevelWithoutTier = 7;

// Section 5.3.2. False: it heads something else.
bool SkipObuHeader(BitReader& in) {
  in.Flag();
  const uint32_t type = in.Bits(4);
  const bool has_extension = in.Flag();
  const bool has_size = in.Flag();
  in.Flag();
  if (has_extension) in.Skip(8);
  for (int i = 0; has_size && i < kMaxSizeBytes; ++i) {
    if ((in.Bits(8) & 0x80) == 0) break;
  }
  return type == kSequenceHeader && in.ok();
}

// What an operating point says of the decoder's model, in bits; 0: nothing.
unsigned ReadTiming(BitReader& in) {
  if (!in.Flag()) return 0;
  in.Skip(64);
  if (in.Flag()) in.ExpGolomb();
  if (!in.Flag()) return 0;
  const unsigned delay_bits = in.Bits(5) + 1;
  in.Skip(32 + 5 + 5);
  return 2 * delay_bits + 1;
}

void SkipOperatingPoints(BitReader& in) {
  const unsigned model_bits = ReadTiming(in);
  const bool has_delays = in.Flag();
  const uint32_t more = in.Bits(5);
  for (uint32_t i = 0; i <= more && in.ok(); ++i) {
    in.Skip(12);
    if (in.Bits(5) > kLastLevelWithoutTier) in.Flag();
    if (model_bits > 0 && in.Flag()) in.Skip(model_bits);
    if (has_delays && in.Flag()) in.Skip(4);
  }
}

}  // namespace

FrameSize ParseAv1FrameSize(ByteSpan obu) {
  BitReader in(obu);
  if (!SkipObuHeader(in)) return {};
  in.Skip(3 + 1);  // Profile and still picture.
  if (in.Flag()) {
    in.Skip(5);  // The reduced header of a still picture has a level alone.
  } else {
    SkipOperatingPoints(in);
  }
  const unsigned width_bits = in.Bits(4) + 1;
  const unsigned height_bits = in.Bits(4) + 1;
  const uint32_t width = in.Bits(width_bits) + 1;
  const uint32_t height = in.Bits(height_bits) + 1;
  return in.ok() ? FrameSize{width, height} : FrameSize{};
}

}  // namespace pcd::rtp
