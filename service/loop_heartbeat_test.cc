#include "service/loop_heartbeat.h"

#include <gtest/gtest.h>

#include <future>

#include "engine/net/event_loop_pool.h"

namespace pcd::service {
namespace {

using std::chrono::seconds;

// Returns when the loop has run what was posted before.
void Drain(net::Loop& loop) {
  std::promise<void> ran;
  loop.Post([&ran] { ran.set_value(); });
  ran.get_future().wait();
}

class LoopHeartbeatTest : public ::testing::Test {
 protected:
  LoopHeartbeatTest() { EXPECT_TRUE(pool_->Start().ok()); }
  ~LoopHeartbeatTest() override { pool_->Stop(); }

  std::unique_ptr<net::EventLoopPool> pool_ = *net::EventLoopPool::Create(2);
  const LoopHeartbeat::Time start_{};
  LoopHeartbeat heartbeat_{{&pool_->loop(0), &pool_->loop(1)}, start_};
};

TEST_F(LoopHeartbeatTest, LoopsThatTurnAreAlive) {
  EXPECT_TRUE(heartbeat_.IsAlive(start_ + seconds(100))) << "nobody was asked yet";
  heartbeat_.Beat(start_);
  Drain(pool_->loop(0));
  Drain(pool_->loop(1));
  EXPECT_TRUE(heartbeat_.IsAlive(start_ + seconds(100)));
}

TEST_F(LoopHeartbeatTest, OneLoopThatHangsIsNoticedAndItsReturnToo) {
  std::promise<void> release;
  pool_->loop(1).Post([&release] { release.get_future().wait(); });
  heartbeat_.Beat(start_);
  Drain(pool_->loop(0));
  EXPECT_TRUE(heartbeat_.IsAlive(start_ + seconds(9)));
  EXPECT_FALSE(heartbeat_.IsAlive(start_ + seconds(10)));
  heartbeat_.Beat(start_ + seconds(10));
  EXPECT_FALSE(heartbeat_.IsAlive(start_ + seconds(10))) << "asking again buys no time";
  release.set_value();
  Drain(pool_->loop(0));
  Drain(pool_->loop(1));
  EXPECT_TRUE(heartbeat_.IsAlive(start_ + seconds(20)));
}

}  // namespace
}  // namespace pcd::service
