// Counts what the whole process allocates, by new and by malloc alike, while packets pass through
// a shared port in both directions, and while strangers flood it: nothing, once it is warm.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

// Sends one datagram to the port, from a port that the system chooses on 127.0.1.`host`. While it
// lives nobody else has that one.
class Stranger {
 public:
  Stranger(size_t host, const std::vector<uint8_t>& datagram, uint16_t port)
      : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(0x7F000100 + static_cast<uint32_t>(host));
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof(from)), 0);
    sockaddr_in to = from;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    EXPECT_EQ(sendto(fd_, datagram.data(), datagram.size(), 0,
                     reinterpret_cast<const sockaddr*>(&to), sizeof(to)),
              static_cast<ssize_t>(datagram.size()));
  }
  ~Stranger() { close(fd_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

 private:
  const int fd_;
};

// Runs on the loop; waits for its answer.
template <typename Answer>
Answer Ask(net::EventLoop& loop, const std::function<Answer()>& question) {
  std::promise<Answer> answer;
  loop.Post([&] { answer.set_value(question()); });
  return answer.get_future().get();
}

size_t Dropped(const SharedPort& port) {
  const SharedPortStats stats = port.stats();
  return stats.unvalidated + stats.refused + stats.unknown_ufrag + stats.over_share +
         stats.kernel_drops;
}

// Checks with a wrong password and of a wrong connection, DTLS and RTP. Those of one round have a
// port each, and each round has an address.
TEST(SharedPortAllocationTest, AFloodFromTenThousandPortsAllocatesNothing) {
  constexpr size_t kAtOnce = 100, kWarmUpRounds = 10, kRounds = 100;
  const IceParameters peer{.ufrag = "peer", .pwd = "peers-password-22-chars"};
  auto loop = std::move(net::EventLoop::Create()).value();
  auto port =
      std::move(SharedPort::Open(*loop, {.addresses = {IpAddress::V4({127, 0, 0, 1})}}, 0)).value();
  auto ice = std::make_unique<SharedPortTransport>(*port, Config{});
  ASSERT_TRUE(ice->SetRemoteParameters(peer).ok());
  CheckToMake wrong = CheckFor(ice->local_parameters(), peer, true), foreign = wrong;
  wrong.password += "x";
  foreign.username = "nobody:peer";
  const std::vector<std::vector<uint8_t>> attacks = {
      MakeCheck(wrong), MakeCheck(foreign), {22, 254, 253, 0, 0}, {0x80, 96, 0, 1, 0, 0, 0, 0}};
  ASSERT_TRUE(loop->Start().ok());
  const std::function<size_t()> allocations = [] { return t_allocations; };
  const std::function<size_t()> dropped = [&] { return Dropped(*port); };
  size_t before = 0, sent = 0;
  for (size_t round = 0; round < kWarmUpRounds + kRounds; ++round) {
    if (round == kWarmUpRounds) before = Ask(*loop, allocations);
    std::vector<std::unique_ptr<Stranger>> strangers;
    for (size_t i = 0; i < kAtOnce; ++i, ++sent) {
      strangers.push_back(
          std::make_unique<Stranger>(round, attacks[i % attacks.size()], port->port()));
    }
    while (Ask(*loop, dropped) < sent) continue;
  }
  EXPECT_EQ(Ask(*loop, allocations) - before, 0u);
  EXPECT_EQ(Ask(*loop, dropped), sent);
  loop->Stop();
  EXPECT_EQ(port->routes(), 0u);
  EXPECT_EQ(port->ufrags(), 1u);
  ice.reset();
}

}  // namespace
}  // namespace pcd::ice
