#include "engine/net/timer_wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <vector>

namespace pcd::net {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Entry = TimerWheel::Entry;

std::vector<Entry*> Take(TimerWheel& wheel) {
  std::vector<Entry*> taken;
  for (Entry* entry = wheel.TakeEarliest(); entry != nullptr; entry = entry->next) {
    EXPECT_FALSE(entry->in_wheel());
    EXPECT_EQ(entry->tick, wheel.tick());
    taken.push_back(entry);
  }
  return taken;
}

TEST(TimerWheel, TicksAreOf1024Microseconds) {
  EXPECT_EQ(TimerWheel::TickOf(Timestamp(Duration(1023))), 0u);
  EXPECT_EQ(TimerWheel::TickOf(Timestamp(Duration(1024))), 1u);
  EXPECT_EQ(TimerWheel::TickOf(Timestamp(Duration(-5000))), 0u);
  EXPECT_EQ(TimerWheel::TickOf(Timestamp::max()), (uint64_t{1} << 53) - 1);
}

TEST(TimerWheel, IsEmptyAtFirst) {
  TimerWheel wheel;
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.TakeEarliest(), nullptr);
  EXPECT_EQ(wheel.tick(), 0u);
}

TEST(TimerWheel, GivesTheEarliestTickOfEveryLevel) {
  TimerWheel wheel;
  // The last and the first of neighbouring slots on each level, and both ends of time.
  const std::vector<uint64_t> ticks = {1,          63,
                                       64,         65,
                                       4095,       4096,
                                       4097,       262143,
                                       262144,     16777216,
                                       1ull << 30, (1ull << 36) + 5,
                                       1ull << 48, (1ull << 53) - 1};
  std::vector<Entry> entries(ticks.size());
  for (size_t i = ticks.size(); i-- > 0;) wheel.Insert(entries[i], ticks[i]);
  for (size_t i = 0; i < ticks.size(); ++i) {
    EXPECT_THAT(Take(wheel), UnorderedElementsAre(&entries[i])) << ticks[i];
    EXPECT_EQ(wheel.tick(), ticks[i]);
  }
  EXPECT_TRUE(wheel.empty());
}

TEST(TimerWheel, WhatHasOneTickComesTogether) {
  TimerWheel wheel;
  Entry a, b, c;
  for (Entry* entry : {&a, &b, &c}) wheel.Insert(*entry, 100'000);
  EXPECT_THAT(Take(wheel), UnorderedElementsAre(&a, &b, &c));
  wheel.Insert(a, 100'001);
  EXPECT_THAT(Take(wheel), UnorderedElementsAre(&a));
}

TEST(TimerWheel, WhatIsRemovedDoesNotCome) {
  TimerWheel wheel;
  Entry first, middle, last;
  for (Entry* entry : {&first, &middle, &last}) wheel.Insert(*entry, 70);
  wheel.Remove(middle);
  EXPECT_FALSE(middle.in_wheel());
  wheel.Remove(last);
  EXPECT_THAT(Take(wheel), UnorderedElementsAre(&first));
  wheel.Insert(first, 5000);
  wheel.Remove(first);
  EXPECT_TRUE(wheel.empty());
  EXPECT_THAT(Take(wheel), IsEmpty());
}

// Against a sorted map.
TEST(TimerWheel, RandomInsertionsMovesAndRemovalsComeInOrder) {
  std::mt19937_64 random(11);
  TimerWheel wheel;
  std::vector<Entry> entries(500);
  std::multimap<uint64_t, Entry*> expected;
  const auto remove = [&](Entry& entry) {
    const auto [begin, end] = expected.equal_range(entry.tick);
    for (auto it = begin; it != end; ++it) {
      if (it->second == &entry) return void(expected.erase(it));
    }
    FAIL() << "not there";
  };
  for (int step = 0; step < 50'000; ++step) {
    Entry& entry = entries[random() % entries.size()];
    if (entry.in_wheel()) {
      remove(entry);
      wheel.Remove(entry);
    }
    const unsigned bits = 1 + random() % 40;
    const uint64_t tick = wheel.tick() + 1 + random() % (uint64_t{1} << bits);
    if (random() % 3 != 0) {
      wheel.Insert(entry, tick);
      expected.emplace(tick, &entry);
    }
    if (random() % 4 != 0 || expected.empty()) continue;
    const uint64_t earliest = expected.begin()->first;
    const auto taken = Take(wheel);
    ASSERT_EQ(wheel.tick(), earliest);
    ASSERT_EQ(taken.size(), expected.count(earliest));
    expected.erase(earliest);
  }
  EXPECT_EQ(wheel.empty(), expected.empty());
}

}  // namespace
}  // namespace pcd::net
