// After warm-up the media path allocates nothing.
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
#include "engine/media/media_session.h"
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
  SocketAddress local_address() const override { return {}; }
  void SetHandler(net::DatagramHandler*) override {}
  void Queue(PacketPtr packet, const SocketAddress&) override { Queue(std::move(packet)); }
  void Queue(PacketPtr packet) override { counters_.bytes_sent += packet->size(); }
  Counters counters() const override { return counters_; }
  bool more_may_wait() const override { return false; }

 private:
  Counters counters_;
};

// A clock that the test moves, and sockets that lead nowhere.
class NullLoop : public net::Loop {
 public:
  void Post(net::Task) override {}
  bool IsCurrent() const override { return true; }
  Timestamp Now() const override { return now; }
  int64_t UnixMicros() const override { return now.time_since_epoch().count(); }
  Duration ProcessorTime() const override { return now.time_since_epoch(); }
  std::unique_ptr<net::Timer> CreateTimer(net::Task) override { return nullptr; }
  absl::StatusOr<std::unique_ptr<net::DatagramSocket>> OpenDatagramSocket(
      const net::DatagramSocketOptions&) override {
    return std::make_unique<NullSocket>();
  }
  absl::Status WatchFd(int, net::FdHandler*) override { return absl::OkStatus(); }
  void UnwatchFd(int) override {}
  void WatchWritable(int, bool) override {}
  void RequestEndOfTurn(net::EndOfTurnHandler*) override {}
  void CancelEndOfTurn(net::EndOfTurnHandler*) override {}
  PacketPool& packets() override { return pool_; }
  RandomSource& random() override { return random_; }

  Timestamp now{std::chrono::seconds(100)};

 private:
  PacketPool pool_;
  SeededRandom random_{1};
};

class NullRtcp : public RtcpSender {
 public:
  void SendRtcp(size_t, PacketPtr) override { ++sent; }
  size_t sent = 0;
};

ReceiveParameters Video() {
  ReceiveParameters p;
  p.mid = "1";
  p.kind = MediaKind::kVideo;
  p.receiving = true;
  p.codecs = {{.payload_type = 96,
               .name = "VP8",
               .clock_rate = 90000,
               .rtcp_feedback = {"transport-cc", "nack", "nack pli"}}};
  p.extensions = {{4, kMidExtensionUri}, {3, kTransportCcExtensionUri}};
  p.ssrcs = {{.ssrc = 7, .cname = "remote"}};
  return p;
}

ReceiveParameters Audio() {
  ReceiveParameters p;
  p.mid = "0";
  p.kind = MediaKind::kAudio;
  p.receiving = true;
  p.codecs = {{.payload_type = 111, .name = "opus", .clock_rate = 48000, .channels = 2}};
  p.extensions = {{1, kAudioLevelExtensionUri}};
  p.ssrcs = {{.ssrc = 9, .cname = "remote"}};
  return p;
}

class HotPathTest : public ::testing::Test {
 protected:
  HotPathTest() {
    for (const uint16_t port : {5004, 6004, 7004}) {
      SinkConfig config;
      config.id = std::to_string(port);
      config.selector = MidSelector{"1"};
      config.rtp_destination = *SocketAddress::Parse("127.0.0.1:" + std::to_string(port));
      if (port == 7004) config.max_reorder_delay = std::chrono::milliseconds(100);
      EXPECT_TRUE(session_.CreateSink(config).ok());
    }
    session_.SetReceivers({Video()});
  }

  // One turn: four packets with mid and transport-wide number, one of them padding, and a
  // sender report.
  void Turn() {
    for (PacketPtr& packet : batch_) {
      packet = loop_.packets().Get();
      uint8_t* p = packet->data();
      const bool padding = sequence_ % 4 == 3;
      const uint8_t header[] = {static_cast<uint8_t>(padding ? 0xB0 : 0x90),
                                96,
                                static_cast<uint8_t>(sequence_ >> 8),
                                static_cast<uint8_t>(sequence_),
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                7,
                                0xBE,
                                0xDE,
                                0,
                                2,
                                0x40,
                                '1',
                                0x31,
                                static_cast<uint8_t>(sequence_ >> 8),
                                static_cast<uint8_t>(sequence_),
                                0,
                                0,
                                0};
      std::copy(std::begin(header), std::end(header), p);
      StoreU32(p + 4, 300u * sequence_);
      std::fill(p + sizeof(header), p + 1100, 0);
      p[sizeof(header)] = 0x10;  // Every frame is a key frame of one packet.
      packet->set_size(padding ? sizeof(header) + 255 : 1100);
      if (padding) p[packet->size() - 1] = 255;
      packet->arrival = loop_.now;
      ++sequence_;
    }
    // Every other turn the second packet overtakes the first, so that one sink holds it back.
    if (sequence_ % 8 == 0) std::swap(batch_[0], batch_[1]);
    session_.OnRtp(0, batch_);
    loop_.now += std::chrono::milliseconds(3);
    if (session_.NextDeadline() <= loop_.now) session_.HandleTimeout(loop_.now);
    for (PacketPtr& packet : batch_) packet.reset();
  }

  // One packet of a mixer, with a level, whose contributing sources change.
  void Speak() {
    const uint8_t bytes[] = {0x92,
                             111,
                             static_cast<uint8_t>(spoken_ >> 8),
                             static_cast<uint8_t>(spoken_),
                             0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             9,
                             0,
                             0,
                             0,
                             1,
                             0,
                             0,
                             0,
                             static_cast<uint8_t>(2 + spoken_ % 40),
                             0xBE,
                             0xDE,
                             0,
                             1,
                             0x10,
                             30,
                             0,
                             0,
                             1,
                             2,
                             3};
    PacketPtr packet = loop_.packets().CopyOf(bytes);
    StoreU32(packet->data() + 4, 960u * spoken_);
    packet->arrival = loop_.now;
    session_.OnRtp(audio_transport_, {&packet, 1});
    loop_.now += std::chrono::milliseconds(20);
    if (session_.NextDeadline() <= loop_.now) session_.HandleTimeout(loop_.now);
    ++spoken_;
  }

  void RemoteReport() {
    const uint8_t report[] = {0x80, 200, 0, 6, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6,
                              7,    8,   0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    PacketPtr packet = loop_.packets().CopyOf(report);
    packet->arrival = loop_.now;
    session_.OnRtcp(0, {&packet, 1});
  }

  NullLoop loop_;
  NullRtcp rtcp_;
  net::AddressPolicy policy_;
  net::DestinationClaims claims_;
  MediaSession session_{loop_, rtcp_, policy_, claims_, {}, {.cname = "ours", .local_ssrc = 1}};
  std::vector<PacketPtr> batch_ = std::vector<PacketPtr>(4);
  uint32_t sequence_ = 0, spoken_ = 0;
  size_t audio_transport_ = 0;
};

TEST_F(HotPathTest, ReceivesReportsAndForwards100000PacketsWithoutAllocation) {
  for (int i = 0; i < 2000; ++i) {
    Turn();
    if (i % 300 == 0) RemoteReport();
  }
  const size_t feedback_before = rtcp_.sent;
  const uint64_t sent_before = session_.GetSink("5004")->counters.packets_sent;
  const size_t before = allocations;
  for (int i = 0; i < 25000; ++i) {
    Turn();
    if (i % 300 == 0) RemoteReport();
  }
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ(session_.GetSink("5004")->counters.packets_sent - sent_before, 75000u);
  EXPECT_GT(rtcp_.sent - feedback_before, 500u);
  EXPECT_EQ(session_.GetStats().inbound[0].packets_lost, 0);
}

TEST_F(HotPathTest, NotesWhoIsHeardWithoutAllocation) {
  session_.SetReceivers({Audio(), Video()});
  for (int i = 0; i < 500; ++i) Speak();
  const size_t before = allocations;
  for (int i = 0; i < 10000; ++i) Speak();
  EXPECT_EQ(allocations - before, 0u);
  const RtpSources sources = session_.GetSources("0");
  ASSERT_EQ(sources.synchronization.size(), 1u);
  EXPECT_EQ(sources.synchronization[0].audio_level, 30);
  EXPECT_EQ(sources.contributing.size(), 30u) << "the most that are kept";
}

TEST_F(HotPathTest, SeveralTransportsNeedNoAllocationEither) {
  audio_transport_ = 2;
  ReceiveParameters audio = Audio();
  audio.transport_index = audio_transport_;
  session_.SetReceivers({audio, Video()});
  for (int i = 0; i < 2000; ++i) {
    Turn();
    Speak();
  }
  const size_t before = allocations;
  for (int i = 0; i < 10000; ++i) {
    Turn();
    Speak();
  }
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ(session_.GetStats().inbound.size(), 2u);
}

TEST_F(HotPathTest, TheCounterSeesAllocations) {
  const size_t before = allocations;
  auto memory = std::make_unique<std::vector<int>>(10);
  EXPECT_GE(allocations - before, memory->size() > 0 ? 1u : 99u);
}

}  // namespace
}  // namespace pcd::media
