#include "engine/net/system_random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>
#include <vector>

namespace pcd::net {
namespace {

TEST(SystemRandomTest, SmallDrawsDoNotRepeat) {
  SystemRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Uint64());
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(SystemRandomTest, TwoSourcesDiffer) {
  SystemRandom a, b;
  EXPECT_NE(a.Uint64(), b.Uint64());
}

TEST(SystemRandomTest, FillsAllOfAnyLength) {
  SystemRandom random;
  for (const size_t size : {0, 1, 7, 255, 512, 513, 5000}) {
    // A byte that stays zero in 8 independent fills was not filled: chance 2^-64.
    std::vector<uint8_t> touched(size, 0);
    for (int round = 0; round < 8; ++round) {
      std::vector<uint8_t> bytes(size, 0);
      random.Fill(bytes);
      for (size_t i = 0; i < size; ++i) touched[i] |= bytes[i];
    }
    EXPECT_EQ(std::count(touched.begin(), touched.end(), 0), 0) << size;
  }
}

TEST(SystemRandomTest, HalfOfTheBitsAreSet) {
  SystemRandom random;
  std::vector<uint8_t> bytes(100'000);
  random.Fill(bytes);
  int64_t ones = 0;
  for (uint8_t byte : bytes) ones += std::popcount(byte);
  EXPECT_NEAR(static_cast<double>(ones), 400'000, 4'500);  // Ten standard deviations.
}

}  // namespace
}  // namespace pcd::net
