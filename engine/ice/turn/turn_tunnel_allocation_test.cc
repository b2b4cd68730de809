// Counts what the loop's thread allocates while packets pass through a tunnel in both directions:
// nothing, once it is warm.
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "engine/ice/turn/turn_listener_testing.h"
#include "engine/ice/turn/turn_tunnel.h"
#include "engine/net/event_loop.h"

namespace {

thread_local size_t t_allocations = 0;

}  // namespace

void* operator new(size_t size) {
  ++t_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace pcd::ice {
namespace {

// Packets for ever under way between a socket, the tunnel and a server that sends them back.
class Circle : public net::DatagramHandler {
 public:
  static constexpr int kWarmUp = 2000;
  static constexpr int kMeasured = 20'000;
  static constexpr int kBurst = 8;

  explicit Circle(net::EventLoop& loop) : loop_(loop) {}

  void Start() {
    const IpAddress ip = IpAddress::V4({127, 0, 0, 1});
    socket_ = std::move(*loop_.OpenDatagramSocket({.local = {ip, 0}}));
    socket_->SetHandler(this);
    server_ = std::make_unique<TurnListener>(
        loop_,
        [this](ByteSpan message, const SocketAddress& source) { server_->Send(message, source); });
    tunnel_ = std::make_unique<TurnTunnel>(
        loop_, TurnTunnelOptions{.server = server_->address(), .local = {ip}}, [this] { Begin(); });
  }
  void Stop() {
    socket_.reset();
    tunnel_.reset();
    server_.reset();
  }
  size_t Measure() { return measured_.get_future().get(); }

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    for (size_t i = 0; i < packets.size(); ++i) {
      socket_->Queue(std::move(packets[i]), from[i]);
      ++packets_;
      if (packets_ == kWarmUp) before_ = t_allocations;
      if (packets_ == kWarmUp + kMeasured) measured_.set_value(t_allocations - before_);
    }
  }

 private:
  void Begin() {
    const SocketAddress own = socket_->local_address();
    tunnel_->SetSources({&own, 1});
    tunnel_->Open();
    for (int i = 0; i < kBurst; ++i) {
      constexpr size_t kData = 1101;  // Which needs padding.
      PacketPtr packet = loop_.packets().Get();
      packet->set_size(4 + kData);
      StoreU16(packet->data(), 0x4001);
      StoreU16(packet->data() + 2, kData);
      socket_->Queue(std::move(packet), tunnel_->address());
    }
  }

  net::EventLoop& loop_;
  std::unique_ptr<net::DatagramSocket> socket_;
  std::unique_ptr<TurnListener> server_;
  std::unique_ptr<TurnTunnel> tunnel_;
  int packets_ = 0;
  size_t before_ = 0;
  std::promise<size_t> measured_;
};

TEST(TurnTunnelAllocationTest, TheCounterCounts) {
  const size_t before = t_allocations;
  const auto made = std::make_unique<int>(1);
  EXPECT_EQ(t_allocations, before + 1);
}

TEST(TurnTunnelAllocationTest, AWarmTunnelCarriesPacketsWithoutAllocating) {
  auto loop = std::move(*net::EventLoop::Create());
  Circle circle(*loop);
  ASSERT_TRUE(loop->Start().ok());
  loop->Post([&] { circle.Start(); });
  EXPECT_EQ(circle.Measure(), 0u);
  loop->Stop();
  circle.Stop();
}

}  // namespace
}  // namespace pcd::ice
