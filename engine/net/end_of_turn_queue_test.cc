#include "engine/net/end_of_turn_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace pcd::net {
namespace {

using ::testing::ElementsAre;

class Recorder : public EndOfTurnHandler {
 public:
  Recorder(std::vector<std::string>& log, std::string name, std::function<void()> then = {})
      : log_(log), name_(std::move(name)), then_(std::move(then)) {}
  void OnEndOfTurn() override {
    log_.push_back(name_);
    if (then_) then_();
  }

 private:
  std::vector<std::string>& log_;
  std::string name_;
  std::function<void()> then_;
};

class EndOfTurnQueueTest : public ::testing::Test {
 protected:
  EndOfTurnQueue queue_;
  std::vector<std::string> log_;
};

TEST_F(EndOfTurnQueueTest, CallsEachOnceInTheOrderOfRequests) {
  Recorder a(log_, "a"), b(log_, "b");
  queue_.Request(&b);
  queue_.Request(&a);
  queue_.Request(&b);
  queue_.Run(4);
  EXPECT_THAT(log_, ElementsAre("b", "a"));
  EXPECT_TRUE(queue_.empty());
  queue_.Run(4);
  EXPECT_EQ(log_.size(), 2u);
}

TEST_F(EndOfTurnQueueTest, RequestsOfHandlersRunInAFurtherRound) {
  Recorder c(log_, "c");
  Recorder a(log_, "a", [&] { queue_.Request(&c); });
  Recorder b(log_, "b");
  queue_.Request(&a);
  queue_.Request(&b);
  queue_.Run(4);
  EXPECT_THAT(log_, ElementsAre("a", "b", "c"));
}

TEST_F(EndOfTurnQueueTest, AHandlerThatAlwaysAsksAgainIsBounded) {
  Recorder* self = nullptr;
  Recorder greedy(log_, "greedy", [&] { queue_.Request(self); });
  self = &greedy;
  queue_.Request(&greedy);
  queue_.Run(3);
  EXPECT_EQ(log_.size(), 3u);
  EXPECT_FALSE(queue_.empty());
  queue_.Run(2);
  EXPECT_EQ(log_.size(), 5u);
  queue_.Cancel(&greedy);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(EndOfTurnQueueTest, CancelForgetsTheHandlerEvenWithinTheRound) {
  Recorder b(log_, "b"), c(log_, "c");
  Recorder a(log_, "a", [&] { queue_.Cancel(&b); });
  queue_.Request(&a);
  queue_.Request(&b);
  queue_.Request(&c);
  queue_.Run(4);
  EXPECT_THAT(log_, ElementsAre("a", "c"));
}

TEST_F(EndOfTurnQueueTest, ACancelledHandlerMayAskAgain) {
  Recorder a(log_, "a"), b(log_, "b");
  queue_.Request(&a);
  queue_.Request(&b);
  queue_.Cancel(&a);
  queue_.Request(&a);
  queue_.Run(4);
  EXPECT_THAT(log_, ElementsAre("b", "a"));
}

TEST_F(EndOfTurnQueueTest, WhatIsLeftOverKeepsItsPlaceAndCanBeCancelled) {
  Recorder c(log_, "c"), d(log_, "d");
  Recorder a(log_, "a", [&] {
    queue_.Request(&c);
    queue_.Request(&d);
  });
  queue_.Request(&a);
  queue_.Run(1);
  queue_.Request(&a);
  queue_.Cancel(&c);
  queue_.Run(1);
  EXPECT_THAT(log_, ElementsAre("a", "d", "a"));
}

TEST_F(EndOfTurnQueueTest, CancellingAStrangerIsHarmless) {
  Recorder a(log_, "a");
  queue_.Cancel(&a);
  queue_.Run(1);
  EXPECT_TRUE(log_.empty());
}

}  // namespace
}  // namespace pcd::net
