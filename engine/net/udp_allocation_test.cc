// Counts what this thread allocates: the media path must not, once it is warm.
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <new>
#include <utility>

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

namespace pcd::net {
namespace {

// A packet for ever under way between two sockets, with a timer and an end-of-turn handler
// asked for at each arrival: what a media turn does.
class PingPong : public DatagramHandler, public EndOfTurnHandler {
 public:
  static constexpr int kWarmUp = 200;
  static constexpr int kMeasured = 2000;
  static constexpr int kBurst = 8;

  explicit PingPong(EventLoop& loop) : loop_(loop) {}

  void Start() {
    const SocketAddress any{IpAddress::V4({127, 0, 0, 1}), 0};
    left_ = std::move(*loop_.OpenDatagramSocket({.local = any}));
    right_ = std::move(*loop_.OpenDatagramSocket({.local = any}));
    left_->SetHandler(this);
    right_->SetHandler(this);
    timer_ = loop_.CreateTimer([] {});
    for (int i = 0; i < kBurst; ++i) {
      PacketPtr packet = loop_.packets().Get();
      packet->set_size(1100);
      left_->Queue(std::move(packet), right_->local_address());
    }
  }
  void Stop() {
    left_.reset();
    right_.reset();
    timer_.reset();
  }
  size_t Measure() { return measured_.get_future().get(); }

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    DatagramSocket& socket = from[0] == left_->local_address() ? *right_ : *left_;
    for (size_t i = 0; i < packets.size(); ++i) socket.Queue(std::move(packets[i]), from[i]);
    timer_->Set(loop_.Now() + std::chrono::milliseconds(20));
    loop_.RequestEndOfTurn(this);
  }
  void OnEndOfTurn() override {
    if (++turns_ == kWarmUp) before_ = t_allocations;
    if (turns_ == kWarmUp + kMeasured) measured_.set_value(t_allocations - before_);
  }

 private:
  EventLoop& loop_;
  std::unique_ptr<DatagramSocket> left_, right_;
  std::unique_ptr<Timer> timer_;
  int turns_ = 0;
  size_t before_ = 0;
  std::promise<size_t> measured_;
};

TEST(UdpAllocationTest, TheCounterCounts) {
  const size_t before = t_allocations;
  const auto made = std::make_unique<int>(1);
  EXPECT_EQ(t_allocations, before + 1);
}

TEST(UdpAllocationTest, AWarmLoopForwardsPacketsWithoutAllocating) {
  auto loop = std::move(*EventLoop::Create());
  PingPong ping_pong(*loop);
  ASSERT_TRUE(loop->Start().ok());
  loop->Post([&] { ping_pong.Start(); });
  EXPECT_EQ(ping_pong.Measure(), 0u);
  loop->Stop();
  ping_pong.Stop();
}

}  // namespace
}  // namespace pcd::net
