#ifndef ENGINE_RTP_FRAME_SIZE_BIT_READER_H_
#define ENGINE_RTP_FRAME_SIZE_BIT_READER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"

namespace pcd::rtp {

// Reads bits, the highest of each byte first, until the first failure; after it every read
// returns zero and ok() is false. Threading: a value.
class BitReader {
 public:
  // kNalUnit: the third byte of 00 00 03 is none of the content (ITU-T H.264 section 7.4.1).
  enum class Escapes { kNone, kNalUnit };

  explicit BitReader(ByteSpan data, Escapes escapes = Escapes::kNone)
      : data_(data), escaped_(escapes == Escapes::kNalUnit) {}

  bool ok() const { return ok_; }

  // At most 32.
  uint32_t Bits(unsigned count) {
    uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) value = (value << 1) | NextBit();
    return ok_ ? value : 0;
  }
  bool Flag() { return Bits(1) != 0; }
  void Skip(unsigned count) {
    for (unsigned i = 0; i < count && ok_; ++i) NextBit();
  }

  // ue(v) of H.264 and H.265, uvlc() of AV1. Longer than 32 bits is a failure.
  uint32_t ExpGolomb() {
    unsigned zeros = 0;
    while (ok_ && NextBit() == 0) {
      if (++zeros > 31) ok_ = false;
    }
    if (!ok_) return 0;
    const uint32_t rest = Bits(zeros);
    return ok_ ? ((uint32_t{1} << zeros) - 1) + rest : 0;
  }
  // se(v).
  int32_t SignedExpGolomb() {
    const uint32_t code = ExpGolomb();
    const auto magnitude = static_cast<int32_t>((code >> 1) + (code & 1));
    return (code & 1) != 0 ? magnitude : -magnitude;
  }

 private:
  uint32_t NextBit() {
    if (left_ == 0) LoadByte();
    if (!ok_) return 0;
    --left_;
    return (current_ >> left_) & 1u;
  }

  void LoadByte() {
    if (escaped_ && zeros_ == 2 && at_ < data_.size() && data_[at_] == 3) {
      ++at_;
      zeros_ = 0;
    }
    if (at_ >= data_.size()) {
      ok_ = false;
      return;
    }
    current_ = data_[at_++];
    left_ = 8;
    zeros_ = current_ == 0 ? std::min(zeros_ + 1, 2u) : 0;
  }

  ByteSpan data_;
  bool escaped_;
  size_t at_ = 0;
  uint8_t current_ = 0;
  unsigned left_ = 0;   // Bits of `current_` that were not read.
  unsigned zeros_ = 0;  // Bytes in a row, two at most.
  bool ok_ = true;
};

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_FRAME_SIZE_BIT_READER_H_
