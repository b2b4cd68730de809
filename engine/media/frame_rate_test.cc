#include "engine/media/frame_rate.h"

#include <gtest/gtest.h>

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FrameRateTest : public ::testing::Test {
 protected:
  void Frames(int count, Duration apart) {
    for (int i = 0; i < count; ++i) {
      rate_.OnFrame(now_);
      now_ += apart;
    }
  }

  FrameRate rate_;
  Timestamp now_{};
};

TEST_F(FrameRateTest, CountsTheLastSecond) {
  EXPECT_EQ(rate_.PerSecond(now_), 0u);
  Frames(5, milliseconds(40));
  EXPECT_EQ(rate_.PerSecond(now_), 5u) << "of less than a second";
  Frames(500, milliseconds(40));
  EXPECT_EQ(rate_.PerSecond(now_), 25u);
  Frames(500, milliseconds(16));
  EXPECT_NEAR(rate_.PerSecond(now_), 62, 1);
}

TEST_F(FrameRateTest, WhatIsOlderIsForgotten) {
  now_ += seconds(100);
  Frames(30, milliseconds(33));
  now_ += milliseconds(500);
  EXPECT_NEAR(rate_.PerSecond(now_), 15, 2);
  now_ += seconds(1);
  EXPECT_EQ(rate_.PerSecond(now_), 0u);
  Frames(3, milliseconds(100));
  EXPECT_EQ(rate_.PerSecond(now_), 3u) << "with none of those before the pause";
}

TEST_F(FrameRateTest, ALongPauseLeavesNothingBehind) {
  Frames(100, milliseconds(10));
  now_ += std::chrono::hours(1000);
  Frames(1, milliseconds(50));
  EXPECT_EQ(rate_.PerSecond(now_), 1u);
}

TEST_F(FrameRateTest, TheStepThatLastsDoesNotCount) {
  Frames(1, milliseconds(0));
  EXPECT_EQ(rate_.PerSecond(now_), 0u);
  EXPECT_EQ(rate_.PerSecond(now_ + FrameRate::kStep), 1u);
  EXPECT_EQ(rate_.PerSecond(now_ + seconds(1)), 1u);
  EXPECT_EQ(rate_.PerSecond(now_ + seconds(1) + FrameRate::kStep), 0u);
}

}  // namespace
}  // namespace pcd::media
