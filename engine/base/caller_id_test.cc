#include "engine/base/caller_id.h"

#include <gtest/gtest.h>

#include <string>

namespace pcd {
namespace {

TEST(CallerIdTest, TakesLettersDigitsAndThreeSigns) {
  EXPECT_TRUE(IsCallerId("a"));
  EXPECT_TRUE(IsCallerId("Camera-1_left.v2"));
  EXPECT_TRUE(IsCallerId(std::string(64, 'z')));
}

TEST(CallerIdTest, RefusesEverythingElse) {
  EXPECT_FALSE(IsCallerId(""));
  EXPECT_FALSE(IsCallerId(std::string(65, 'z')));
  for (const std::string bad :
       {" ", "/", ":", "\r", "\n", "\x7f", "\xc3\xa4", "@", "[", "`", "{"}) {
    EXPECT_FALSE(IsCallerId(bad)) << bad;
    EXPECT_FALSE(IsCallerId("id" + bad)) << bad;
  }
  EXPECT_FALSE(IsCallerId(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace pcd
