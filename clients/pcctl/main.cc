// pcctl: peerconnectiond from the command line.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/pcctl/app.h"
#include "clients/pcctl/signal_interrupt_guard.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  pcd::pcctl::Environment environment{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .get_variable =
          [](const std::string& name) {
            const char* value = std::getenv(name.c_str());
            return std::string(value == nullptr ? "" : value);
          },
      .now = [] { return std::chrono::system_clock::now(); },
      .guard_interrupts =
          [](std::function<void()> on_interrupt) -> std::unique_ptr<pcd::pcctl::InterruptGuard> {
        return std::make_unique<pcd::pcctl::SignalInterruptGuard>(std::move(on_interrupt));
      },
      .input_is_terminal = isatty(STDIN_FILENO) == 1,
  };
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(pcd::pcctl::RunApp(arguments, environment));
}
