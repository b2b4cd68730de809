#include "engine/net/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace pcd::net {
namespace {

TEST(WorkerPoolTest, RunsTasksOnItsOwnThreads) {
  WorkerPool pool({.threads = 1, .max_queue = 4});
  std::promise<std::thread::id> ran;
  ASSERT_TRUE(pool.Run([&] { ran.set_value(std::this_thread::get_id()); }));
  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
}

TEST(WorkerPoolTest, RunsAsManyAtOnceAsItHasThreads) {
  WorkerPool pool({.threads = 3, .max_queue = 4});
  std::promise<void> all_in;
  std::atomic<int> inside{0};
  std::promise<void> go_on;
  const std::shared_future<void> gate = go_on.get_future().share();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.Run([&, gate] {
      if (++inside == 3) all_in.set_value();
      gate.wait();
    }));
  }
  all_in.get_future().wait();
  go_on.set_value();
}

TEST(WorkerPoolTest, RefusesWhatDoesNotFitTheQueue) {
  WorkerPool pool({.threads = 1, .max_queue = 2});
  std::promise<void> busy, go_on;
  std::atomic<int> ran{0};
  ASSERT_TRUE(pool.Run([&] {
    busy.set_value();
    go_on.get_future().wait();
  }));
  busy.get_future().wait();
  EXPECT_TRUE(pool.Run([&] { ++ran; }));
  EXPECT_TRUE(pool.Run([&] { ++ran; }));
  auto refused = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = refused;
  EXPECT_FALSE(pool.Run([refused = std::move(refused), &ran] { ++ran; }));
  EXPECT_TRUE(watch.expired());
  go_on.set_value();
  std::promise<void> last;
  while (!pool.Run([&] { last.set_value(); })) std::this_thread::yield();
  last.get_future().wait();
  EXPECT_EQ(ran, 2);
}

TEST(WorkerPoolTest, StopDestroysWhatWaitsBeforeItJoinsAndRefusesTheRest) {
  WorkerPool pool({.threads = 1, .max_queue = 2});
  std::promise<void> busy, go_on;
  ASSERT_TRUE(pool.Run([&] {
    busy.set_value();
    go_on.get_future().wait();
  }));
  busy.get_future().wait();
  // The running task ends only when the waiting one has been destroyed.
  std::shared_ptr<void> release(nullptr, [&](void*) { go_on.set_value(); });
  ASSERT_TRUE(pool.Run([release = std::move(release)] { FAIL() << "ran after Stop"; }));
  pool.Stop();
  EXPECT_FALSE(pool.Run([] {}));
}

}  // namespace
}  // namespace pcd::net
