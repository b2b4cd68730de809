#include "clients/pcctl/app_fixture_testing.h"

#include <chrono>
#include <memory>
#include <sstream>
#include <utility>

#include "clients/pcctl/app.h"
#include "clients/pcctl/environment.h"

namespace pcd::pcctl {

RunResult AppFixture::Run(const std::vector<std::string>& arguments) {
  std::istringstream in(input_);
  std::ostringstream out;
  std::ostringstream err;
  Environment environment{
      .in = in,
      .out = out,
      .err = err,
      .get_variable =
          [this](const std::string& name) {
            const auto variable = variables_.find(name);
            return variable == variables_.end() ? std::string() : variable->second;
          },
      .now = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(kNow)); },
      .guard_interrupts =
          [this](std::function<void()> on_interrupt) {
            interrupt_ = std::move(on_interrupt);
            return std::make_unique<InterruptGuard>();
          },
      .input_is_terminal = input_is_terminal_,
  };
  const ExitCode code = RunApp(arguments, environment);
  return {.code = static_cast<int>(code), .out = out.str(), .err = err.str()};
}

}  // namespace pcd::pcctl
