#include "engine/base/shared.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace pcd {
namespace {

TEST(SharedTest, CopiesShowTheSameValue) {
  const Shared<std::string> first(std::string("a long text that is kept once"));
  const Shared<std::string> second = first;
  EXPECT_EQ(&*first, &*second);
  EXPECT_EQ(second->size(), 29u);
}

TEST(SharedTest, IsNeverWithoutAValue) {
  Shared<std::string> value;
  EXPECT_EQ(*value, "");
  value = std::string("text");
  const Shared<std::string> taken = std::move(value);
  EXPECT_EQ(*value, "text");  // NOLINT(bugprone-use-after-move): moving copies.
  EXPECT_EQ(*taken, "text");
}

}  // namespace
}  // namespace pcd
