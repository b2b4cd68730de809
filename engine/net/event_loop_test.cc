#include "engine/net/event_loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/net/unique_fd.h"
#include "engine/testing/status_matchers.h"

namespace pcd::net {
namespace {

using ::pcd::testing::HasReason;
using ::pcd::testing::IsOk;
using ::testing::Each;
using ::testing::ElementsAre;

class EventLoopTest : public ::testing::Test {
 protected:
  EventLoopTest() : loop_(std::move(*EventLoop::Create({.name = "test"}))) {}

  // Runs `work` on the loop and waits for it, which only tests may do.
  void RunOnLoop(std::function<void()> work) {
    std::promise<void> done;
    loop_->Post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::unique_ptr<EventLoop> loop_;
};

class Pipe {
 public:
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) std::abort();
    read_ = UniqueFd(ends[0]);
    write_ = UniqueFd(ends[1]);
  }
  int read_end() const { return read_.get(); }
  int write_end() const { return write_.get(); }
  void Write(size_t count = 1) const {
    const std::string bytes(count, 'x');
    ASSERT_EQ(write(write_.get(), bytes.data(), count), static_cast<ssize_t>(count));
  }

 private:
  UniqueFd read_, write_;
};

class FdRecorder : public FdHandler {
 public:
  explicit FdRecorder(std::function<void(int)> then = {}) : then_(std::move(then)) {}
  void OnReadable(int fd) override {
    char byte;
    if (read(fd, &byte, 1) == 1) ++reads;
    if (then_) then_(fd);
  }
  int reads = 0;

 private:
  std::function<void(int)> then_;
};

class EndOfTurnRecorder : public EndOfTurnHandler {
 public:
  explicit EndOfTurnRecorder(std::function<void()> then) : then_(std::move(then)) {}
  void OnEndOfTurn() override { then_(); }

 private:
  std::function<void()> then_;
};

TEST_F(EventLoopTest, ProcessorTimeIsThatOfWorkNotOfWaiting) {
  std::promise<Duration> waited;
  std::unique_ptr<Timer> timer;
  Duration before{};
  timer = loop_->CreateTimer([&] { waited.set_value(loop_->ProcessorTime() - before); });
  ASSERT_THAT(loop_->Start(), IsOk());
  const Duration pause = std::chrono::milliseconds(200);
  RunOnLoop([&] {
    before = loop_->ProcessorTime();
    timer->Set(loop_->Now() + pause);
  });
  EXPECT_LT(waited.get_future().get(), pause / 4);
  RunOnLoop([&] {
    // Ends because work counts.
    const Duration end = loop_->ProcessorTime() + std::chrono::milliseconds(2);
    while (loop_->ProcessorTime() < end) continue;
    timer.reset();
  });
}

TEST_F(EventLoopTest, RunsTasksInTheOrderOfPosting) {
  ASSERT_THAT(loop_->Start(), IsOk());
  std::vector<int> ran;
  for (int i = 0; i < 100; ++i) loop_->Post([&ran, i] { ran.push_back(i); });
  RunOnLoop([] {});
  ASSERT_EQ(ran.size(), 100u);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST_F(EventLoopTest, TasksPostedBeforeStartRunFirst) {
  std::vector<int> ran;
  loop_->Post([&] { ran.push_back(1); });
  ASSERT_THAT(loop_->Start(), IsOk());
  RunOnLoop([&] { ran.push_back(2); });
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST_F(EventLoopTest, KeepsTheOrderOfEachOfManyPostingThreads) {
  constexpr int kThreads = 8, kPosts = 2000;
  ASSERT_THAT(loop_->Start(), IsOk());
  std::vector<std::vector<int>> ran(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, &ran, t] {
      for (int i = 0; i < kPosts; ++i) {
        loop_->Post([&ran, t, i] { ran[static_cast<size_t>(t)].push_back(i); });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  RunOnLoop([] {});
  for (const auto& of_thread : ran) {
    ASSERT_EQ(of_thread.size(), size_t{kPosts});
    EXPECT_TRUE(std::is_sorted(of_thread.begin(), of_thread.end()));
  }
}

TEST_F(EventLoopTest, ABurstOfPostsWakesTheLoopOnce) {
  ASSERT_THAT(loop_->Start(), IsOk());
  std::promise<void> blocked, go_on;
  loop_->Post([&] {
    blocked.set_value();
    go_on.get_future().wait();
  });
  blocked.get_future().wait();
  int ran = 0;
  for (int i = 0; i < 1000; ++i) loop_->Post([&ran] { ++ran; });
  EventLoop::Counters counters;
  std::promise<void> done;
  loop_->Post([&] {
    // Posted from the loop itself, this costs no wake-up.
    loop_->Post([&] {
      counters = loop_->counters();
      done.set_value();
    });
  });
  go_on.set_value();
  done.get_future().wait();
  EXPECT_EQ(ran, 1000);
  EXPECT_EQ(counters.wakeups, 2u);  // The blocking task, then the burst.
  EXPECT_EQ(counters.tasks, 1002u);
}

TEST_F(EventLoopTest, ATaskPostedByATaskRunsInALaterTurn) {
  ASSERT_THAT(loop_->Start(), IsOk());
  uint64_t first = 0, second = 0;
  std::promise<void> done;
  loop_->Post([&] {
    first = loop_->counters().turns;
    loop_->Post([&] {
      second = loop_->counters().turns;
      done.set_value();
    });
  });
  done.get_future().wait();
  EXPECT_EQ(second, first + 1);
}

TEST_F(EventLoopTest, KnowsItsOwner) {
  EXPECT_TRUE(loop_->IsCurrent());  // Nobody runs it yet.
  ASSERT_THAT(loop_->Start(), IsOk());
  EXPECT_FALSE(loop_->IsCurrent());
  bool inside = false;
  RunOnLoop([&] { inside = loop_->IsCurrent(); });
  EXPECT_TRUE(inside);
  loop_->Stop();
  EXPECT_TRUE(loop_->IsCurrent());
}

TEST_F(EventLoopTest, StartsOnlyOnce) {
  ASSERT_THAT(loop_->Start(), IsOk());
  EXPECT_THAT(loop_->Start(), HasReason(ErrorReason::INVALID_STATE));
  loop_->Stop();
  loop_->Stop();
  EXPECT_THAT(loop_->Start(), HasReason(ErrorReason::INVALID_STATE));
}

// Tells when and where it is destroyed.
struct Tracker {
  explicit Tracker(std::function<void()> died) : died(std::move(died)) {}
  ~Tracker() { died(); }
  std::function<void()> died;
};

TEST_F(EventLoopTest, StopDestroysPendingTasksOnTheLoopWithoutRunningThem) {
  ASSERT_THAT(loop_->Start(), IsOk());
  int ran = 0, died = 0, died_elsewhere = 0;
  // Each run posts the next, so that one is always pending when Stop comes.
  std::function<void()> post_next = [&] {
    auto tracker = std::make_unique<Tracker>([&] {
      ++died;
      if (!loop_->IsCurrent()) ++died_elsewhere;
    });
    loop_->Post([&, tracker = std::move(tracker)] {
      ++ran;
      post_next();
    });
  };
  RunOnLoop(post_next);
  RunOnLoop([] {});
  loop_->Stop();
  EXPECT_GT(ran, 0);
  EXPECT_EQ(died, ran + 1);
  EXPECT_EQ(died_elsewhere, 0);
}

TEST_F(EventLoopTest, ADyingTaskMayPost) {
  bool second_died = false;
  EventLoop* loop = loop_.get();
  auto second = std::make_unique<Tracker>([&] { second_died = true; });
  auto first = std::make_unique<Tracker>(
      [&] { loop->Post([second = std::move(second)] { FAIL() << "ran after Stop"; }); });
  loop_->Post([first = std::move(first)] { FAIL() << "ran without a thread"; });
  loop_.reset();
  EXPECT_TRUE(second_died);
}

TEST_F(EventLoopTest, PostAfterStopDestroysTheTaskAtOnce) {
  ASSERT_THAT(loop_->Start(), IsOk());
  loop_->Stop();
  bool died = false;
  auto tracker = std::make_unique<Tracker>([&] { died = true; });
  loop_->Post([tracker = std::move(tracker)] { FAIL() << "ran after Stop"; });
  EXPECT_TRUE(died);
}

TEST_F(EventLoopTest, ALoopThatNeverStartedDestroysItsTasks) {
  bool died = false;
  auto tracker = std::make_unique<Tracker>([&] { died = true; });
  loop_->Post([tracker = std::move(tracker)] { FAIL() << "ran without a thread"; });
  loop_.reset();
  EXPECT_TRUE(died);
}

TEST_F(EventLoopTest, ATimerNeverRunsEarlyAndTheClockStandsWithinATurn) {
  ASSERT_THAT(loop_->Start(), IsOk());
  std::promise<std::pair<Timestamp, Timestamp>> fired;
  Timestamp deadline;
  std::unique_ptr<Timer> timer;
  RunOnLoop([&] {
    timer = loop_->CreateTimer([&] {
      const Timestamp before = loop_->Now();
      std::this_thread::yield();
      fired.set_value({before, loop_->Now()});
    });
    deadline = loop_->Now() + Duration(2500);
    timer->Set(deadline);
  });
  const auto [before, after] = fired.get_future().get();
  EXPECT_GE(before, deadline);
  EXPECT_EQ(before, after);
  RunOnLoop([&] { timer.reset(); });
}

TEST_F(EventLoopTest, ATimerMayBeSetAndStoppedInCallbacks) {
  ASSERT_THAT(loop_->Start(), IsOk());
  std::promise<void> done;
  int runs = 0;
  std::unique_ptr<Timer> repeated, cancelled;
  RunOnLoop([&] {
    cancelled = loop_->CreateTimer([] { FAIL() << "was stopped by the other"; });
    repeated = loop_->CreateTimer([&] {
      cancelled->Set(kNever);
      if (++runs < 5) return repeated->Set(loop_->Now());
      repeated.reset();
      done.set_value();
    });
    repeated->Set(loop_->Now());
    cancelled->Set(loop_->Now() + Duration(1));
  });
  done.get_future().wait();
  EXPECT_EQ(runs, 5);
  RunOnLoop([&] { cancelled.reset(); });
}

TEST_F(EventLoopTest, UnixTimeFollowsTheTurnsClock) {
  ASSERT_THAT(loop_->Start(), IsOk());
  int64_t first = 0, second = 0;
  RunOnLoop([&] {
    first = loop_->UnixMicros();
    second = loop_->UnixMicros();
  });
  EXPECT_EQ(first, second);
  EXPECT_GT(first, int64_t{1'700'000'000} * 1'000'000);
}

TEST_F(EventLoopTest, OtherThreadsMayAskForTheUnixTimeWhileTheLoopTurns) {
  ASSERT_THAT(loop_->Start(), IsOk());
  for (int i = 0; i < 100; ++i) {
    int64_t there = 0;
    loop_->Post([this] { static_cast<void>(loop_->UnixMicros()); });
    const int64_t here = loop_->UnixMicros();
    RunOnLoop([&] { there = loop_->UnixMicros(); });
    EXPECT_GT(here, int64_t{1'700'000'000} * 1'000'000);
    EXPECT_GT(there, int64_t{1'700'000'000} * 1'000'000);
  }
}

TEST_F(EventLoopTest, AReadableDescriptorIsServedUntilItIsEmpty) {
  Pipe pipe;
  pipe.Write(3);
  std::promise<void> done;
  FdRecorder* self = nullptr;
  FdRecorder recorder([&](int) {
    if (self->reads == 3) done.set_value();
  });
  self = &recorder;
  ASSERT_THAT(loop_->WatchFd(pipe.read_end(), &recorder), IsOk());
  ASSERT_THAT(loop_->Start(), IsOk());
  done.get_future().wait();
  RunOnLoop([&] { loop_->UnwatchFd(pipe.read_end()); });
  EXPECT_EQ(recorder.reads, 3);
}

TEST_F(EventLoopTest, RefusesToWatchADescriptorTwiceOrABadOne) {
  Pipe pipe;
  FdRecorder recorder;
  ASSERT_THAT(loop_->WatchFd(pipe.read_end(), &recorder), IsOk());
  EXPECT_THAT(loop_->WatchFd(pipe.read_end(), &recorder), HasReason(ErrorReason::INVALID_STATE));
  loop_->UnwatchFd(pipe.read_end());
  EXPECT_THAT(loop_->WatchFd(pipe.read_end(), &recorder), IsOk());
  loop_->UnwatchFd(pipe.read_end());
  EXPECT_THAT(loop_->WatchFd(-1, &recorder), HasReason(ErrorReason::INVALID_ARGUMENT));
  loop_->UnwatchFd(-1);
  loop_->UnwatchFd(123456);
}

TEST_F(EventLoopTest, AHandlerMayUnwatchAndDestroyOthersThatAreReadyInTheSameTurn) {
  Pipe pipes[2];
  std::unique_ptr<FdRecorder> handlers[2];
  int calls = 0;
  for (size_t i = 0; i < 2; ++i) {
    pipes[i].Write();
    // Whoever comes first removes both, itself too.
    handlers[i] = std::make_unique<FdRecorder>([&, i](int) {
      ++calls;
      for (auto& pipe : pipes) loop_->UnwatchFd(pipe.read_end());
      loop_->Post([&] { handlers[0].reset(); });
      handlers[1 - i].reset();
    });
    ASSERT_THAT(loop_->WatchFd(pipes[i].read_end(), handlers[i].get()), IsOk());
  }
  ASSERT_THAT(loop_->Start(), IsOk());
  while (true) {
    int seen = 0;
    RunOnLoop([&] { seen = calls; });
    if (seen > 0) break;
  }
  RunOnLoop([] {});
  loop_->Stop();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, AnEventOfAClosedDescriptorDoesNotReachItsSuccessor) {
  auto first = std::make_unique<Pipe>();
  auto second = std::make_unique<Pipe>();
  std::unique_ptr<Pipe> successor;
  FdRecorder of_successor;
  int calls = 0;
  const auto replace = [&](int fd) {
    ++calls;
    // The other pipe is ready too; close it and let a quiet one take its number.
    auto& other = fd == first->read_end() ? second : first;
    const int number = other->read_end();
    loop_->UnwatchFd(number);
    other.reset();
    successor = std::make_unique<Pipe>();
    ASSERT_EQ(successor->read_end(), number);
    ASSERT_THAT(loop_->WatchFd(number, &of_successor), IsOk());
  };
  FdRecorder handler(replace);
  first->Write();
  second->Write();
  ASSERT_THAT(loop_->WatchFd(first->read_end(), &handler), IsOk());
  ASSERT_THAT(loop_->WatchFd(second->read_end(), &handler), IsOk());
  bool was_called = false;
  ASSERT_THAT(loop_->Start(), IsOk());
  RunOnLoop([&] { was_called = calls == 1; });
  RunOnLoop([&] {
    EXPECT_TRUE(was_called);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(of_successor.reads, 0);
    successor->Write();
  });
  int reads = 0;
  while (reads == 0) RunOnLoop([&] { reads = of_successor.reads; });
  loop_->Stop();
  for (Pipe* pipe : {first.get(), second.get(), successor.get()}) {
    if (pipe != nullptr) loop_->UnwatchFd(pipe->read_end());
  }
}

// Counts both, in the order in which they came.
class ReadyRecorder : public FdHandler {
 public:
  void OnReadable(int fd) override {
    calls += 'r';
    if (then) then(fd);
  }
  void OnWritable(int fd) override {
    calls += 'w';
    if (then) then(fd);
  }
  std::string calls;
  std::function<void(int)> then;
};

TEST_F(EventLoopTest, ADescriptorIsToldThatItIsWritableWhileThatIsAskedFor) {
  Pipe pipe;
  ReadyRecorder recorder;
  std::promise<void> done;
  recorder.then = [&](int fd) {
    if (recorder.calls.size() < 3) return;
    loop_->WatchWritable(fd, false);
    done.set_value();
  };
  const int fd = pipe.write_end();
  ASSERT_THAT(loop_->WatchFd(fd, &recorder), IsOk());
  ASSERT_THAT(loop_->Start(), IsOk());
  RunOnLoop([] {});
  RunOnLoop([&] {
    EXPECT_EQ(recorder.calls, "");
    loop_->WatchWritable(fd, true);
  });
  done.get_future().wait();
  RunOnLoop([] {});
  RunOnLoop([&] {
    EXPECT_EQ(recorder.calls, "www");
    loop_->UnwatchFd(fd);
  });
}

TEST_F(EventLoopTest, WhatIsReadFirstMayEndTheWatch) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd left(ends[0]), right(ends[1]);
  ASSERT_EQ(write(right.get(), "x", 1), 1);
  ReadyRecorder recorder;
  std::promise<void> done;
  // Ready for both in one turn: once with the end of the watch in between, once without.
  recorder.then = [&](int fd) {
    if (recorder.calls == "r") {
      loop_->UnwatchFd(fd);
      loop_->Post([&, fd] {
        EXPECT_EQ(recorder.calls, "r");
        EXPECT_THAT(loop_->WatchFd(fd, &recorder), IsOk());
        loop_->WatchWritable(fd, true);
      });
    } else if (recorder.calls == "rrw") {
      loop_->UnwatchFd(fd);
      done.set_value();
    }
  };
  ASSERT_THAT(loop_->WatchFd(left.get(), &recorder), IsOk());
  loop_->WatchWritable(left.get(), true);
  ASSERT_THAT(loop_->Start(), IsOk());
  done.get_future().wait();
  RunOnLoop([&] { EXPECT_EQ(recorder.calls, "rrw"); });
}

TEST_F(EventLoopTest, NobodyIsToldThatWhatIsNotWatchedIsWritable) {
  Pipe pipe;
  loop_->WatchWritable(pipe.write_end(), true);
  loop_->WatchWritable(-1, true);
  loop_->WatchWritable(123456, true);
  ReadyRecorder recorder;
  ASSERT_THAT(loop_->WatchFd(pipe.write_end(), &recorder), IsOk());
  loop_->WatchWritable(pipe.write_end(), true);
  loop_->UnwatchFd(pipe.write_end());
  loop_->WatchWritable(pipe.write_end(), true);
  ASSERT_THAT(loop_->Start(), IsOk());
  RunOnLoop([] {});
  RunOnLoop([] {});
  EXPECT_EQ(recorder.calls, "");
}

TEST_F(EventLoopTest, EndOfTurnComesAfterAllEventsAndTasksOfTheTurn) {
  Pipe pipe;
  pipe.Write();
  std::vector<std::string> log;
  std::promise<void> done;
  EndOfTurnRecorder end([&] {
    log.push_back("end");
    done.set_value();
  });
  FdRecorder recorder([&](int) {
    log.push_back("event");
    loop_->RequestEndOfTurn(&end);
  });
  const auto timer = loop_->CreateTimer([&] {
    log.push_back("timer");
    loop_->RequestEndOfTurn(&end);
  });
  timer->Set(loop_->Now());
  ASSERT_THAT(loop_->WatchFd(pipe.read_end(), &recorder), IsOk());
  loop_->Post([&] {
    log.push_back("task");
    loop_->RequestEndOfTurn(&end);
  });
  ASSERT_THAT(loop_->Start(), IsOk());
  done.get_future().wait();
  loop_->Stop();
  loop_->UnwatchFd(pipe.read_end());
  EXPECT_THAT(log, ElementsAre("timer", "event", "task", "end"));
}

TEST_F(EventLoopTest, EndOfTurnHandlersThatAskForeverDoNotHoldTheLoop) {
  ASSERT_THAT(loop_->Start(), IsOk());
  std::map<uint64_t, int> rounds_by_turn;
  std::unique_ptr<EndOfTurnRecorder> greedy;
  greedy = std::make_unique<EndOfTurnRecorder>([&] {
    ++rounds_by_turn[loop_->counters().turns];
    loop_->RequestEndOfTurn(greedy.get());
  });
  RunOnLoop([&] { loop_->RequestEndOfTurn(greedy.get()); });
  for (int i = 0; i < 10; ++i) RunOnLoop([] {});
  RunOnLoop([&] { loop_->CancelEndOfTurn(greedy.get()); });
  ASSERT_GE(rounds_by_turn.size(), 10u);
  std::set<int> rounds;
  for (const auto& [turn, count] : rounds_by_turn) rounds.insert(count);
  EXPECT_THAT(rounds, Each(EventLoop::kMaxEndOfTurnRounds));
}

TEST_F(EventLoopTest, AnIdleLoopTakesNoTurns) {
  ASSERT_THAT(loop_->Start(), IsOk());
  uint64_t before = 0, after = 0;
  RunOnLoop([&] { before = loop_->counters().turns; });
  RunOnLoop([&] { after = loop_->counters().turns; });
  // The second task's own turn, and one more if its wake-up came after its run.
  EXPECT_LE(after, before + 2);
}

TEST_F(EventLoopTest, CreateReportsThatDescriptorsHaveRunOut) {
  std::vector<UniqueFd> hoard;
  const int limit = 64;
  for (;;) {
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fd > limit) {
      if (fd >= 0) hoard.emplace_back(fd);
      break;
    }
    hoard.emplace_back(fd);
  }
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit low{.rlim_cur = limit, .rlim_max = old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  const auto refused = EventLoop::Create();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_THAT(refused, HasReason(ErrorReason::LIMIT_EXCEEDED));
}

}  // namespace
}  // namespace pcd::net
