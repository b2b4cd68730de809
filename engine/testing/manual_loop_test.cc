#include "engine/testing/manual_loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace pcd::testing {
namespace {

using namespace std::chrono_literals;

TEST(ManualLoopTest, TimePassesOnlyWhenTheTestLetsIt) {
  ManualLoop loop;
  const Timestamp begin = loop.Now();
  std::vector<Duration> fired;
  const auto first = loop.CreateTimer([&] { fired.push_back(loop.Now() - begin); });
  std::unique_ptr<net::Timer> repeating;
  repeating = loop.CreateTimer([&] {
    fired.push_back(loop.Now() - begin);
    repeating->Set(loop.Now() + 2s);
  });
  first->Set(begin + 3s);
  repeating->Set(begin + 1s);
  loop.Turn();
  EXPECT_TRUE(fired.empty());
  const int64_t unix_time = loop.UnixMicros();
  loop.Advance(5s);
  EXPECT_EQ(fired, (std::vector<Duration>{1s, 3s, 3s, 5s}));
  EXPECT_EQ(loop.Now(), begin + 5s);
  EXPECT_EQ(loop.UnixMicros() - unix_time, 5'000'000);
}

struct Echo : net::DatagramHandler {
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    received += packets.size();
    for (size_t i = 0; i < packets.size() && echo; ++i) {
      socket->Queue(std::move(packets[i]), from[i]);
    }
  }
  std::unique_ptr<net::DatagramSocket> socket{};
  bool echo = false;
  size_t received = 0;
};

TEST(ManualLoopTest, ItsSocketsAreTheSystems) {
  ManualLoop loop;
  Echo left, right;
  for (Echo* end : {&left, &right}) {
    const SocketAddress any{IpAddress::V4({127, 0, 0, 1}), 0};
    end->socket = std::move(loop.OpenDatagramSocket({.local = any})).value();
    end->socket->SetHandler(end);
  }
  right.echo = true;
  left.socket->Queue(loop.packets().CopyOf(std::vector<uint8_t>{1, 2, 3}),
                     right.socket->local_address());
  EXPECT_TRUE(loop.TurnUntil([&] { return left.received == 1; }));
  EXPECT_EQ(right.received, 1u);
}

TEST(ManualLoopTest, TasksRunInTheirOrder) {
  ManualLoop loop;
  std::vector<int> ran;
  loop.Post([&] {
    ran.push_back(1);
    loop.Post([&] { ran.push_back(3); });
  });
  loop.Post([&] { ran.push_back(2); });
  loop.Turn();
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
  loop.Turn();
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
}

}  // namespace
}  // namespace pcd::testing
