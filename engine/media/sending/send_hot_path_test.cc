// After warm-up the sending path allocates nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/limits.h"
#include "engine/media/sending/send_session.h"
#include "engine/net/address_policy.h"
#include "engine/net/loop.h"

namespace {

size_t allocations = 0;

}  // namespace

void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<size_t>(alignment);
  if (void* memory = std::aligned_alloc(align, (size + align - 1) / align * align)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

namespace pcd::media {
namespace {

// Takes packets and gives them back to their pool.
class NullSocket : public net::DatagramSocket {
 public:
  explicit NullSocket(const SocketAddress& local) : local_(local) {}
  SocketAddress local_address() const override { return local_; }
  void SetHandler(net::DatagramHandler* handler) override { handler_ = handler; }
  net::DatagramHandler* handler() { return handler_; }
  void Queue(PacketPtr packet, const SocketAddress&) override { Queue(std::move(packet)); }
  void Queue(PacketPtr packet) override { counters_.bytes_sent += packet->size(); }
  Counters counters() const override { return counters_; }
  bool more_may_wait() const override { return false; }

 private:
  const SocketAddress local_;
  net::DatagramHandler* handler_ = nullptr;
  Counters counters_;
};

// A clock that the test moves, and sockets that the test delivers to.
class NullLoop : public net::Loop {
 public:
  void Post(net::Task) override {}
  bool IsCurrent() const override { return true; }
  Timestamp Now() const override { return now; }
  int64_t UnixMicros() const override { return now.time_since_epoch().count(); }
  Duration ProcessorTime() const override { return now.time_since_epoch(); }
  std::unique_ptr<net::Timer> CreateTimer(net::Task) override { return nullptr; }
  absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenDatagramSocket(
      const net::DatagramSocketOptions& options) override {
    auto socket = std::make_unique<NullSocket>(options.local);
    sockets.push_back(socket.get());
    return socket;
  }
  absl::Status WatchFd(int, net::FdHandler*) override { return absl::OkStatus(); }
  void UnwatchFd(int) override {}
  void WatchWritable(int, bool) override {}
  void RequestEndOfTurn(net::EndOfTurnHandler*) override {}
  void CancelEndOfTurn(net::EndOfTurnHandler*) override {}
  PacketPool& packets() override { return pool_; }
  RandomSource& random() override { return random_; }

  Timestamp now{std::chrono::seconds(100)};
  std::vector<NullSocket*> sockets;

 private:
  PacketPool pool_;
  SeededRandom random_{1};
};

class NullOutput : public RtpOutput {
 public:
  bool IsWritable(size_t) const override { return true; }
  bool SendRtp(size_t, PacketPtr) override {
    ++rtp;
    return true;
  }
  void SendRtcp(size_t, PacketPtr) override { ++rtcp; }
  void ForgetSsrc(size_t, uint32_t) override {}
  void OnSessionWork() override {}

  size_t rtp = 0, rtcp = 0;
};

SendParameters Video(const std::string& mid) {
  SendParameters p{.mid = mid, .sender_id = "sender-" + mid, .kind = MediaKind::kVideo};
  p.sending = true;
  p.codecs = {{.payload_type = 96, .name = "VP8", .clock_rate = 90000}};
  p.extensions = {{4, kMidExtensionUri}, {3, kTransportCcExtensionUri}};
  return p;
}

class SendHotPathTest : public ::testing::Test {
 protected:
  SendHotPathTest() {
    UdpSourceConfig udp;
    udp.bind = *SocketAddress::Parse("127.0.0.1:5000");
    udp.codec = {.name = "VP8", .clock_rate = 90000};
    EXPECT_TRUE(session_.CreateTrack({"udp", MediaKind::kVideo, udp}).ok());
    EXPECT_TRUE(session_.CreateTrack({"test", MediaKind::kVideo, TestSourceConfig{}}).ok());
    session_.SetSenders({{.parameters = Video("0"), .track_id = "udp"},
                         {.parameters = Video("1"), .track_id = "udp"},
                         {.parameters = Video("2"), .track_id = "test"}});
  }

  // One turn: a batch of four packets to the UDP source.
  void Turn() {
    for (PacketPtr& packet : batch_) {
      packet = loop_.packets().Get();
      uint8_t* p = packet->data();
      std::fill(p, p + 1100, 0);
      p[0] = 0x80;
      p[1] = 96;
      StoreU16(p + 2, static_cast<uint16_t>(sequence_));
      StoreU32(p + 4, 300u * sequence_);
      StoreU32(p + 8, 7);
      p[12] = 0x10;  // Every frame is a key frame of one packet.
      packet->set_size(1100);
      packet->arrival = loop_.now;
      ++sequence_;
    }
    loop_.sockets[0]->handler()->OnDatagrams(batch_, from_);
    loop_.now += std::chrono::milliseconds(3);
    if (session_.NextDeadline() <= loop_.now) session_.HandleTimeout(loop_.now);
    for (PacketPtr& packet : batch_) packet.reset();
  }

  // A report about one of the streams, and a PLI.
  void RemoteFeedback() {
    uint8_t feedback[] = {0x81, 201, 0,    7,   0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
                          0,    0,   0,    0,   1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
                          0,    1,   0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0};
    StoreU32(feedback + 8, session_.SsrcOf("sender-0"));
    StoreU32(feedback + 40, session_.SsrcOf("sender-0"));
    const PacketPtr packet = loop_.packets().CopyOf(feedback);
    session_.OnRtcp(0, {&packet, 1});
  }

  NullLoop loop_;
  NullOutput output_;
  net::AddressPolicy policy_;
  SendSession session_{loop_, output_, policy_, {}, {.cname = "ours"}};
  std::vector<PacketPtr> batch_ = std::vector<PacketPtr>(4);
  std::vector<SocketAddress> from_ =
      std::vector<SocketAddress>(4, *SocketAddress::Parse("127.0.0.1:7000"));
  uint32_t sequence_ = 0;
};

TEST_F(SendHotPathTest, Sends200000PacketsWithoutAllocation) {
  for (int i = 0; i < 2000; ++i) Turn();
  const size_t rtp_before = output_.rtp;
  const size_t rtcp_before = output_.rtcp;
  const size_t before = allocations;
  for (int i = 0; i < 25000; ++i) Turn();
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_GE(output_.rtp - rtp_before, 200'000u);
  EXPECT_GT(output_.rtcp - rtcp_before, 150u);
}

TEST_F(SendHotPathTest, FeedbackCostsNoMemoryThatStays) {
  for (int i = 0; i < 2000; ++i) {
    Turn();
    RemoteFeedback();
    while (session_.PollEvent()) {
    }
  }
  const SendStats stats = session_.GetStats();
  EXPECT_EQ(stats.outbound.at(0).pli_count, 2000u);
  ASSERT_EQ(stats.remote_inbound.size(), 1u);
  EXPECT_EQ(stats.remote_inbound[0].packets_lost, 0);
}

TEST_F(SendHotPathTest, TheCounterSeesAllocations) {
  const size_t before = allocations;
  auto memory = std::make_unique<std::vector<int>>(10);
  EXPECT_GE(allocations - before, memory->size() > 0 ? 1u : 99u);
}

}  // namespace
}  // namespace pcd::media
