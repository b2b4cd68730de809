#include "engine/testing/manual_loop.h"

#include <algorithm>
#include <utility>

#include "engine/net/udp_socket.h"

namespace pcd::testing {
namespace {

constexpr int kMaxEndOfTurnRounds = 16;  // As EventLoop.
constexpr Timestamp kBegin{std::chrono::hours(1)};
constexpr int64_t kUnixMicrosAtBegin = 1'700'000'000'000'000;
constexpr Duration kWait = std::chrono::milliseconds(1);
constexpr int kMaxWaits = 10'000;

}  // namespace

ManualLoop::ManualLoop()
    : now_(kBegin),
      random_(1),
      udp_scratch_(std::make_unique<net::UdpScratch>(packets_)),
      poller_(std::move(net::Poller::Create()).value()) {}

ManualLoop::~ManualLoop() = default;

void ManualLoop::TurnAfter(Duration wait) {
  poller_.Wait(wait);
  timers_.RunDue(now_);
  events_ = poller_.Dispatch();
  running_.swap(tasks_);
  for (net::Task& task : running_) task();
  running_.clear();
  end_of_turn_.Run(kMaxEndOfTurnRounds);
  flushes_.FlushAll();
}

bool ManualLoop::TurnUntil(const std::function<bool()>& done) {
  for (int waits = 0; waits < kMaxWaits; ++waits) {
    if (done()) return true;
    TurnAfter(tasks_.empty() ? kWait : Duration::zero());
  }
  return done();
}

void ManualLoop::Advance(Duration duration) {
  const Timestamp end = now_ + duration;
  while (timers_.NextDeadline() <= end) {
    now_ = std::max(now_, timers_.NextDeadline());
    Turn();
  }
  now_ = end;
  Turn();
}

int64_t ManualLoop::UnixMicros() const { return kUnixMicrosAtBegin + (now_ - kBegin).count(); }

std::unique_ptr<net::Timer> ManualLoop::CreateTimer(net::Task callback) {
  return timers_.Create(std::move(callback));
}

absl::StatusOr<std::unique_ptr<net::DatagramSocket>> ManualLoop::OpenDatagramSocket(
    const net::DatagramSocketOptions& options) {
  auto opened = net::UdpSocket::Open({this, &flushes_, udp_scratch_.get()}, options);
  if (!opened.ok()) return opened.status();
  return std::unique_ptr<net::DatagramSocket>(std::move(*opened));
}

absl::Status ManualLoop::WatchFd(int fd, net::FdHandler* handler) {
  return poller_.Watch(fd, handler);
}

}  // namespace pcd::testing
