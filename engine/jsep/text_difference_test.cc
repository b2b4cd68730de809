#include "engine/jsep/text_difference.h"

#include <gtest/gtest.h>

namespace pcd::jsep {
namespace {

TEST(TextDifferenceTest, NamesTheFirstLineThatDiffers) {
  EXPECT_EQ(FirstDifferentLine("a\r\nb\r\nc\r\n", "a\r\nb\r\nc\r\n"), 0);
  EXPECT_EQ(FirstDifferentLine("a\r\nb\r\n", "a\nb\n\n"), 0);
  EXPECT_EQ(FirstDifferentLine("a\r\nb\r\n", "a\r\nx\r\n"), 2);
  EXPECT_EQ(FirstDifferentLine("a\r\nb\r\n", "a\r\n"), 2);
  EXPECT_EQ(FirstDifferentLine("a\r\n", "a\r\nb\r\n"), 2);
  EXPECT_EQ(FirstDifferentLine("a\r\n\r\nb", "a\r\nb"), 2);
  EXPECT_EQ(FirstDifferentLine("a", ""), 1);
  EXPECT_EQ(FirstDifferentLine("", ""), 0);
}

}  // namespace
}  // namespace pcd::jsep
