#include "engine/net/poller.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "engine/base/status.h"
#include "engine/net/system_error.h"

namespace pcd::net {
namespace {

uint64_t Tag(int fd, uint32_t generation) {
  return (uint64_t{generation} << 32) | static_cast<uint32_t>(fd);
}

int RoundUpToMillis(Duration timeout) {
  constexpr int64_t kLongest = 60'000;
  return static_cast<int>(std::min<int64_t>((timeout.count() + 999) / 1000, kLongest));
}

timespec ToTimespec(Duration timeout) {
  timespec spec{};
  spec.tv_sec = timeout.count() / 1'000'000;
  spec.tv_nsec = timeout.count() % 1'000'000 * 1000;
  return spec;
}

}  // namespace

absl::StatusOr<Poller> Poller::Create() {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return SystemError("epoll_create1", errno);
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return SystemError("eventfd", errno);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = Tag(wake.get(), 0);
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) {
    return SystemError("epoll_ctl", errno);
  }
  return Poller(std::move(epoll), std::move(wake));
}

Poller::Poller(UniqueFd epoll, UniqueFd wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

absl::Status Poller::Watch(int fd, FdHandler* handler) {
  if (fd < 0) return InvalidArgument("not a file descriptor");
  const size_t slot = static_cast<size_t>(fd);
  if (slot < watched_.size() && watched_[slot].handler != nullptr) {
    return InvalidState("the file descriptor is watched already");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = Tag(fd, next_generation_);
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return SystemError("epoll_ctl", errno);
  if (slot >= watched_.size()) watched_.resize(slot + 1);
  watched_[slot] = {handler, next_generation_};
  if (++next_generation_ == 0) next_generation_ = 1;
  return absl::OkStatus();
}

void Poller::Unwatch(int fd) {
  if (fd < 0 || static_cast<size_t>(fd) >= watched_.size()) return;
  Watched& watched = watched_[static_cast<size_t>(fd)];
  if (watched.handler == nullptr) return;
  watched.handler = nullptr;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Poller::WatchWritable(int fd, bool on) {
  if (fd < 0 || static_cast<size_t>(fd) >= watched_.size()) return;
  const Watched& watched = watched_[static_cast<size_t>(fd)];
  if (watched.handler == nullptr) return;
  epoll_event event{};
  event.events = uint32_t{EPOLLIN} | (on ? uint32_t{EPOLLOUT} : 0);
  event.data.u64 = Tag(fd, watched.generation);
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Poller::Wake() {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is awake anyway.
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof(one));
}

void Poller::Wait(Duration timeout) {
  ready_ = WaitOnce(timeout);
  // Interrupted by a signal: the turn goes on without events and waits again.
  if (ready_ < 0) ready_ = 0;
}

int Poller::WaitOnce(Duration timeout) {
  if (timeout <= Duration::zero()) {
    const int forever = timeout < Duration::zero() ? -1 : 0;
    return epoll_wait(epoll_.get(), events_.data(), kMaxEvents, forever);
  }
  if (has_pwait2_) {
    const timespec spec = ToTimespec(timeout);
    const int count = epoll_pwait2(epoll_.get(), events_.data(), kMaxEvents, &spec, nullptr);
    if (count >= 0 || errno == EINTR) return count;
    has_pwait2_ = false;  // An older kernel, or a sandbox that does not know the call.
  }
  return epoll_wait(epoll_.get(), events_.data(), kMaxEvents, RoundUpToMillis(timeout));
}

size_t Poller::Dispatch() {
  size_t called = 0;
  for (int i = 0; i < ready_; ++i) {
    const uint64_t tag = events_[static_cast<size_t>(i)].data.u64;
    const uint32_t generation = static_cast<uint32_t>(tag >> 32);
    const int fd = static_cast<int>(tag & 0xFFFFFFFF);
    if (generation == 0) {
      uint64_t count;
      [[maybe_unused]] const ssize_t size = read(wake_.get(), &count, sizeof(count));
      continue;
    }
    const uint32_t events = events_[static_cast<size_t>(i)].events;
    if ((events & ~uint32_t{EPOLLOUT}) != 0) {
      FdHandler* const handler = HandlerOf(fd, generation);
      if (handler == nullptr) continue;
      handler->OnReadable(fd);
      ++called;
    }
    // What was read may have ended the watch.
    FdHandler* const handler = (events & EPOLLOUT) != 0 ? HandlerOf(fd, generation) : nullptr;
    if (handler == nullptr) continue;
    handler->OnWritable(fd);
    ++called;
  }
  ready_ = 0;
  return called;
}

FdHandler* Poller::HandlerOf(int fd, uint32_t generation) const {
  const Watched& watched = watched_[static_cast<size_t>(fd)];
  return watched.generation == generation ? watched.handler : nullptr;
}

}  // namespace pcd::net
