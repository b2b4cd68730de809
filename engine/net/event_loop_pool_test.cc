#include "engine/net/event_loop_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/testing/status_matchers.h"

namespace pcd::net {
namespace {

using ::pcd::testing::IsOk;
using ::testing::ElementsAre;

std::unique_ptr<EventLoopPool> MakePool(size_t count) {
  auto pool = EventLoopPool::Create(count);
  EXPECT_THAT(pool, IsOk());
  return std::move(*pool);
}

TEST(EventLoopPoolTest, HasALoopPerUsableCoreByDefault) {
  const auto pool = MakePool(0);
  EXPECT_GE(pool->size(), 1u);
  EXPECT_LE(pool->size(), std::max(1u, std::thread::hardware_concurrency()));
}

TEST(EventLoopPoolTest, EachLoopRunsOnAThreadOfItsOwn) {
  const auto pool = MakePool(3);
  ASSERT_THAT(pool->Start(), IsOk());
  std::set<std::thread::id> threads;
  for (size_t i = 0; i < pool->size(); ++i) {
    std::promise<std::thread::id> id;
    pool->loop(i).Post([&] { id.set_value(std::this_thread::get_id()); });
    threads.insert(id.get_future().get());
    EXPECT_EQ(pool->loop(i).name(), "media-" + std::to_string(i));
  }
  EXPECT_EQ(threads.size(), 3u);
  pool->Stop();
}

TEST(EventLoopPoolTest, PlacesOnTheLeastLoadedLoop) {
  const auto pool = MakePool(3);
  LoopPlacement& placement = pool->placement();
  EXPECT_THAT((std::vector{placement.Acquire(), placement.Acquire(), placement.Acquire()}),
              ElementsAre(0, 1, 2));
  EXPECT_EQ(placement.Acquire(), 0u);
  placement.Release(2);
  EXPECT_EQ(placement.Acquire(), 2u);
  EXPECT_THAT((std::vector{placement.count(0), placement.count(1), placement.count(2)}),
              ElementsAre(2, 1, 1));
  EXPECT_EQ(&placement.loop(1), &pool->loop(1));
}

TEST(EventLoopPoolTest, EqualLoopsTakeTurns) {
  const auto pool = MakePool(2);
  LoopPlacement& placement = pool->placement();
  std::vector<size_t> places;
  for (int i = 0; i < 4; ++i) {
    places.push_back(placement.Acquire());
    placement.Release(places.back());
  }
  EXPECT_THAT(places, ElementsAre(0, 1, 0, 1));
}

}  // namespace
}  // namespace pcd::net
