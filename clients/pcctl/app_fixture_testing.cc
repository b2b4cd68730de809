#include "clients/pcctl/app_fixture_testing.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <sstream>
#include <utility>

#include "clients/pcctl/app.h"
#include "clients/pcctl/environment.h"

namespace pcd::pcctl {
namespace {

// What is called on an interrupt, by whatever thread the test has.
struct Interrupts {
  std::mutex mutex;
  // Null once nobody wants to know any more.
  std::function<void()> on_interrupt;
};

// As the guard of the process: its end waits for a call that goes on.
class FixtureGuard : public InterruptGuard {
 public:
  explicit FixtureGuard(std::shared_ptr<Interrupts> interrupts)
      : interrupts_(std::move(interrupts)) {}
  ~FixtureGuard() override {
    const std::lock_guard lock(interrupts_->mutex);
    interrupts_->on_interrupt = nullptr;
  }

 private:
  const std::shared_ptr<Interrupts> interrupts_;
};

}  // namespace

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
            const auto interrupts = std::make_shared<Interrupts>();
            interrupts->on_interrupt = std::move(on_interrupt);
            interrupt_ = [interrupts] {
              const std::lock_guard lock(interrupts->mutex);
              if (interrupts->on_interrupt) interrupts->on_interrupt();
            };
            return std::make_unique<FixtureGuard>(interrupts);
          },
      .input_is_terminal = input_is_terminal_,
  };
  const ExitCode code = RunApp(arguments, environment);
  return {.code = static_cast<int>(code), .out = out.str(), .err = err.str()};
}

}  // namespace pcd::pcctl
