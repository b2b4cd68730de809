// Ctrl-C as a function call.
#ifndef CLIENTS_PCCTL_SIGNAL_INTERRUPT_GUARD_H_
#define CLIENTS_PCCTL_SIGNAL_INTERRUPT_GUARD_H_

#include <signal.h>

#include <functional>
#include <thread>

#include "clients/pcctl/environment.h"

namespace pcd::pcctl {

// Takes SIGINT while it lives: the first one calls the function, a second one ends the process as
// it does by default. The signal's handler only writes to a pipe; a thread reads it.
// Threading: made and destroyed on one thread; at most one lives at a time.
class SignalInterruptGuard : public InterruptGuard {
 public:
  explicit SignalInterruptGuard(std::function<void()> on_interrupt);
  ~SignalInterruptGuard() override;
  SignalInterruptGuard(const SignalInterruptGuard&) = delete;
  SignalInterruptGuard& operator=(const SignalInterruptGuard&) = delete;

 private:
  int read_end_ = -1;
  struct sigaction previous_ = {};
  std::thread thread_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_SIGNAL_INTERRUPT_GUARD_H_
