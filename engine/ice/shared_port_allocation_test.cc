// Counts what the whole process allocates, by new and by malloc alike, while packets pass through
// a shared port in both directions: nothing, once it is warm.
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "engine/ice/check_testing.h"
#include "engine/ice/shared_port.h"
#include "engine/ice/shared_port_transport.h"
#include "engine/net/event_loop.h"

namespace {

thread_local size_t t_allocations = 0;

}  // namespace

// glibc's own entries; operator new goes through malloc, too.
extern "C" {
void* __libc_malloc(size_t size);                 // NOLINT
void* __libc_calloc(size_t count, size_t size);   // NOLINT
void* __libc_realloc(void* memory, size_t size);  // NOLINT
void* malloc(size_t size) noexcept {
  ++t_allocations;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) noexcept {
  ++t_allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) noexcept {
  ++t_allocations;
  return __libc_realloc(memory, size);
}
}

namespace pcd::ice {
namespace {

// All that is on its way fits into one read of a socket: a port that never reads its socket to the
// end takes itself for overloaded and drops, and here nobody sends a packet anew.
constexpr int kConnections = 8;
constexpr int kBurst = 3;
constexpr size_t kWarmUp = 10'000;
constexpr size_t kMeasured = 100'000;

// One connection and its peer, a bare socket. What arrives at either goes back to the other.
class Connection : public PacketHandler, public net::DatagramHandler {
 public:
  Connection(net::EventLoop& loop, SharedPort& port, std::function<void(size_t)> count)
      : count_(std::move(count)), ice_(port, {}) {
    ice_.SetPacketHandler(this);
    EXPECT_TRUE(ice_.SetRemoteParameters(kPeer).ok());
    const SocketAddress any{IpAddress::V4({127, 0, 0, 1}), 0};
    socket_ = std::move(loop.OpenDatagramSocket({.local = any})).value();
    socket_->SetHandler(this);
    to_ = {any.ip, port.port()};
    socket_->Queue(loop.packets().CopyOf(MakeCheck(CheckFor(ice_.local_parameters(), kPeer, true))),
                   to_);
    for (int i = 0; i < kBurst; ++i) {
      PacketPtr packet = loop.packets().Get();
      packet->data()[0] = 0x80;
      packet->set_size(1100);
      socket_->Queue(std::move(packet), to_);
    }
  }
  void OnIcePackets(std::span<PacketPtr> packets) override {
    count_(packets.size());
    ice_.SendPackets(packets);
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (PacketPtr& packet : packets) {
      if (!stun::LooksLikeStun(packet->bytes())) socket_->Queue(std::move(packet), to_);
    }
  }

 private:
  inline static const IceParameters kPeer{.ufrag = "peer", .pwd = "peers-password-22-chars"};
  const std::function<void(size_t)> count_;
  SharedPortTransport ice_;
  std::unique_ptr<net::DatagramSocket> socket_;
  SocketAddress to_;
};

TEST(SharedPortAllocationTest, TheCounterCounts) {
  const size_t before = t_allocations;
  const auto made = std::make_unique<std::vector<int>>(1);
  EXPECT_EQ(t_allocations, before + 1 + made->size());
}

TEST(SharedPortAllocationTest, AHundredThousandPacketsEachWayAllocateNothing) {
  auto loop = std::move(net::EventLoop::Create()).value();
  auto port =
      std::move(SharedPort::Open(*loop, {.addresses = {IpAddress::V4({127, 0, 0, 1})}}, 0)).value();
  size_t packets = 0, before = 0;
  std::promise<size_t> measured;
  const auto count = [&](size_t arrived) {
    const size_t seen = packets;
    packets += arrived;
    if (seen < kWarmUp && packets >= kWarmUp) before = t_allocations;
    if (seen < kWarmUp + kMeasured && packets >= kWarmUp + kMeasured) {
      measured.set_value(t_allocations - before);
    }
  };
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(std::make_unique<Connection>(*loop, *port, count));
  }
  ASSERT_TRUE(loop->Start().ok());
  EXPECT_EQ(measured.get_future().get(), 0u);
  loop->Stop();
}

}  // namespace
}  // namespace pcd::ice
