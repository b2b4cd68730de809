#include "engine/ice/seen_transactions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace pcd::ice {
namespace {

using Id = std::array<uint8_t, 12>;

Id Numbered(uint32_t number) {
  Id id{};
  StoreU32(id.data() + 8, number);
  return id;
}

TEST(SeenTransactionsTest, TellsThePathOfWhatItKnows) {
  SeenTransactions seen;
  EXPECT_EQ(seen.PathOf(Numbered(0)), 0u);
  seen.Add(Numbered(0), 7);
  seen.Add(Numbered(1), 8);
  EXPECT_EQ(seen.PathOf(Numbered(0)), 7u);
  EXPECT_EQ(seen.PathOf(Numbered(1)), 8u);
  EXPECT_EQ(seen.PathOf(Numbered(2)), 0u);
}

TEST(SeenTransactionsTest, TheOldestMakesRoomAndNoneOther) {
  SeenTransactions seen;
  constexpr uint32_t kMany = 10 * SeenTransactions::kCapacity + 3;
  for (uint32_t i = 0; i < kMany; ++i) {
    seen.Add(Numbered(i), i + 1);
    const uint32_t held = std::min<uint32_t>(i + 1, SeenTransactions::kCapacity);
    EXPECT_EQ(seen.PathOf(Numbered(i + 1 - held)), i + 2 - held) << i;
    if (i + 1 > held) {
      EXPECT_EQ(seen.PathOf(Numbered(i - held)), 0u) << i;
    }
  }
}

TEST(SeenTransactionsTest, EveryByteOfTheIdCounts) {
  SeenTransactions seen;
  seen.Add(Id{}, 1);
  for (size_t i = 0; i < Id{}.size(); ++i) {
    Id other{};
    other[i] = 1;
    EXPECT_EQ(seen.PathOf(other), 0u) << i;
  }
}

}  // namespace
}  // namespace pcd::ice
