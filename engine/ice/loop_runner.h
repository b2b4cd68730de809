// Lets a test's thread work with what lives on a running event loop.
#ifndef ENGINE_ICE_LOOP_RUNNER_H_
#define ENGINE_ICE_LOOP_RUNNER_H_

#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "engine/net/event_loop.h"

namespace pcd::ice {

// Threading: the test's thread.
class LoopRunner {
 public:
  LoopRunner() : loop_(net::EventLoop::Create().value()) {
    if (!loop_->Start().ok()) std::abort();
  }

  net::EventLoop& loop() { return *loop_; }

  // Runs it on the loop and waits for its end.
  void Run(std::function<void()> work) {
    std::promise<void> done;
    loop_->Post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Asks on the loop every 2 ms; false when it did not come true in time.
  bool Await(std::function<bool()> condition,
             std::chrono::seconds limit = std::chrono::seconds(20)) {
    std::promise<bool> done;
    std::unique_ptr<net::Timer> timer;
    Timestamp end;
    Run([&] {
      end = loop_->Now() + limit;
      timer = loop_->CreateTimer([&] {
        const bool met = condition();
        if (met || loop_->Now() > end) {
          done.set_value(met);
        } else {
          timer->Set(loop_->Now() + std::chrono::milliseconds(2));
        }
      });
      timer->Set(loop_->Now());
    });
    const bool met = done.get_future().get();
    Run([&] { timer.reset(); });
    return met;
  }

 private:
  std::unique_ptr<net::EventLoop> loop_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_LOOP_RUNNER_H_
