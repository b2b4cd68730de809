#include "clients/pcctl/signal_interrupt_guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace pcd::pcctl {
namespace {

constexpr char kInterrupted = 'i';
constexpr char kDone = 'd';

// For the handler, which gets no argument. -1: no guard lives.
std::atomic<int> g_write_end = -1;

void Write(char what) {
  const int saved_errno = errno;
  // A pipe that is new takes a byte; if it did not, Ctrl-C would merely go unnoticed.
  [[maybe_unused]] const ssize_t written = write(g_write_end, &what, 1);
  errno = saved_errno;
}

void OnSignal(int) { Write(kInterrupted); }

}  // namespace

SignalInterruptGuard::SignalInterruptGuard(std::function<void()> on_interrupt) {
  int ends[2];
  // Without descriptors Ctrl-C keeps its default: the process ends.
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  read_end_ = ends[0];
  g_write_end = ends[1];
  thread_ = std::thread([fd = read_end_, on_interrupt = std::move(on_interrupt)] {
    char what = 0;
    while (true) {
      const ssize_t count = read(fd, &what, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count != 1 || what == kDone) return;
      on_interrupt();
    }
  });
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  // By SA_RESETHAND the next signal finds the default.
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  sigaction(SIGINT, &action, &previous_);
}

SignalInterruptGuard::~SignalInterruptGuard() {
  if (read_end_ < 0) return;
  sigaction(SIGINT, &previous_, nullptr);
  Write(kDone);
  thread_.join();
  close(g_write_end.exchange(-1));
  close(read_end_);
}

}  // namespace pcd::pcctl
