#include "engine/media/nack_generator.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/testing/impairment_link.h"

namespace pcd::media {
namespace {

using std::chrono::milliseconds;

class NackGeneratorTest : public ::testing::Test {
 protected:
  std::vector<uint16_t> Due() {
    std::array<uint16_t, 64> numbers{};
    const size_t count = nack_.TakeDue(now_, numbers);
    return {numbers.begin(), numbers.begin() + static_cast<ptrdiff_t>(count)};
  }
  // Time passes until the next deadline.
  std::vector<uint16_t> Next() {
    now_ = nack_.NextDeadline();
    return Due();
  }

  Timestamp now_{std::chrono::seconds(10)};
  NackGenerator nack_;
};

TEST_F(NackGeneratorTest, ContiguousPacketsNeedNothing) {
  for (int64_t i = 65534; i < 65600; ++i) nack_.OnPacket(i, now_);
  EXPECT_EQ(nack_.NextDeadline(), kNever);
  EXPECT_TRUE(Due().empty());
}

TEST_F(NackGeneratorTest, AGapIsAskedForAfterTheToleranceAndWrapsAsTheNumbersDo) {
  nack_.OnPacket(65534, now_);
  nack_.OnPacket(65538, now_);
  EXPECT_TRUE(Due().empty());
  EXPECT_EQ(nack_.NextDeadline(), now_ + NackGenerator::kReorderTolerance);
  EXPECT_EQ(Next(), (std::vector<uint16_t>{65535, 0, 1}));
  EXPECT_TRUE(Due().empty());
}

TEST_F(NackGeneratorTest, WhatOnlyOvertookIsNotAskedFor) {
  nack_.OnPacket(1, now_);
  nack_.OnPacket(3, now_);
  now_ += milliseconds(1);
  nack_.OnPacket(2, now_);
  EXPECT_EQ(nack_.NextDeadline(), kNever);
}

TEST_F(NackGeneratorTest, RequestsAreRepeatedAtThePaceOfRecovery) {
  nack_.OnPacket(1, now_);
  nack_.OnPacket(3, now_);
  EXPECT_EQ(Next(), std::vector<uint16_t>{2});
  EXPECT_EQ(nack_.NextDeadline(), now_ + NackGenerator::kFirstRetry);
  now_ += milliseconds(40);
  nack_.OnPacket(2, now_);
  EXPECT_EQ(nack_.missing(), 0u);
  nack_.OnPacket(5, now_);
  EXPECT_EQ(Next(), std::vector<uint16_t>{4});
  EXPECT_EQ(nack_.NextDeadline(), now_ + milliseconds(60));
  EXPECT_EQ(Next(), std::vector<uint16_t>{4});
}

TEST_F(NackGeneratorTest, AfterManyRequestsANumberIsGivenUp) {
  nack_.OnPacket(1, now_);
  nack_.OnPacket(3, now_);
  const Timestamp begin = now_;
  int requests = 0;
  while (nack_.NextDeadline() != kNever) requests += Next().empty() ? 0 : 1;
  EXPECT_LE(requests, NackGenerator::kMaxTries);
  EXPECT_GE(requests, 5);
  EXPECT_LE(now_ - begin, NackGenerator::kMaxAge + NackGenerator::kMaxRetry);
  EXPECT_TRUE(nack_.TakeGivenUp());
  EXPECT_FALSE(nack_.TakeGivenUp());
}

TEST_F(NackGeneratorTest, ALongGapIsGivenUpAtOnce) {
  nack_.OnPacket(1, now_);
  nack_.OnPacket(2 + NackGenerator::kMaxMissing + 1, now_);
  EXPECT_EQ(nack_.NextDeadline(), kNever);
  EXPECT_TRUE(nack_.TakeGivenUp());
}

TEST_F(NackGeneratorTest, FollowForgetsWhatCameBefore) {
  nack_.OnPacket(1, now_);
  nack_.OnPacket(5, now_);
  nack_.Follow(100);
  EXPECT_EQ(nack_.NextDeadline(), kNever);
  nack_.OnPacket(101, now_);
  EXPECT_EQ(nack_.missing(), 0u);
  nack_.Reset();
  nack_.OnPacket(7, now_);
  nack_.OnPacket(9, now_);
  EXPECT_EQ(Next(), std::vector<uint16_t>{8});
}

TEST_F(NackGeneratorTest, MoreThanOneMessageHoldsComesInSeveral) {
  nack_.OnPacket(1, now_);
  nack_.OnPacket(102, now_);
  EXPECT_EQ(Next().size(), 64u);
  EXPECT_EQ(Due().size(), 36u);
  EXPECT_TRUE(Due().empty());
}

// A sender that repeats what it is asked for, over links that lose 5 % each way.
TEST_F(NackGeneratorTest, RecoversNearlyEverythingOverALossyLink) {
  testing::ImpairmentOptions options;
  options.loss = 0.05;
  options.delay = milliseconds(30);
  options.jitter = milliseconds(5);
  options.reorder = 0.01;
  testing::ImpairmentLink media(options, 7), feedback(options, 8);
  constexpr int kPackets = 5000;
  std::vector<bool> seen(kPackets);
  const auto bytes = [](int64_t n) {
    return std::vector<uint8_t>{static_cast<uint8_t>(n >> 8), static_cast<uint8_t>(n)};
  };
  const Timestamp begin = now_;
  for (int64_t tick = 0; tick < kPackets * 2 + 4000; ++tick) {
    now_ = begin + milliseconds(tick);
    if (tick % 2 == 0 && tick / 2 < kPackets) media.HandlePacket(bytes(tick / 2), now_);
    feedback.HandleTimeout(now_);
    while (const auto asked = feedback.PollOutput()) media.HandlePacket(*asked, now_);
    media.HandleTimeout(now_);
    while (const auto packet = media.PollOutput()) {
      const int64_t number = LoadU16(packet->data());
      seen[static_cast<size_t>(number)] = true;
      nack_.OnPacket(number, now_);
    }
    for (const uint16_t number : Due()) feedback.HandlePacket(bytes(number), now_);
  }
  int lost = 0;
  for (const bool arrived : seen) lost += arrived ? 0 : 1;
  EXPECT_LE(lost, 2);  // The last of all may be lost without notice.
  EXPECT_GT(media.model().counters().lost, 200u);
  EXPECT_EQ(nack_.missing(), 0u);
}

}  // namespace
}  // namespace pcd::media
