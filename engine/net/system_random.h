// Randomness of the operating system, fit for keys.
#ifndef ENGINE_NET_SYSTEM_RANDOM_H_
#define ENGINE_NET_SYSTEM_RANDOM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/base/random.h"

namespace pcd::net {

// getrandom(2) behind a buffer, so that small draws cost no system call. Bytes are wiped as
// they are handed out. Threading: an instance belongs to one thread.
class SystemRandom final : public RandomSource {
 public:
  ~SystemRandom() override;
  void Fill(std::span<uint8_t> out) override;

 private:
  std::array<uint8_t, 512> buffer_{};
  size_t left_ = 0;  // Unused bytes, at the buffer's end.
};

}  // namespace pcd::net

#endif  // ENGINE_NET_SYSTEM_RANDOM_H_
