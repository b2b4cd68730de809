#include "engine/base/random.h"

#include <vector>

namespace pcd {
namespace {

constexpr char kIceAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kIdAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

// `mask + 1` is a power of two, so every character is equally likely.
std::string FromAlphabet(RandomSource& random, size_t length, const char* alphabet, uint8_t mask) {
  std::vector<uint8_t> bytes(length);
  random.Fill(bytes);
  std::string text(length, '\0');
  for (size_t i = 0; i < length; ++i) text[i] = alphabet[bytes[i] & mask];
  return text;
}

template <typename T>
T Draw(RandomSource& random) {
  T value = 0;
  uint8_t bytes[sizeof(T)];
  random.Fill(bytes);
  for (uint8_t byte : bytes) value = static_cast<T>((value << 8) | byte);
  return value;
}

}  // namespace

uint16_t RandomSource::Uint16() { return Draw<uint16_t>(*this); }
uint32_t RandomSource::Uint32() { return Draw<uint32_t>(*this); }
uint64_t RandomSource::Uint64() { return Draw<uint64_t>(*this); }

std::string RandomSource::IceString(size_t length) {
  return FromAlphabet(*this, length, kIceAlphabet, 63);
}

std::string RandomSource::IdString(size_t length) {
  return FromAlphabet(*this, length, kIdAlphabet, 31);
}

void SeededRandom::Fill(std::span<uint8_t> out) {
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(engine_() >> 32);
}

}  // namespace pcd
