#include "engine/testing/impairment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pcd::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr Timestamp kStart{Duration(1'000'000)};

// Offers a packet of `size` bytes every `interval`.
std::vector<ImpairmentModel::Verdict> Offer(ImpairmentModel& model, int count, Duration interval,
                                            size_t size = 1000) {
  std::vector<ImpairmentModel::Verdict> verdicts;
  for (int i = 0; i < count; ++i) verdicts.push_back(model.Decide(size, kStart + i * interval));
  return verdicts;
}

std::vector<bool> Delivered(const std::vector<ImpairmentModel::Verdict>& verdicts) {
  std::vector<bool> delivered;
  for (const auto& verdict : verdicts) delivered.push_back(verdict.copies > 0);
  return delivered;
}

TEST(ImpairmentTest, ByDefaultEveryPacketPassesAtOnce) {
  ImpairmentModel model({}, 1);
  for (const auto& verdict : Offer(model, 100, 1ms)) EXPECT_EQ(verdict.copies, 1u);
  EXPECT_EQ(model.Decide(1, kStart + 1s).deliver_at[0], kStart + 1s);
  EXPECT_EQ(model.counters().offered, 101u);
  EXPECT_EQ(model.counters().delivered, 101u);
}

TEST(ImpairmentTest, TheSameSeedDecidesTheSame) {
  const ImpairmentOptions options{
      .loss = 0.1, .delay = 10ms, .jitter = 5ms, .reorder = 0.1, .duplicate = 0.1};
  ImpairmentModel a(options, 7), b(options, 7), other(options, 8);
  const auto of_a = Offer(a, 500, 1ms), of_b = Offer(b, 500, 1ms),
             of_other = Offer(other, 500, 1ms);
  for (size_t i = 0; i < of_a.size(); ++i) {
    EXPECT_EQ(of_a[i].copies, of_b[i].copies);
    EXPECT_EQ(of_a[i].deliver_at, of_b[i].deliver_at);
  }
  EXPECT_NE(Delivered(of_a), Delivered(of_other));
}

TEST(ImpairmentTest, StatisticsAreExactForASeed) {
  ImpairmentModel model({.loss = 0.05, .reorder = 0.02, .duplicate = 0.01}, 42);
  Offer(model, 10'000, 1ms);
  const auto& counters = model.counters();
  EXPECT_EQ(counters.offered, 10'000u);
  EXPECT_EQ(counters.lost, 505u);
  EXPECT_EQ(counters.reordered, 175u);
  EXPECT_EQ(counters.duplicated, 87u);
  EXPECT_EQ(counters.delivered, counters.offered - counters.lost + counters.duplicated);
}

TEST(ImpairmentTest, CertainAndImpossibleAreExact) {
  ImpairmentModel all({.loss = 1}, 1), none({.loss = 0}, 1), twice({.duplicate = 1}, 1);
  Offer(all, 1000, 1ms);
  Offer(none, 1000, 1ms);
  Offer(twice, 1000, 1ms);
  EXPECT_EQ(all.counters().lost, 1000u);
  EXPECT_EQ(none.counters().lost, 0u);
  EXPECT_EQ(twice.counters().delivered, 2000u);
}

TEST(ImpairmentTest, OneOptionDoesNotChangeWhatTheOthersDecide) {
  ImpairmentModel plain({.loss = 0.1}, 3);
  ImpairmentModel busy({.loss = 0.1, .jitter = 5ms, .reorder = 0.3, .duplicate = 0.3}, 3);
  EXPECT_EQ(Delivered(Offer(plain, 1000, 1ms)), Delivered(Offer(busy, 1000, 1ms)));
}

TEST(ImpairmentTest, JitterStaysInItsRangeAndKeepsTheOrder) {
  ImpairmentModel model({.delay = 20ms, .jitter = 10ms}, 5);
  const auto verdicts = Offer(model, 1000, 1ms);
  Timestamp last{};
  Duration shortest = 1s, longest = 0s;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    const Timestamp sent = kStart + static_cast<int64_t>(i) * 1ms;
    const Timestamp at = verdicts[i].deliver_at[0];
    EXPECT_GE(at, last);
    last = at;
    shortest = std::min<Duration>(shortest, at - sent);
    longest = std::max<Duration>(longest, at - sent);
  }
  EXPECT_GE(shortest, 20ms);
  EXPECT_LT(longest, 30ms);
  EXPECT_GT(longest - shortest, 5ms);
}

TEST(ImpairmentTest, AReorderedPacketIsOvertakenAndHoldsNobodyBack) {
  ImpairmentModel model({.delay = 1ms, .reorder = 0.2, .reorder_delay = 10ms}, 5);
  const auto verdicts = Offer(model, 1000, 1ms);
  uint64_t held_back = 0;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    const Timestamp sent = kStart + static_cast<int64_t>(i) * 1ms;
    const Duration took = verdicts[i].deliver_at[0] - sent;
    if (took != 1ms) {
      EXPECT_EQ(took, 11ms);
      ++held_back;
    }
  }
  EXPECT_EQ(held_back, model.counters().reordered);
  EXPECT_GT(held_back, 0u);
}

TEST(ImpairmentTest, TheRateCapSpacesPacketsAndFillsItsQueue) {
  // 1000 bytes at 800 kbit/s: 10 ms a packet. The queue holds two packets beside the one that
  // is being sent.
  ImpairmentModel model({.rate_bps = 800'000, .queue_bytes = 2000}, 1);
  std::vector<Duration> delays;
  for (int i = 0; i < 6; ++i) {
    const auto verdict = model.Decide(1000, kStart);
    if (verdict.copies > 0) delays.push_back(verdict.deliver_at[0] - kStart);
  }
  EXPECT_THAT(delays, ElementsAre(10ms, 20ms, 30ms));
  EXPECT_EQ(model.counters().queue_full, 3u);
  // 10 ms later one has left.
  EXPECT_EQ(model.Decide(1000, kStart + 10ms).deliver_at[0], kStart + 40ms);
  EXPECT_EQ(model.Decide(1000, kStart + 10ms).copies, 0u);
  // An idle link saves nothing up.
  EXPECT_EQ(model.Decide(1000, kStart + 1s).deliver_at[0], kStart + 1s + 10ms);
}

TEST(ImpairmentTest, ABlackoutDropsExactlyItsInterval) {
  ImpairmentModel model({}, 1);
  model.SetBlackout(kStart + 10ms, kStart + 20ms);
  const auto delivered = Delivered(Offer(model, 30, 1ms));
  for (size_t i = 0; i < delivered.size(); ++i) EXPECT_EQ(delivered[i], i < 10 || i >= 20) << i;
  EXPECT_EQ(model.counters().blacked_out, 10u);
}

TEST(ImpairmentTest, NewOptionsHoldForPacketsToCome) {
  ImpairmentModel model({.delay = 50ms}, 1);
  EXPECT_EQ(model.Decide(1, kStart).deliver_at[0], kStart + 50ms);
  model.set_options({.delay = 1ms});
  // The link keeps its order although it has become faster.
  EXPECT_EQ(model.Decide(1, kStart).deliver_at[0], kStart + 50ms);
  EXPECT_EQ(model.Decide(1, kStart + 60ms).deliver_at[0], kStart + 61ms);
}

}  // namespace
}  // namespace pcd::testing
