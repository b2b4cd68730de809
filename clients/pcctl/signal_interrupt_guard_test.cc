#include "clients/pcctl/signal_interrupt_guard.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <future>

namespace pcd::pcctl {
namespace {

bool HasDefaultAction() {
  struct sigaction action = {};
  sigaction(SIGINT, nullptr, &action);
  return action.sa_handler == SIG_DFL;
}

TEST(SignalInterruptGuardTest, CallsTheFunctionOnceInterrupted) {
  std::promise<void> interrupted;
  {
    SignalInterruptGuard guard([&] { interrupted.set_value(); });
    EXPECT_FALSE(HasDefaultAction());
    raise(SIGINT);
    interrupted.get_future().wait();
    EXPECT_TRUE(HasDefaultAction()) << "a second Ctrl-C must end the process";
  }
  EXPECT_TRUE(HasDefaultAction());
}

TEST(SignalInterruptGuardTest, EndsWithoutAnInterrupt) {
  bool called = false;
  {
    SignalInterruptGuard guard([&] { called = true; });
  }
  EXPECT_FALSE(called);
  EXPECT_TRUE(HasDefaultAction());
}

TEST(SignalInterruptGuardTest, CanBeMadeAgain) {
  for (int i = 0; i < 3; ++i) {
    std::promise<void> interrupted;
    SignalInterruptGuard guard([&] { interrupted.set_value(); });
    raise(SIGINT);
    interrupted.get_future().wait();
  }
}

}  // namespace
}  // namespace pcd::pcctl
