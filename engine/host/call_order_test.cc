#include "engine/host/call_order.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/status.h"
#include "engine/testing/status_matchers.h"

namespace pcd::host {
namespace {

using testing::HasReason;

TEST(CallOrderTest, IsACallerAndANumber) {
  const std::string longest(36, 'x');
  for (const CallOrder& order :
       {CallOrder{.caller = "a", .number = 0}, CallOrder{.caller = "A-b_c.9", .number = 10},
        CallOrder{.caller = longest, .number = kMaxCallNumber}}) {
    const auto read = ParseCallOrder(ToString(order));
    ASSERT_TRUE(read.ok()) << ToString(order);
    EXPECT_EQ(*read, order);
  }
}

TEST(CallOrderTest, AnythingElseIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("a/"), std::string("/1"), std::string("a/-1"),
        std::string("a/+1"), std::string("a/ 1"), std::string("a/1 "), std::string("a/01"),
        std::string("a/0x1"), std::string("a/1/2"), std::string("a b/1"), std::string("\xc3\xa4/1"),
        std::string("a\0/1", 4), std::string("a/9007199254740992"),
        std::string("a/99999999999999999999"), std::string(37, 'x') + "/1"}) {
    EXPECT_THAT(ParseCallOrder(text), HasReason(ErrorReason::INVALID_ARGUMENT)) << text;
  }
}

}  // namespace
}  // namespace pcd::host
