#ifndef ENGINE_RTP_SEQUENCE_UNWRAPPER_H_
#define ENGINE_RTP_SEQUENCE_UNWRAPPER_H_

#include <cstdint>
#include <optional>

namespace pcd::rtp {

// Signed distance from `from` to `to` on the 16-bit circle: -32768..32767.
constexpr int SequenceDistance(uint16_t from, uint16_t to) {
  return static_cast<int16_t>(static_cast<uint16_t>(to - from));
}

// Turns 16-bit numbers into 64-bit ones that keep counting across the wrap. Each number is
// read as the nearest one to the highest seen, so it may lie up to 32768 behind and 32767
// ahead. The first number keeps its own value plus 2^16, so that late ones before it stay
// above zero.
class SequenceUnwrapper {
 public:
  int64_t Unwrap(uint16_t sequence) {
    const int64_t value = Peek(sequence);
    if (!highest_ || value > *highest_) highest_ = value;
    return value;
  }
  // What Unwrap would return, without taking the number in.
  int64_t Peek(uint16_t sequence) const {
    if (!highest_) return int64_t{sequence} + 0x10000;
    return *highest_ + SequenceDistance(static_cast<uint16_t>(*highest_), sequence);
  }
  std::optional<int64_t> highest() const { return highest_; }
  void Reset() { highest_.reset(); }

 private:
  std::optional<int64_t> highest_{};
};

}  // namespace pcd::rtp

#endif  // ENGINE_RTP_SEQUENCE_UNWRAPPER_H_
