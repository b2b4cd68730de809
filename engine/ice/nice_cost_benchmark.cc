// What a connection costs the loop it lives on: CPU time of the receiving loop's thread for
// setting up, idling and receiving. Sender and receiver are in one process on two loops.
//
//   bazel run -c opt //engine/ice:nice_cost_benchmark -- CONNECTIONS PACKETS_PER_SECOND SECONDS
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/ice/event_recorder.h"
#include "engine/ice/loop_runner.h"
#include "engine/ice/nice_ice_transport_factory.h"

namespace pcd::ice {
namespace {

constexpr size_t kPacketSize = 1100;
constexpr Duration kTick = std::chrono::milliseconds(10);

double ThreadCpuMicros() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto micros = [](const timeval& time) { return time.tv_sec * 1e6 + time.tv_usec; };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

struct Sink : PacketHandler {
  void OnIcePackets(std::span<PacketPtr> packets) override { *count += packets.size(); }
  size_t* count = nullptr;
};

class Benchmark {
 public:
  Benchmark(size_t connections, size_t rate) : connections_(connections), rate_(rate) {}

  void Run(int seconds) {
    const double start = ReceiverCpu();
    Connect();
    const double connected = ReceiverCpu();
    std::printf("set up:  %8.1f us per connection\n", (connected - start) / connections_);
    Pause(std::chrono::seconds(seconds));
    const double idle = ReceiverCpu();
    std::printf("idle:    %8.1f us per connection and second\n",
                (idle - connected) / connections_ / seconds);
    sender_.Run([&] { StartSending(); });
    Pause(std::chrono::seconds(seconds));
    sender_.Run([&] { timer_.reset(); });
    Pause(std::chrono::milliseconds(200));
    const double done = ReceiverCpu();
    size_t received = 0;
    receiver_.Run([&] { received = received_; });
    std::printf("receive: %8.2f us per packet, %zu sent, %zu received\n",
                (done - idle) / static_cast<double>(received), sent_, received);
    receiver_.Run([&] { receivers_.clear(); });
    sender_.Run([&] { senders_.clear(); });
  }

 private:
  struct Receiving {
    std::unique_ptr<IceTransport> ice;
    Sink sink;
  };

  double ReceiverCpu() {
    double result = 0;
    receiver_.Run([&] { result = ThreadCpuMicros(); });
    return result;
  }

  // Turns of the sender's loop only, so that the receiver's CPU is not disturbed.
  void Pause(Duration length) {
    Timestamp end{};
    sender_.Run([&] { end = sender_.loop().Now() + length; });
    sender_.Await([&] { return sender_.loop().Now() >= end; }, std::chrono::seconds(3600));
  }

  void Connect() {
    Config config;
    config.addresses = {*IpAddress::Parse("127.0.0.1")};
    std::vector<IceParameters> parameters(connections_);
    std::vector<Candidate> candidates(connections_);
    receiver_.Run([&] {
      for (size_t i = 0; i < connections_; ++i) {
        auto end = std::make_unique<Receiving>();
        end->ice = factory_.Create(receiver_.loop(), config).value();
        end->sink.count = &received_;
        end->ice->SetPacketHandler(&end->sink);
        end->ice->StartGathering();
        while (auto event = end->ice->PollEvent()) {
          if (auto* gathered = std::get_if<CandidateGathered>(&*event)) {
            candidates[i] = gathered->candidate;
          }
        }
        parameters[i] = end->ice->local_parameters();
        receivers_.push_back(std::move(end));
      }
    });
    std::vector<IceParameters> answers(connections_);
    sender_.Run([&] {
      for (size_t i = 0; i < connections_; ++i) {
        auto ice = factory_.Create(sender_.loop(), config).value();
        ice->SetRole(IceRole::kControlling);
        ice->StartGathering();
        answers[i] = ice->local_parameters();
        senders_.push_back(std::move(ice));
      }
    });
    receiver_.Run([&] {
      for (size_t i = 0; i < connections_; ++i) {
        if (!receivers_[i]->ice->SetRemoteParameters(answers[i]).ok()) std::abort();
      }
    });
    sender_.Run([&] {
      for (size_t i = 0; i < connections_; ++i) {
        if (!senders_[i]->SetRemoteParameters(parameters[i]).ok()) std::abort();
        if (!senders_[i]->AddRemoteCandidate(candidates[i]).ok()) std::abort();
      }
    });
    const auto all_writable = [&] {
      for (const auto& ice : senders_) {
        if (!ice->writable()) return false;
      }
      return true;
    };
    if (!sender_.Await(all_writable, std::chrono::seconds(60))) std::abort();
  }

  // Spread over the tick as real senders are: each connection sends in its own slot.
  void StartSending() {
    next_ = sender_.loop().Now();
    timer_ = sender_.loop().CreateTimer([this] { SendDue(); });
    timer_->Set(next_);
  }
  void SendDue() {
    static const std::vector<uint8_t> packet(kPacketSize, 0x80);
    const double due = static_cast<double>(connections_ * rate_) * kTick.count() / 1e6;
    for (owed_ += due; owed_ >= 1; owed_ -= 1) {
      sent_ += senders_[turn_++ % connections_]->Send(packet) ? 1 : 0;
    }
    next_ += kTick;
    timer_->Set(next_);
  }

  const size_t connections_;
  const size_t rate_;
  LoopRunner sender_, receiver_;
  NiceIceTransportFactory factory_;
  std::vector<std::unique_ptr<IceTransport>> senders_;
  std::vector<std::unique_ptr<Receiving>> receivers_;
  std::unique_ptr<net::Timer> timer_;
  Timestamp next_{};
  double owed_ = 0;
  size_t turn_ = 0;
  size_t sent_ = 0;
  size_t received_ = 0;
};

}  // namespace
}  // namespace pcd::ice

int main(int argc, char** argv) {
  if (argc != 4) return 1;
  pcd::ice::Benchmark(std::strtoul(argv[1], nullptr, 10), std::strtoul(argv[2], nullptr, 10))
      .Run(std::atoi(argv[3]));
  return 0;
}
