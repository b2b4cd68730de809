// The thread of a media loop allocates nothing, releases nothing and takes no lock while media
// passes through a warm connection on the shared port: a peer's packets to a sink, and a source's
// packets to the peer, a hundred thousand each way.
//
// Counted is the service's loop, whoever calls; the peer has a loop of its own. All that a call has
// beside its packets falls into the measured time, too: consent checks, reports of both ends, to
// and from the peer and the sink, transport-wide feedback, NACKs and what they send anew. What does
// not is what callers ask for: it comes by Loop::Post, which allocates and locks by its nature.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "engine/base/bytes.h"
#include "engine/host/accept_offer.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/model/stats.h"
#include "engine/net/event_loop.h"
#include "engine/testing/publisher.h"
#include "engine/testing/status_matchers.h"
#include "tests/integration/call_counter.h"
#include "tests/integration/test_host.h"

namespace pcd::tests {
namespace {

using host::PeerConnection;
using testing::IsOk;
using testing::Publisher;

constexpr uint64_t kWarmUp = 10'000;
constexpr uint64_t kMeasured = 100'000;
// All that is under way fits into one read of a socket: nothing is lost for want of room.
constexpr uint64_t kWindow = 16;
// As many as one read takes at most.
constexpr uint64_t kLargestWindow = 32;
constexpr auto kReportInterval = std::chrono::seconds(1);
// What is under way after that is lost.
constexpr auto kStall = std::chrono::seconds(2);
constexpr auto kTick = std::chrono::milliseconds(50);
// Consent is checked every 4 to 6 seconds (RFC 7675 section 5.1).
constexpr auto kLeast = std::chrono::seconds(8);

// Packets under way one way, as many as the window lets.
struct Flow {
  uint64_t sent = 0, arrived = 0, lost = 0, window = kWindow;
  bool MaySend() const { return sent - arrived - lost < window; }
};

// The peer, the sink and the source: all that the service talks to, on one loop. Packets that
// arrive make room for the next.
class OtherSide : private net::EndOfTurnHandler {
 public:
  OtherSide(SrtpProfile profile, net::EventLoop& loop)
      : loop_(loop),
        publisher_(
            loop, ice_,
            {.audio = false, .direction = Direction::kSendRecv, .srtp_profiles = {profile}}) {
    sink_ = Open([this](std::span<PacketPtr> packets) { Arrived(to_sink_, packets.size()); });
    sink_rtcp_ = Open([this](std::span<PacketPtr> packets) { sink_reports_ += packets.size(); });
    source_ = Open([](std::span<PacketPtr>) {});
    publisher_.WhenRtp([this](std::span<PacketPtr> packets) { OnRtp(packets); });
    timer_ = loop_.CreateTimer([this] { OnTimer(); });
  }
  ~OtherSide() override { loop_.CancelEndOfTurn(this); }

  Publisher& publisher() { return publisher_; }
  SocketAddress sink() const { return sink_->socket->local_address(); }
  SocketAddress sink_rtcp() const { return sink_rtcp_->socket->local_address(); }

  void SendTo(const SocketAddress& source) {
    destination_ = source;
    OnTimer();
  }

  // Once all that the largest windows let is under way and nothing arrives, since nobody reads it.
  void WhenFull(std::function<void()> full) {
    to_sink_.window = to_peer_.window = kLargestWindow;
    when_full_ = std::move(full);
  }

  // `done` once so many more have arrived each way, and, for so long at least, everything that
  // comes now and then has come.
  void After(uint64_t packets, Duration at_least, std::function<void()> done) {
    goal_ = {.to_sink = to_sink_.arrived + packets,
             .to_peer = to_peer_.arrived + packets,
             .time = loop_.Now() + at_least,
             .sink_reports = sink_reports_,
             .sent_anew = sent_anew_,
             .feedback = publisher_.feedback(),
             .done = std::move(done)};
  }

 private:
  struct Socket : net::DatagramHandler {
    void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
      handler(packets);
    }
    std::function<void(std::span<PacketPtr>)> handler;
    std::unique_ptr<net::DatagramSocket> socket;
  };
  struct Goal {
    uint64_t to_sink = 0, to_peer = 0;
    Timestamp time{};
    uint64_t sink_reports = 0, sent_anew = 0;
    Publisher::Feedback feedback{};
    std::function<void()> done;
  };

  std::unique_ptr<Socket> Open(std::function<void(std::span<PacketPtr>)> handler) {
    auto socket = std::make_unique<Socket>();
    socket->handler = std::move(handler);
    const SocketAddress local{IpAddress::V4({127, 0, 0, 1}), 0};
    socket->socket = std::move(loop_.OpenDatagramSocket({.local = local})).value();
    socket->socket->SetHandler(socket.get());
    return socket;
  }

  void Arrived(Flow& flow, uint64_t packets) {
    flow.arrived += packets;
    latest_ = loop_.Now();
    loop_.RequestEndOfTurn(this);
  }
  void OnRtp(std::span<PacketPtr> packets) {
    for (const PacketPtr& packet : packets) {
      const uint32_t ssrc = LoadU32(packet->data() + 8);
      if (ssrc_ == 0) ssrc_ = ssrc;
      if (ssrc != ssrc_) {  // RFC 4588.
        ++sent_anew_;
        continue;
      }
      number_ = LoadU16(packet->data() + 2);
      Arrived(to_peer_, 1);
    }
  }

  void OnEndOfTurn() override {
    Send();
    if (goal_.done && Reached(goal_)) std::exchange(goal_.done, nullptr)();
  }
  bool Reached(const Goal& goal) const {
    const Publisher::Feedback& now = publisher_.feedback();
    return to_sink_.arrived >= goal.to_sink && to_peer_.arrived >= goal.to_peer &&
           loop_.Now() >= goal.time && sink_reports_ > goal.sink_reports &&
           sent_anew_ > goal.sent_anew && now.receiver_reports > goal.feedback.receiver_reports &&
           now.sender_reports > goal.feedback.sender_reports &&
           now.transport_cc > goal.feedback.transport_cc;
  }

  void Send() {
    const auto timestamp = static_cast<uint32_t>(loop_.Now().time_since_epoch().count() * 9 / 100);
    for (; to_sink_.MaySend(); ++to_sink_.sent) {
      const auto number = static_cast<uint16_t>(to_sink_.sent);
      publisher_.SendRtp({.sequence = number,
                          .timestamp = timestamp,
                          .key_frame = true,
                          .transport_sequence = number});
    }
    for (; to_peer_.MaySend(); ++to_peer_.sent) {
      PacketPtr packet = loop_.packets().Get();
      ByteWriter out({packet->data(), Packet::kMaxPayload});
      out.U8(0x80);
      out.U8(0x80 | 96);
      out.U16(static_cast<uint16_t>(to_peer_.sent));
      out.U32(timestamp);
      out.U32(7);
      out.U8(0x10);  // VP8: every frame is a key frame of one packet.
      out.Zeros(1000);
      packet->set_size(out.size());
      source_->socket->Queue(std::move(packet), destination_);
    }
  }

  void OnTimer() {
    const Timestamp now = loop_.Now();
    const bool full = !to_sink_.MaySend() && !to_peer_.MaySend() && now - latest_ >= kTick;
    if (full && when_full_) {
      to_sink_.window = to_peer_.window = kWindow;
      std::exchange(when_full_, nullptr)();
    }
    if (now - latest_ >= kStall) {
      for (Flow* flow : {&to_sink_, &to_peer_}) flow->lost = flow->sent - flow->arrived;
      latest_ = now;
    }
    if (now - reported_ >= kReportInterval) {
      reported_ = now;
      Report();
    }
    Send();
    timer_->Set(now + kTick);
  }

  // What a receiver and sender tells: an SR, and an RR and a NACK for the other direction.
  void Report() {
    publisher_.SendSenderReport(MediaKind::kVideo, static_cast<uint64_t>(loop_.UnixMicros()) << 12,
                                static_cast<uint32_t>(loop_.Now().time_since_epoch().count()),
                                static_cast<uint32_t>(to_sink_.sent), 1000);
    if (ssrc_ == 0) return;
    std::array<uint8_t, 48> bytes{};
    ByteWriter out(bytes);
    out.U32(0x81C90007);  // RR, one block.
    out.U32(publisher_.ssrc(MediaKind::kVideo));
    out.U32(ssrc_);
    out.U32(0);
    out.U32(number_);
    out.Zeros(12);
    out.U32(0x81CD0003);  // Generic NACK of the latest packet.
    out.U32(publisher_.ssrc(MediaKind::kVideo));
    out.U32(ssrc_);
    out.U16(number_);
    out.U16(0);
    publisher_.SendRawRtcp(out.written());
  }

  net::EventLoop& loop_;
  ice::NiceIceTransportFactory ice_;
  Publisher publisher_;
  std::unique_ptr<Socket> sink_, sink_rtcp_, source_;
  std::unique_ptr<net::Timer> timer_;
  SocketAddress destination_;
  Flow to_sink_, to_peer_;
  Timestamp latest_{}, reported_{};
  uint64_t sink_reports_ = 0, sent_anew_ = 0;
  uint16_t number_ = 0;
  uint32_t ssrc_ = 0;
  Goal goal_;
  std::function<void()> when_full_;
};

// A connection of a service with one loop, and the other side.
class MediaPath {
 public:
  MediaPath(IceBackend backend, SrtpProfile profile)
      : host_(1, {}, backend), loop_(std::move(net::EventLoop::Create({.name = "peer"})).value()) {
    EXPECT_THAT(loop_->Start(), IsOk());
    OnPeer([&] { side_ = std::make_unique<OtherSide>(profile, *loop_); });
  }
  ~MediaPath() {
    OnPeer([this] { side_.reset(); });
    loop_->Stop();
  }

  void Connect() {
    std::promise<SessionDescription> offer;
    OnPeer([&] {
      ASSERT_THAT(side_->publisher().Start(
                      [&](const SessionDescription& ready) { offer.set_value(ready); }),
                  IsOk());
    });
    const auto accepted = Accept(offer.get_future().get());
    ASSERT_THAT(accepted, IsOk());
    id_ = accepted->info.id;
    backend_ = accepted->info.ice_backend;
    OnPeer([&] { ASSERT_THAT(side_->publisher().SetAnswer(accepted->answer), IsOk()); });
    ASSERT_TRUE(host_.WaitFor(id_, [](PeerConnection& pc) {
      return pc.Info().connection_state == ConnectionState::kConnected;
    }));
    const auto track = host_.Call<media::LocalTrackInfo>(
        id_, [](PeerConnection& pc) { return pc.GetLocalTrack("source"); });
    ASSERT_THAT(track, IsOk());
    OnPeer([&] { side_->SendTo(track->local_rtp.value()); });
    host_.RunOn(0, [] { CallCounter::WatchThisThread(); });
  }

  // What has no room yet for as many packets as come at once at most gets it: the loop stands still
  // until they are all there.
  void FillWindows() {
    std::promise<void> full;
    OnPeer([&] { side_->WhenFull([&full] { full.set_value(); }); });
    host_.RunOn(0, [&full] { full.get_future().wait(); });
  }

  // Lets so many packets pass each way, and what comes beside them.
  void Pass(uint64_t packets, Duration at_least = {}) {
    const auto done = std::make_shared<std::promise<void>>();
    OnPeer([&] { side_->After(packets, at_least, [done] { done->set_value(); }); });
    // A safeguard against hanging.
    ASSERT_EQ(done->get_future().wait_for(std::chrono::minutes(4)), std::future_status::ready);
  }

  IceBackend backend() const { return backend_; }
  uint64_t ChecksAnswered() {
    return *host_.Call<uint64_t>(id_, [](PeerConnection& pc) -> absl::StatusOr<uint64_t> {
      uint64_t checks = 0;
      for (const StatsEntry& entry : pc.GetStats().entries) {
        const auto* pair = std::get_if<CandidatePairStats>(&entry);
        if (pair != nullptr) checks += pair->responses_sent.value_or(0);
      }
      return checks;
    });
  }

 private:
  absl::StatusOr<host::AcceptOfferResult> Accept(const SessionDescription& offer) {
    media::UdpSourceConfig source;
    source.codec = {.name = "VP8", .clock_rate = 90000};
    host::AcceptOfferOptions options{
        .offer = offer,
        .sinks = {{.id = "sink",
                   .selector = media::KindSelector{.kind = MediaKind::kVideo},
                   .rtp_destination = side_->sink(),
                   .rtcp_destination = side_->sink_rtcp()}},
        .local_tracks = {{.config = {"source", MediaKind::kVideo, source}}}};
    std::promise<absl::StatusOr<host::AcceptOfferResult>> promise;
    host::AcceptOffer(host_.host(), std::move(options),
                      [&](absl::StatusOr<host::AcceptOfferResult> result) {
                        promise.set_value(std::move(result));
                      });
    return promise.get_future().get();
  }
  void OnPeer(net::Task task) {
    std::promise<void> ran;
    loop_->Post([&ran, task = std::move(task)]() mutable {
      task();
      ran.set_value();
    });
    ran.get_future().wait();
  }

  TestHost host_;
  std::unique_ptr<net::EventLoop> loop_;
  std::unique_ptr<OtherSide> side_;
  std::string id_;
  IceBackend backend_ = IceBackend::kAuto;
};

class MediaPathTest : public ::testing::TestWithParam<SrtpProfile> {};
INSTANTIATE_TEST_SUITE_P(Profiles, MediaPathTest,
                         ::testing::Values(SrtpProfile::kAeadAes128Gcm,
                                           SrtpProfile::kAes128CmSha1_80));

TEST_P(MediaPathTest, AWarmSharedPortNeitherAllocatesNorLocks) {
  MediaPath path(IceBackend::kAuto, GetParam());
  ASSERT_NO_FATAL_FAILURE(path.Connect());
  ASSERT_EQ(path.backend(), IceBackend::kSharedPort);
  path.Pass(kWarmUp);
  path.FillWindows();
  const uint64_t checks = path.ChecksAnswered();
  path.Pass(100);  // What the question has left behind is gone.
  CallCounter::Start();
  path.Pass(kMeasured, kLeast);
  const CallCounts counts = CallCounter::Stop();
  EXPECT_EQ(counts, CallCounts()) << CallCounter::Stacks();
  EXPECT_GT(path.ChecksAnswered(), checks) << "no consent check fell into the measured time";
}

// Full ICE takes locks on the same path: libnice's, of its agent, in each call. (It allocates, too,
// but from what GLib keeps for that, which seldom asks for more.) That they are seen shows that the
// counter looks into libraries.
TEST_P(MediaPathTest, FullIceTakesTheLocksOfLibnice) {
  MediaPath path(IceBackend::kFull, GetParam());
  ASSERT_NO_FATAL_FAILURE(path.Connect());
  ASSERT_EQ(path.backend(), IceBackend::kFull);
  constexpr uint64_t kPackets = 5000;
  path.Pass(kPackets);
  CallCounter::Start();
  path.Pass(kPackets);
  const CallCounts counts = CallCounter::Stop();
  EXPECT_GT(counts.locks, 0u);
  std::cout << "full ICE, " << kPackets << " packets each way: " << counts << "\n";
}

// In a way that the compiler cannot leave out.
void Allocate() {
  ::operator delete(::operator new(100));
  void* volatile memory = std::malloc(100);
  std::free(memory);
}

TEST(CallCounterTest, SeesWhatAWatchedThreadAsksFor) {
  CallCounts counts;
  std::thread([&] {
    CallCounter::WatchThisThread();
    CallCounter::Start();
    Allocate();
    std::mutex mutex;
    mutex.lock();
    mutex.unlock();
    counts = CallCounter::Stop();
  }).join();
  EXPECT_EQ(counts, (CallCounts{.allocations = 2, .releases = 2, .locks = 1}));
  EXPECT_NE(CallCounter::Stacks(), "");
}

TEST(CallCounterTest, LeavesOtherThreadsOut) {
  CallCounts counts;
  std::thread([&] {
    CallCounter::Start();
    Allocate();
    counts = CallCounter::Stop();
  }).join();
  EXPECT_EQ(counts, CallCounts());
}

}  // namespace
}  // namespace pcd::tests
