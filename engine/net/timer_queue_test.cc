#include "engine/net/timer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace pcd::net {
namespace {

using ::testing::ElementsAre;

Timestamp At(int64_t micros) { return Timestamp(Duration(micros)); }

class TimerQueueTest : public ::testing::Test {
 protected:
  std::unique_ptr<Timer> Record(int id) {
    return queue_.Create([this, id] { ran_.push_back(id); });
  }

  TimerQueue queue_;
  std::vector<int> ran_;
};

TEST_F(TimerQueueTest, NothingIsArmedAtFirst) {
  const auto timer = Record(1);
  EXPECT_EQ(queue_.NextDeadline(), kNever);
  EXPECT_EQ(queue_.RunDue(At(1'000'000)), 0u);
}

TEST_F(TimerQueueTest, RunsWhatIsDueInOrderOfTime) {
  const auto late = Record(30), early = Record(10), middle = Record(20);
  late->Set(At(30));
  early->Set(At(10));
  middle->Set(At(20));
  EXPECT_EQ(queue_.NextDeadline(), At(10));
  EXPECT_EQ(queue_.RunDue(At(20)), 2u);
  EXPECT_THAT(ran_, ElementsAre(10, 20));
  EXPECT_EQ(queue_.NextDeadline(), At(30));
}

TEST_F(TimerQueueTest, EqualDeadlinesRunInTheOrderOfSetting) {
  const auto a = Record(1), b = Record(2), c = Record(3);
  c->Set(At(5));
  a->Set(At(5));
  b->Set(At(5));
  queue_.RunDue(At(5));
  EXPECT_THAT(ran_, ElementsAre(3, 1, 2));
}

TEST_F(TimerQueueTest, ATimerRunsOncePerSet) {
  const auto timer = Record(1);
  timer->Set(At(5));
  queue_.RunDue(At(5));
  queue_.RunDue(At(6));
  EXPECT_THAT(ran_, ElementsAre(1));
  timer->Set(At(7));
  queue_.RunDue(At(7));
  EXPECT_THAT(ran_, ElementsAre(1, 1));
}

TEST_F(TimerQueueTest, SettingAnArmedTimerMovesIt) {
  const auto timer = Record(1);
  timer->Set(At(5));
  timer->Set(At(50));
  EXPECT_EQ(queue_.RunDue(At(49)), 0u);
  timer->Set(At(10));
  EXPECT_EQ(queue_.NextDeadline(), At(10));
  EXPECT_EQ(queue_.RunDue(At(49)), 1u);
}

TEST_F(TimerQueueTest, NeverStopsATimerAndDestructionCancelsIt) {
  const auto stopped = Record(1);
  auto destroyed = Record(2);
  stopped->Set(At(5));
  destroyed->Set(At(5));
  stopped->Set(kNever);
  destroyed.reset();
  EXPECT_EQ(queue_.NextDeadline(), kNever);
  EXPECT_EQ(queue_.RunDue(At(5)), 0u);
}

TEST_F(TimerQueueTest, ACallbackMaySetItsOwnTimerAgain) {
  std::unique_ptr<Timer> timer;
  timer = queue_.Create([&] {
    ran_.push_back(static_cast<int>(ran_.size()));
    timer->Set(At(10 * static_cast<int64_t>(ran_.size() + 1)));
  });
  timer->Set(At(10));
  queue_.RunDue(At(10));
  queue_.RunDue(At(20));
  EXPECT_THAT(ran_, ElementsAre(0, 1));
  EXPECT_EQ(queue_.NextDeadline(), At(30));
}

TEST_F(TimerQueueTest, ATimerThatIsAlwaysDueRunsOncePerCall) {
  std::unique_ptr<Timer> greedy;
  greedy = queue_.Create([&] {
    ran_.push_back(1);
    greedy->Set(At(0));
  });
  const auto other = Record(2);
  greedy->Set(At(0));
  other->Set(At(5));
  EXPECT_EQ(queue_.RunDue(At(5)), 2u);
  EXPECT_THAT(ran_, ElementsAre(1, 2));
  EXPECT_EQ(queue_.NextDeadline(), At(0));
  EXPECT_EQ(queue_.RunDue(At(5)), 1u);
}

TEST_F(TimerQueueTest, ACallbackMayDestroyItsOwnTimer) {
  auto alive = std::make_shared<int>(7);
  const std::weak_ptr<int> watch = alive;
  std::unique_ptr<Timer> timer;
  timer = queue_.Create([&timer, alive, this] {
    timer.reset();
    ran_.push_back(*alive);  // What the callback holds lives until it returns.
  });
  alive.reset();
  timer->Set(At(1));
  queue_.RunDue(At(1));
  EXPECT_THAT(ran_, ElementsAre(7));
  EXPECT_TRUE(watch.expired());
}

TEST_F(TimerQueueTest, ACallbackMaySetAndThenDestroyItsOwnTimer) {
  std::unique_ptr<Timer> timer;
  timer = queue_.Create([&] {
    timer->Set(At(0));
    timer.reset();
  });
  timer->Set(At(1));
  EXPECT_EQ(queue_.RunDue(At(1)), 1u);
  EXPECT_EQ(queue_.NextDeadline(), kNever);
}

TEST_F(TimerQueueTest, ACallbackMayStopOthersThatAreDueToo) {
  std::unique_ptr<Timer> second = Record(2), third = Record(3);
  const auto first = queue_.Create([&] {
    second.reset();
    third->Set(kNever);
  });
  first->Set(At(1));
  second->Set(At(1));
  third->Set(At(1));
  EXPECT_EQ(queue_.RunDue(At(1)), 1u);
  EXPECT_TRUE(ran_.empty());
}

TEST_F(TimerQueueTest, ATimerArmedForNowByACallbackCanBeDestroyedByTheNext) {
  std::unique_ptr<Timer> victim = Record(9);
  const auto first = queue_.Create([&] { victim->Set(At(0)); });
  const auto second = queue_.Create([&] { victim.reset(); });
  first->Set(At(1));
  second->Set(At(2));
  EXPECT_EQ(queue_.RunDue(At(2)), 2u);
  EXPECT_EQ(queue_.NextDeadline(), kNever);
  EXPECT_EQ(queue_.RunDue(At(2)), 0u);
}

TEST_F(TimerQueueTest, ManyRandomMovesKeepTheOrder) {
  std::mt19937 random(7);
  std::vector<int64_t> wanted(300, -1);
  std::vector<std::unique_ptr<Timer>> timers;
  std::vector<int64_t> seen;
  for (size_t i = 0; i < wanted.size(); ++i) {
    timers.push_back(queue_.Create([&, i] { seen.push_back(wanted[i]); }));
  }
  for (int step = 0; step < 5000; ++step) {
    const size_t i = random() % wanted.size();
    wanted[i] = random() % 4 == 0 ? -1 : static_cast<int64_t>(random() % 1000);
    timers[i]->Set(wanted[i] < 0 ? kNever : At(wanted[i]));
  }
  const auto armed = std::count_if(wanted.begin(), wanted.end(), [](auto at) { return at >= 0; });
  EXPECT_EQ(queue_.RunDue(At(1000)), static_cast<size_t>(armed));
  EXPECT_EQ(seen.size(), static_cast<size_t>(armed));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(TimerQueueTest, NearAndFarTimersKeepTheOrderWhileTimeGoesOn) {
  std::mt19937_64 random(3);
  constexpr int64_t kDay = 86'400'000'000;
  constexpr std::array<int64_t, 5> kReach = {500, 20'000, 5'000'000, 600'000'000, kDay};
  std::vector<int64_t> wanted(300, -1);
  std::vector<std::unique_ptr<Timer>> timers;
  int64_t now = kDay;
  int64_t last = 0;
  size_t ran = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    timers.push_back(queue_.Create([&, i] {
      EXPECT_GE(wanted[i], last) << "out of order";
      EXPECT_LE(wanted[i], now) << "early";
      last = std::exchange(wanted[i], -1);
      ++ran;
    }));
  }
  const auto earliest = [&] {
    int64_t least = -1;
    for (const int64_t at : wanted) {
      if (at >= 0 && (least < 0 || at < least)) least = at;
    }
    return least < 0 ? kNever : At(least);
  };
  for (int step = 0; step < 30'000; ++step) {
    const size_t i = random() % wanted.size();
    const auto reach = static_cast<uint64_t>(kReach[random() % kReach.size()]);
    wanted[i] = random() % 5 == 0 ? -1 : now + static_cast<int64_t>(random() % reach);
    timers[i]->Set(wanted[i] < 0 ? kNever : At(wanted[i]));
    ASSERT_EQ(queue_.NextDeadline(), earliest());
    if (random() % 10 != 0) continue;
    now += static_cast<int64_t>(random() % 50'000);
    last = 0;
    queue_.RunDue(At(now));
    for (const int64_t at : wanted) ASSERT_TRUE(at < 0 || at > now) << "late";
  }
  EXPECT_GT(ran, 1000u);
}

}  // namespace
}  // namespace pcd::net
