#include "tests/fuzz/mutator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace pcd::fuzz {
namespace {

using ::testing::Le;
using ::testing::SizeIs;

constexpr uint64_t kInputs = 2'000;

Input Bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(MutatorTest, SeedAndNumberDecide) {
  const Mutator one({Bytes("offer"), Bytes("answer")}, 1);
  const Mutator same({Bytes("offer"), Bytes("answer")}, 1);
  const Mutator other({Bytes("offer"), Bytes("answer")}, 2);
  uint64_t different = 0;
  for (uint64_t number = 0; number < kInputs; ++number) {
    EXPECT_EQ(one.Make(number), same.Make(number));
    different += one.Make(number) != other.Make(number) ? 1 : 0;
  }
  EXPECT_GT(different, kInputs / 2);
}

TEST(MutatorTest, MostInputsAreNew) {
  const Mutator mutator({Bytes("a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host")}, 1);
  std::set<Input> made;
  for (uint64_t number = 0; number < kInputs; ++number) made.insert(mutator.Make(number));
  EXPECT_GT(made.size(), kInputs * 9 / 10);
}

// A part of one input in another, and the ends of the range of integers.
TEST(MutatorTest, InputsArePutTogetherOfSeveral) {
  const Mutator mutator({Bytes("aaaaaaaaaaaaaaaa"), Bytes("bbbbbbbbbbbbbbbb")}, 1);
  const auto count = [&](std::string_view part) {
    const Input wanted = Bytes(part);
    uint64_t found = 0;
    for (uint64_t number = 0; number < kInputs; ++number) {
      const Input input = mutator.Make(number);
      found += std::search(input.begin(), input.end(), wanted.begin(), wanted.end()) != input.end()
                   ? 1
                   : 0;
    }
    return found;
  };
  EXPECT_GT(count("aabb"), 10u);
  EXPECT_GT(count("65536"), 10u);
  EXPECT_GT(count("\xff\xff\xff\xff"), 10u);
  EXPECT_GT(count("aaaaaaaaaaaaaaaaaaaa"), 10u);  // More than there were: a part twice.
}

TEST(MutatorTest, InputsAreNoLongerThanFourOfTheLongest) {
  const Mutator mutator({Input(100, 'x'), Input(30, 'y')}, 1);
  size_t longest = 0;
  for (uint64_t number = 0; number < kInputs; ++number) {
    const Input input = mutator.Make(number);
    ASSERT_THAT(input, SizeIs(Le(400u)));
    longest = std::max(longest, input.size());
  }
  EXPECT_GT(longest, 100u);
  EXPECT_THAT(Mutator({Input(3 * Mutator::kMostBytes, 'x')}, 1).Make(0),
              SizeIs(Le(Mutator::kMostBytes)));
}

TEST(MutatorTest, OutOfNothingSomethingIsMade) {
  const Mutator mutator({}, 1);
  bool something = false;
  for (uint64_t number = 0; number < kInputs; ++number) something |= !mutator.Make(number).empty();
  EXPECT_TRUE(something);
}

}  // namespace
}  // namespace pcd::fuzz
