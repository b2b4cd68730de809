// Randomness as an argument. Cores take a RandomSource; tests give a seeded one so that a
// run repeats exactly, the service gives one that reads the operating system.
#ifndef ENGINE_BASE_RANDOM_H_
#define ENGINE_BASE_RANDOM_H_

#include <cstdint>
#include <random>
#include <span>
#include <string>

namespace pcd {

// Threading: an instance belongs to one thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void Fill(std::span<uint8_t> out) = 0;

  uint16_t Uint16();
  uint32_t Uint32();
  uint64_t Uint64();
  // `length` characters of [A-Za-z0-9+/]: the ice-char alphabet of RFC 8839, 6 bits each.
  std::string IceString(size_t length);
  // `length` characters of [a-z2-7] (base32, 5 bits each), for ids.
  std::string IdString(size_t length);
};

// Repeats for the same seed. Never for keys or ids outside tests.
class SeededRandom : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  void Fill(std::span<uint8_t> out) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace pcd

#endif  // ENGINE_BASE_RANDOM_H_
