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

TEST(SharedOptionalTest, CopiesShareUntilOneIsEdited) {
  SharedOptional<std::string> first(std::string("one"));
  const SharedOptional<std::string> second = first;
  EXPECT_EQ(&*first, &*second);
  first.Edit() += " and more";
  EXPECT_EQ(*first, "one and more");
  EXPECT_EQ(*second, "one");
  const std::string* own = &*first;
  first.Edit() += ".";
  EXPECT_EQ(&*first, own);
}

TEST(SharedOptionalTest, MayBeEmpty) {
  SharedOptional<std::string> value;
  EXPECT_FALSE(value);
  value = std::string("text");
  EXPECT_TRUE(value.has_value());
  EXPECT_EQ(value->size(), 4u);
  const SharedOptional<std::string> taken = std::exchange(value, std::nullopt);
  EXPECT_FALSE(value);
  EXPECT_EQ(*taken, "text");
  value = taken;
  value.reset();
  EXPECT_FALSE(value);
  EXPECT_TRUE(taken);
}

}  // namespace
}  // namespace pcd
