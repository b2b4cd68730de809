#include "engine/testing/sim_loop.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/testing/sim_socket.h"

namespace pcd::testing {
namespace {

constexpr int kMaxEndOfTurnRounds = 16;  // As EventLoop.

IpAddress AddressOf(size_t number) {
  const size_t host = number + 1;
  return IpAddress::V4({10, 0, static_cast<uint8_t>(host / 256), static_cast<uint8_t>(host % 256)});
}

}  // namespace

SimLoop::SimLoop(SimNetwork& network)
    : network_(network),
      number_(network.AddLoop(this)),
      address_(AddressOf(number_)),
      random_(network.seed() * 1'000'003 + number_) {}

SimLoop::~SimLoop() {
  Stop();
  network_.RemoveLoop(this);
}

void SimLoop::Stop() {
  stopped_ = true;
  // A dying task may post: Post destroys that at once now.
  std::vector<net::Task> rest;
  rest.swap(tasks_);
}

void SimLoop::Post(net::Task task) {
  if (!stopped_) tasks_.push_back(std::move(task));
}

bool SimLoop::IsCurrent() const { return network_.OnTestThread(); }

std::unique_ptr<net::Timer> SimLoop::CreateTimer(net::Task callback) {
  return timers_.Create(std::move(callback));
}

absl::StatusOr<std::unique_ptr<net::DatagramSocket>> SimLoop::OpenDatagramSocket(
    const net::DatagramSocketOptions& options) {
  SocketAddress local = options.local;
  if (local.ip.IsUnspecified()) local.ip = address_;
  if (local.port == 0) local.port = network_.FreePort(local.ip);
  if (local.port == 0 || network_.IsBound(local)) {
    return InvalidArgument("bind " + local.ToString() + ": the address is in use");
  }
  auto socket = std::make_unique<SimSocket>(*this, local, options);
  network_.Bind(local, socket.get());
  return socket;
}

absl::Status SimLoop::WatchFd(int, net::FdHandler*) {
  return MakeError(absl::StatusCode::kUnimplemented, ErrorReason::NOT_IMPLEMENTED,
                   "the simulated loop has no file descriptors");
}

void SimLoop::UnwatchFd(int) {}
void SimLoop::WatchWritable(int, bool) {}

void SimLoop::RequestEndOfTurn(net::EndOfTurnHandler* handler) { end_of_turn_.Request(handler); }
void SimLoop::CancelEndOfTurn(net::EndOfTurnHandler* handler) { end_of_turn_.Cancel(handler); }

bool SimLoop::HasWork() const {
  if (stopped_) return false;
  return !tasks_.empty() || !readable_.empty() || !end_of_turn_.empty() || !flushes_.empty() ||
         timers_.NextDeadline() <= network_.Now();
}

void SimLoop::Turn() {
  timers_.RunDue(Now());
  DeliverDatagrams();
  running_.swap(tasks_);
  for (net::Task& task : running_) task();
  running_.clear();
  end_of_turn_.Run(kMaxEndOfTurnRounds);
  flushes_.FlushAll();
}

void SimLoop::DeliverDatagrams() {
  // A socket with more than a batch is appended again, for the next turn.
  const size_t count = readable_.size();
  for (size_t i = 0; i < count; ++i) {
    if (SimSocket* socket = std::exchange(readable_[i], nullptr)) socket->Deliver();
  }
  readable_.erase(readable_.begin(), readable_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace pcd::testing
