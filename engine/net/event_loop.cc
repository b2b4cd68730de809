#include "engine/net/event_loop.h"

#include <pthread.h>
#include <time.h>

#include <chrono>
#include <utility>

#include "engine/base/status.h"
#include "engine/net/udp_scratch.h"
#include "engine/net/udp_socket.h"

namespace pcd::net {
namespace {

Timestamp MonotonicTime() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return Timestamp(std::chrono::duration_cast<Duration>(since_boot));
}

int64_t SystemUnixMicros() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Duration>(since_epoch).count();
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create(EventLoopOptions options) {
  PCD_ASSIGN_OR_RETURN(Poller poller, Poller::Create());
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(options), std::move(poller)));
}

EventLoop::EventLoop(EventLoopOptions options, Poller poller)
    : options_(std::move(options)),
      owner_(std::this_thread::get_id()),
      packets_(options_.max_idle_packets),
      udp_scratch_(std::make_unique<UdpScratch>(packets_)),
      poller_(std::move(poller)) {
  ReadClock();
}

EventLoop::~EventLoop() {
  Stop();
  tasks_.Close();  // Of a loop that never ran.
}

absl::Status EventLoop::Start() {
  if (started_) return InvalidState("the event loop was started already");
  started_ = true;
  // Before the thread exists, so that it never sees another owner.
  owner_.store(std::thread::id());
  thread_ = std::thread([this] {
    owner_.store(std::this_thread::get_id());
    Run();
  });
  return absl::OkStatus();
}

void EventLoop::Stop() {
  if (!started_ || stopped_) return;
  stopped_ = true;
  stopping_.store(true);
  poller_.Wake();
  thread_.join();
  owner_.store(std::this_thread::get_id());
}

void EventLoop::Post(Task task) {
  if (!tasks_.Push(std::move(task))) return;
  // The loop looks at its queue before it waits; only others must wake it.
  if (std::this_thread::get_id() == owner_.load(std::memory_order_relaxed)) return;
  wakeups_.fetch_add(1, std::memory_order_relaxed);
  poller_.Wake();
}

bool EventLoop::IsCurrent() const { return std::this_thread::get_id() == owner_.load(); }

int64_t EventLoop::UnixMicros() const {
  // The one reading that other threads may ask for, too: what a turn remembers is the loop's.
  if (!IsCurrent()) return SystemUnixMicros();
  if (!unix_offset_known_) {
    unix_offset_ = SystemUnixMicros() - MonotonicTime().time_since_epoch().count();
    unix_offset_known_ = true;
  }
  return now_.time_since_epoch().count() + unix_offset_;
}

Duration EventLoop::ProcessorTime() const {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(used.tv_sec) +
                                              std::chrono::nanoseconds(used.tv_nsec));
}

std::unique_ptr<Timer> EventLoop::CreateTimer(Task callback) {
  return timers_.Create(std::move(callback));
}

absl::StatusOr<std::unique_ptr<DatagramSocket>> EventLoop::OpenDatagramSocket(
    const DatagramSocketOptions& options) {
  PCD_ASSIGN_OR_RETURN(std::unique_ptr<UdpSocket> socket,
                       UdpSocket::Open({this, &flushes_, udp_scratch_.get()}, options));
  return socket;
}

absl::Status EventLoop::WatchFd(int fd, FdHandler* handler) { return poller_.Watch(fd, handler); }
void EventLoop::UnwatchFd(int fd) { poller_.Unwatch(fd); }
void EventLoop::WatchWritable(int fd, bool on) { poller_.WatchWritable(fd, on); }

void EventLoop::RequestEndOfTurn(EndOfTurnHandler* handler) { end_of_turn_.Request(handler); }
void EventLoop::CancelEndOfTurn(EndOfTurnHandler* handler) { end_of_turn_.Cancel(handler); }

EventLoop::Counters EventLoop::counters() const {
  Counters counters = counters_;
  counters.wakeups = wakeups_.load(std::memory_order_relaxed);
  return counters;
}

void EventLoop::ReadClock() {
  now_ = MonotonicTime();
  unix_offset_known_ = false;
}

Duration EventLoop::WaitTime() const {
  if (!tasks_.empty() || !end_of_turn_.empty() || !flushes_.empty()) return Duration::zero();
  const Timestamp deadline = timers_.NextDeadline();
  if (deadline == kNever) return Duration(-1);
  // Now() is as old as the last turn's beginning: the wait starts from the true time.
  const Timestamp now = MonotonicTime();
  return deadline <= now ? Duration::zero() : deadline - now;
}

void EventLoop::Run() {
  pthread_setname_np(pthread_self(), options_.name.substr(0, 15).c_str());
  while (!stopping_.load(std::memory_order_relaxed)) Turn();
  tasks_.Close();
  running_.clear();
}

void EventLoop::Turn() {
  poller_.Wait(WaitTime());
  ReadClock();
  ++counters_.turns;
  counters_.timers += timers_.RunDue(now_);
  counters_.events += poller_.Dispatch();
  tasks_.Take(running_);
  for (Task& task : running_) task();
  counters_.tasks += running_.size();
  running_.clear();
  end_of_turn_.Run(kMaxEndOfTurnRounds);
  flushes_.FlushAll();
}

}  // namespace pcd::net
