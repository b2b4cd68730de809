#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pcd::fuzz {

using Input = std::vector<uint8_t>;

// Makes inputs out of those of a corpus: bits flipped, parts deleted, repeated, moved and taken
// from another one, and values put in that programs tend to get wrong. A number and a seed give one
// input, always the same. Threading: immutable.
class Mutator {
 public:
  // No input is longer than that, and than four of the longest of the corpus.
  static constexpr size_t kMostBytes = 1 << 16;

  // A corpus of nothing stands for one empty input.
  Mutator(std::vector<Input> corpus, uint64_t seed);

  Input Make(uint64_t number) const;

 private:
  std::vector<Input> corpus_;
  uint64_t seed_;
  size_t most_bytes_ = 0;
};

}  // namespace pcd::fuzz
