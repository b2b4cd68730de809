#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/testing/hex.h"
#include "engine/testing/status_matchers.h"

namespace pcd::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(HexTest, ReadsDigitsOfBothCasesAndSkipsSeparators) {
  EXPECT_THAT(FromHex("80 6f\n00-0A:ff"), ElementsAre(0x80, 0x6F, 0x00, 0x0A, 0xFF));
  EXPECT_TRUE(FromHex("").empty());
}

TEST(HexTest, WritesWhatItReads) { EXPECT_EQ(ToHex(FromHex("00 7f 80 ff")), "007f80ff"); }

TEST(HexDeathTest, MistakesOfTheTestEndIt) {
  EXPECT_DEATH(FromHex("8g"), "wrong digit");
  EXPECT_DEATH(FromHex("800"), "half a byte");
}

TEST(HexTest, TextAndBytesAreTheSame) {
  EXPECT_THAT(BytesOf("Az"), ElementsAre('A', 'z'));
  EXPECT_EQ(TextOf(BytesOf(std::string_view("a\0\xFF", 3))), std::string("a\0\xFF", 3));
}

TEST(HexTest, PatternsDependOnSeedAndPlace) {
  EXPECT_EQ(PatternBytes(1000, 1), PatternBytes(1000, 1));
  EXPECT_NE(PatternBytes(1000, 1), PatternBytes(1000, 2));
  const auto pattern = PatternBytes(600);
  EXPECT_NE(pattern[0], pattern[1]);
  EXPECT_NE(pattern[0], pattern[256]);
}

TEST(StatusMatchersTest, TellStatusesApart) {
  const absl::Status ok, bad = InvalidState("too late");
  const absl::StatusOr<int> value = 1, error = bad;
  EXPECT_THAT(ok, AllOf(IsOk(), Not(HasReason(ErrorReason::INTERNAL))));
  EXPECT_THAT(value, IsOk());
  EXPECT_THAT(bad, AllOf(Not(IsOk()), HasReason(ErrorReason::INVALID_STATE),
                         HasCode(absl::StatusCode::kFailedPrecondition), HasMessage("late")));
  EXPECT_THAT(error, AllOf(Not(IsOk()), HasReason(ErrorReason::INVALID_STATE),
                           Not(HasReason(ErrorReason::INTERNAL)), Not(HasMessage("early"))));
}

}  // namespace
}  // namespace pcd::testing
