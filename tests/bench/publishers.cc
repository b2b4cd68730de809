#include "tests/bench/publishers.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <utility>

#include "tests/bench/pacer.h"
#include "tests/bench/packet_counter.h"

namespace pcd::bench {
namespace {

constexpr auto kTick = std::chrono::milliseconds(1);
// RTP header 12, mid extension 8, SRTP tag 16 or 10: 1,100 bytes on the wire with GCM.
constexpr size_t kPayloadBytes = 1100 - 12 - 8 - 16;
// The first packets of a stream are a key frame, so that the sink starts at once.
constexpr uint32_t kFrameTicks = 3000;

void Require(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s: %s\n", what, status.ToString().c_str());
  std::exit(1);
}

}  // namespace

Publishers::Publishers(ServiceClient& service, SrtpProfile profile, uint16_t sink_port)
    : service_(service), profile_(profile), sink_port_(sink_port) {
  auto loop = net::EventLoop::Create({.name = "load"});
  Require(loop.status(), "event loop");
  loop_ = std::move(*loop);
  Require(loop_->Start(), "event loop");
}

Publishers::~Publishers() {
  for (const std::string& id : ids_) service_.Close(id);
  RunOnLoop([this] { publishers_.clear(); });
  loop_->Stop();
}

void Publishers::RunOnLoop(net::Task task) {
  std::promise<void> ran;
  loop_->Post([&ran, task = std::move(task)]() mutable {
    task();
    ran.set_value();
  });
  ran.get_future().wait();
}

void Publishers::WaitConnected(testing::Publisher& publisher) {
  for (bool connected = false; !connected;) {
    RunOnLoop([&] { connected = publisher.connected(); });
    if (!connected) usleep(1000);
  }
}

void Publishers::Connect(size_t count) {
  const size_t first = publishers_.size();
  for (size_t i = 0; i < count; ++i) {
    std::promise<SessionDescription> offer;
    RunOnLoop([&] {
      publishers_.push_back(std::make_unique<testing::Publisher>(
          *loop_, ice_, testing::PublisherOptions{.audio = false, .srtp_profiles = {profile_}}));
      Require(publishers_.back()->Start(
                  [&offer](const SessionDescription& ready) { offer.set_value(ready); }),
              "offer");
    });
    const AcceptedOffer accepted = service_.AcceptOffer(offer.get_future().get(), sink_port_);
    ids_.push_back(accepted.peer_connection_id);
    RunOnLoop([&] { Require(publishers_.back()->SetAnswer(accepted.answer), "answer"); });
  }
  for (size_t i = first; i < publishers_.size(); ++i) WaitConnected(*publishers_[i]);
  sequences_.resize(publishers_.size());
}

uint64_t Publishers::Send(double rate, double seconds) {
  std::promise<uint64_t> done;
  Pacer pacer(publishers_.size(), rate);
  std::unique_ptr<net::Timer> timer;
  Timestamp start{};
  uint64_t sent = 0;
  const auto tick = [&] {
    const double elapsed = std::chrono::duration<double>(loop_->Now() - start).count();
    pacer.Advance(std::min(elapsed, seconds), [&](size_t stream) {
      const uint16_t sequence = sequences_[stream]++;
      sent += publishers_[stream]->SendRtp({.sequence = sequence,
                                            .timestamp = sequence * kFrameTicks,
                                            .key_frame = true,
                                            .payload_bytes = kPayloadBytes,
                                            .stamp = StampNow()});
    });
    if (elapsed < seconds) {
      timer->Set(loop_->Now() + kTick);
    } else {
      done.set_value(sent);
    }
  };
  RunOnLoop([&] {
    start = loop_->Now();
    timer = loop_->CreateTimer(tick);
    timer->Set(start + kTick);
  });
  const uint64_t result = done.get_future().get();
  RunOnLoop([&] { timer.reset(); });
  return result;
}

}  // namespace pcd::bench
