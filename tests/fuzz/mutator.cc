#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pcd::fuzz {
namespace {

constexpr int kMostChanges = 6;
constexpr size_t kMostPart = 64;  // Bytes that one change moves, mostly.

// Ends of the ranges of integers, in as many bytes as the last number says.
constexpr std::array<std::pair<uint32_t, int>, 14> kNumbers = {{{0, 1},
                                                                {1, 1},
                                                                {0x7f, 1},
                                                                {0x80, 1},
                                                                {0xff, 1},
                                                                {0, 2},
                                                                {0x7fff, 2},
                                                                {0x8000, 2},
                                                                {0xffff, 2},
                                                                {0, 4},
                                                                {1, 4},
                                                                {0x7fffffff, 4},
                                                                {0x80000000, 4},
                                                                {0xffffffff, 4}}};

// The same for what reads text.
constexpr std::array<std::string_view, 16> kTexts = {
    "0",    "-1", "255", "256", "65535", "65536", "4294967296", "18446744073709551616",
    "\r\n", "\n", " ",   ":",   "/",     "=",     "a=",         std::string_view("\0", 1)};

// splitmix64. Threading: one thread.
class Random {
 public:
  explicit Random(uint64_t state) : state_(state) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = (state_ ^ (state_ >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  size_t Below(size_t bound) { return bound == 0 ? 0 : static_cast<size_t>(Next() % bound); }

 private:
  uint64_t state_;
};

struct Range {
  size_t begin;
  size_t length;
};

// A part of so many bytes: short ones mostly, now and then any.
Range PartOf(size_t size, Random& random) {
  const size_t begin = random.Below(size + 1);
  const size_t rest = size - begin;
  const size_t most = random.Below(8) == 0 ? rest : std::min(rest, kMostPart);
  return {begin, random.Below(most + 1)};
}

Input Copy(const Input& input, Range part) {
  const auto begin = input.begin() + static_cast<ptrdiff_t>(part.begin);
  return {begin, begin + static_cast<ptrdiff_t>(part.length)};
}

void Insert(Input& input, size_t at, const Input& bytes) {
  input.insert(input.begin() + static_cast<ptrdiff_t>(at), bytes.begin(), bytes.end());
}

void Erase(Input& input, Range part) {
  const auto begin = input.begin() + static_cast<ptrdiff_t>(part.begin);
  input.erase(begin, begin + static_cast<ptrdiff_t>(part.length));
}

Input SpecialValue(Random& random) {
  if (random.Below(2) == 0) {
    const std::string_view text = kTexts[random.Below(kTexts.size())];
    return {text.begin(), text.end()};
  }
  const auto [number, width] = kNumbers[random.Below(kNumbers.size())];
  Input bytes;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<uint8_t>(number >> shift));
  }
  return bytes;
}

void Overwrite(Input& input, const Input& bytes, Random& random) {
  if (input.size() < bytes.size()) return;
  const size_t at = random.Below(input.size() - bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), input.begin() + static_cast<ptrdiff_t>(at));
}

void Change(Input& input, const Input& other, Random& random) {
  switch (random.Below(9)) {
    case 0:
    case 1:
      if (!input.empty()) input[random.Below(input.size())] ^= uint8_t{1} << random.Below(8);
      return;
    case 2:
      if (!input.empty()) input[random.Below(input.size())] = static_cast<uint8_t>(random.Next());
      return;
    case 3:
      return Overwrite(input, SpecialValue(random), random);
    case 4:
      return Insert(input, random.Below(input.size() + 1), SpecialValue(random));
    case 5:
      return Erase(input, PartOf(input.size(), random));
    case 6: {  // Twice, the second time anywhere.
      const Input part = Copy(input, PartOf(input.size(), random));
      return Insert(input, random.Below(input.size() + 1), part);
    }
    case 7: {  // In place of a part of its own.
      const Range gone = PartOf(input.size(), random);
      Erase(input, gone);
      return Insert(input, gone.begin, Copy(other, PartOf(other.size(), random)));
    }
    default:  // What an end cut off leaves.
      if (random.Below(4) == 0) input.resize(random.Below(input.size() + 1));
  }
}

}  // namespace

Mutator::Mutator(std::vector<Input> corpus, uint64_t seed)
    : corpus_(std::move(corpus)), seed_(seed) {
  if (corpus_.empty()) corpus_.emplace_back();
  for (const Input& input : corpus_) most_bytes_ = std::max(most_bytes_, input.size());
  most_bytes_ = std::min(kMostBytes, std::max<size_t>(4 * most_bytes_, kMostPart));
}

Input Mutator::Make(uint64_t number) const {
  Random random(Random(seed_).Next() ^ number);
  Input input = corpus_[random.Below(corpus_.size())];
  for (size_t changes = 1 + random.Below(kMostChanges); changes > 0; --changes) {
    Change(input, corpus_[random.Below(corpus_.size())], random);
  }
  if (input.size() > most_bytes_) input.resize(most_bytes_);
  return input;
}

}  // namespace pcd::fuzz
