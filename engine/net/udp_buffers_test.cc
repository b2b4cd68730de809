// What the kernel grants of buffers, and what it says of datagrams that had no room in one.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/testing/manual_loop.h"

namespace pcd::net {
namespace {

using testing::ManualLoop;

const SocketAddress kAnyPort{IpAddress::V4({127, 0, 0, 1}), 0};

int Limit(const std::string& name) {
  int limit = 0;
  std::ifstream("/proc/sys/net/core/" + name) >> limit;
  EXPECT_GT(limit, 0) << name;
  return limit;
}

std::unique_ptr<DatagramSocket> Open(Loop& loop, int receive, int send) {
  auto opened = loop.OpenDatagramSocket(
      {.local = kAnyPort, .receive_buffer_bytes = receive, .send_buffer_bytes = send});
  EXPECT_TRUE(opened.ok()) << opened.status();
  return *std::move(opened);
}

TEST(UdpBuffersTest, WhatIsWithinTheLimitsIsGranted) {
  ManualLoop loop;
  const auto socket = Open(loop, 65536, 32768);
  EXPECT_EQ(socket->buffer_bytes().receive, 65536);
  EXPECT_EQ(socket->buffer_bytes().send, 32768);
}

// All of it for who may exceed the limits, the limit for all others, and never a silent default.
TEST(UdpBuffersTest, WhatExceedsTheLimitsIsToldAsGranted) {
  ManualLoop loop;
  const int receive = 2 * Limit("rmem_max"), send = 2 * Limit("wmem_max");
  const auto granted = Open(loop, receive, send)->buffer_bytes();
  EXPECT_TRUE(granted.receive == receive || granted.receive == receive / 2) << granted.receive;
  EXPECT_TRUE(granted.send == send || granted.send == send / 2) << granted.send;
  EXPECT_EQ(granted.receive == receive, granted.send == send);
}

TEST(UdpBuffersTest, TheKernelsDropsAreCounted) {
  constexpr size_t kSent = 100;
  ManualLoop loop;
  const auto receiver = Open(loop, 4096, 0);
  const auto sender = Open(loop, 0, 0);
  EXPECT_EQ(receiver->counters().kernel_drops, 0u);
  // The end of a turn sends them; nobody reads before the next one.
  // Each longer than the one before, so that each is a datagram of its own for the kernel, too.
  for (size_t i = 0; i < kSent; ++i) {
    const std::vector<uint8_t> payload(200 + i, 0x80);
    sender->Queue(loop.packets().CopyOf(payload), receiver->local_address());
  }
  ASSERT_TRUE(loop.TurnUntil([&] {
    const auto counters = receiver->counters();
    return counters.packets_received + counters.kernel_drops >= kSent;
  }));
  const auto counters = receiver->counters();
  EXPECT_GT(counters.kernel_drops, 0u);
  EXPECT_GT(counters.packets_received, 0u);
  EXPECT_EQ(counters.packets_received + counters.kernel_drops, kSent);
  EXPECT_EQ(sender->counters().send_drops, 0u);
}

}  // namespace
}  // namespace pcd::net
