// Everything that pcctl takes from its process, so that tests can put something else there.
#ifndef CLIENTS_PCCTL_ENVIRONMENT_H_
#define CLIENTS_PCCTL_ENVIRONMENT_H_

#include <chrono>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

namespace pcd::pcctl {

// While it lives, an interrupt (Ctrl-C) calls the function it was made with, on another thread.
class InterruptGuard {
 public:
  virtual ~InterruptGuard() = default;
};

struct Environment {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  // Value of an environment variable; empty if it is not set.
  std::function<std::string(const std::string& name)> get_variable;
  std::function<std::chrono::system_clock::time_point()> now;
  std::function<std::unique_ptr<InterruptGuard>(std::function<void()> on_interrupt)>
      guard_interrupts;
  // Whether a person types the input, who wants to be asked for it.
  bool input_is_terminal = false;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_ENVIRONMENT_H_
