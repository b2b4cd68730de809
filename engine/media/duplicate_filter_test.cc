#include "engine/media/duplicate_filter.h"

#include <gtest/gtest.h>

namespace pcd::media {
namespace {

TEST(DuplicateFilterTest, EachNumberPassesOnceInAnyOrder) {
  DuplicateFilter filter;
  for (const int64_t number : {100, 102, 101, 99, 1000}) {
    EXPECT_TRUE(filter.IsNew(number));
    EXPECT_TRUE(filter.Take(number)) << number;
    EXPECT_FALSE(filter.Take(number)) << number;
  }
  EXPECT_TRUE(filter.Take(500));
  EXPECT_FALSE(filter.Take(100));
}

TEST(DuplicateFilterTest, NumbersBehindTheWindowCountAsSeen) {
  DuplicateFilter filter;
  EXPECT_TRUE(filter.Take(5000));
  EXPECT_TRUE(filter.Take(5000 - DuplicateFilter::kWindow + 1));
  EXPECT_FALSE(filter.Take(5000 - DuplicateFilter::kWindow));
}

TEST(DuplicateFilterTest, AJumpOrAResetForgets) {
  DuplicateFilter filter;
  for (int64_t i = 0; i < 2000; ++i) EXPECT_TRUE(filter.Take(i));
  EXPECT_TRUE(filter.Take(2000 + 3 * DuplicateFilter::kWindow));
  EXPECT_TRUE(filter.Take(1999 + 3 * DuplicateFilter::kWindow));
  filter.Reset();
  EXPECT_TRUE(filter.Take(7));
}

}  // namespace
}  // namespace pcd::media
