#include "engine/host/order_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/host/call_order.h"

namespace pcd::host {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OrderGateTest : public ::testing::Test {
 protected:
  // Calls are named CALLER/NUMBER; `made` has them in the order in which they were due, with the
  // reason of those that were refused.
  void Call(const std::string& name, size_t bytes = 1) {
    gate_.HandleCall(
        *ParseCallOrder(name), bytes,
        [this, name](const absl::Status& status) {
          made_.push_back(status.ok()
                              ? name
                              : name + " " + std::string(ErrorReasonName(GetErrorReason(status))));
        },
        now_);
    Poll();
  }
  void Poll() {
    while (auto due = gate_.PollCall()) due->call(due->status);
  }
  void Advance(Duration time) {
    now_ += time;
    gate_.HandleTimeout(now_);
    Poll();
  }
  std::vector<std::string> Made() { return std::exchange(made_, {}); }

  OrderGate gate_{{.wait = 20s,
                   .max_callers = 2,
                   .max_waiting_of_caller = 3,
                   .max_waiting = 4,
                   .max_waiting_bytes = 100}};
  Timestamp now_{1h};
  std::vector<std::string> made_;
};

TEST_F(OrderGateTest, WhatComesInOrderDoesNotWait) {
  for (const char* name : {"a/0", "a/1", "a/2"}) Call(name);
  EXPECT_THAT(Made(), ElementsAre("a/0", "a/1", "a/2"));
  EXPECT_EQ(gate_.NextDeadline(), kNever);
}

TEST_F(OrderGateTest, WhatOvertookOthersWaitsForThem) {
  Call("a/2");
  Call("a/1");
  EXPECT_THAT(Made(), IsEmpty());
  EXPECT_EQ(gate_.waiting(), 2u);
  Call("a/0");
  EXPECT_THAT(Made(), ElementsAre("a/0", "a/1", "a/2"));
  EXPECT_EQ(gate_.waiting(), 0u);
  EXPECT_EQ(gate_.NextDeadline(), kNever);
}

TEST_F(OrderGateTest, EveryArrivalOfFourCallsEndsInTheirOrder) {
  std::vector<int> arrival{0, 1, 2, 3};
  int round = 0;
  do {
    OrderGate gate;
    std::vector<int> made;
    for (const int number : arrival) {
      gate.HandleCall(
          {.caller = "a", .number = static_cast<uint64_t>(number)}, 1,
          [&made, number](const absl::Status& status) {
            ASSERT_TRUE(status.ok());
            made.push_back(number);
          },
          now_);
      while (auto due = gate.PollCall()) due->call(due->status);
    }
    EXPECT_THAT(made, ElementsAre(0, 1, 2, 3));
    ++round;
  } while (std::next_permutation(arrival.begin(), arrival.end()));
  EXPECT_EQ(round, 24);
}

TEST_F(OrderGateTest, CallersDoNotWaitForEachOther) {
  Call("a/1");
  Call("b/0");
  Call("b/1");
  EXPECT_THAT(Made(), ElementsAre("b/0", "b/1"));
}

TEST_F(OrderGateTest, ANumberHasItsTurnOnce) {
  Call("a/0");
  Call("a/2");
  Made();
  Call("a/0");
  Call("a/2");
  EXPECT_THAT(Made(), ElementsAre("a/0 CALL_OUT_OF_ORDER", "a/2 CALL_OUT_OF_ORDER"));
  Call("a/1");
  EXPECT_THAT(Made(), ElementsAre("a/1", "a/2"));
}

TEST_F(OrderGateTest, ACallThatWaitsTooLongFailsAndThoseAfterItGoOn) {
  Call("a/1");
  EXPECT_EQ(gate_.NextDeadline(), now_ + 20s);
  Advance(15s);
  Call("a/2");
  Advance(5s - 1us);
  EXPECT_THAT(Made(), IsEmpty());
  Advance(1us);
  EXPECT_THAT(Made(), ElementsAre("a/1 CALL_OUT_OF_ORDER", "a/2"));
  Call("a/0");  // Too late.
  Call("a/3");
  EXPECT_THAT(Made(), ElementsAre("a/0 CALL_OUT_OF_ORDER", "a/3"));
}

TEST_F(OrderGateTest, WhatWaitsBehindASecondGapWaitsItsOwnTime) {
  Call("a/1");
  Advance(10s);
  Call("a/3");
  Advance(10s);
  EXPECT_THAT(Made(), ElementsAre("a/1 CALL_OUT_OF_ORDER"));
  EXPECT_EQ(gate_.NextDeadline(), now_ + 10s);
  Call("a/2");
  EXPECT_THAT(Made(), ElementsAre("a/2", "a/3"));
}

TEST_F(OrderGateTest, WhatCameBeforeOneThatIsOverdueIsCarriedOutFirst) {
  Call("a/5");
  Advance(19s);
  Call("a/3");
  Advance(1s);
  EXPECT_THAT(Made(), ElementsAre("a/3", "a/5 CALL_OUT_OF_ORDER"));
  Call("a/6");
  EXPECT_THAT(Made(), ElementsAre("a/6"));
}

TEST_F(OrderGateTest, MoreThanMayWaitIsRefusedAndMayComeAgain) {
  for (const char* name : {"a/1", "a/2", "a/3", "a/4"}) Call(name);
  EXPECT_THAT(Made(), ElementsAre("a/4 LIMIT_EXCEEDED"));
  Call("b/1");
  Call("b/2");
  EXPECT_THAT(Made(), ElementsAre("b/2 LIMIT_EXCEEDED"));
  Call("a/0");  // What does not wait needs no room.
  EXPECT_THAT(Made(), SizeIs(4));
  Call("a/4");
  EXPECT_THAT(Made(), ElementsAre("a/4"));
}

TEST_F(OrderGateTest, MoreBytesThanMayWaitAreRefused) {
  Call("a/1", 60);
  Call("a/2", 41);
  EXPECT_THAT(Made(), ElementsAre("a/2 LIMIT_EXCEEDED"));
  Call("a/2", 40);
  Call("a/0", 1'000);
  EXPECT_THAT(Made(), ElementsAre("a/0", "a/1", "a/2"));
  Call("a/4", 100);
  EXPECT_THAT(Made(), IsEmpty()) << "the room is free again";
}

TEST_F(OrderGateTest, TheCallerThatHasNotCalledForLongestIsForgotten) {
  Call("a/0");
  Call("b/0");
  Call("a/1");
  Call("c/0");
  Made();
  Call("a/2");
  EXPECT_THAT(Made(), ElementsAre("a/2"));
  Call("b/0");
  EXPECT_THAT(Made(), ElementsAre("b/0")) << "it begins anew";
}

TEST_F(OrderGateTest, CallersThatWaitAreNotForgotten) {
  Call("a/1");
  Call("b/1");
  Call("c/0");
  EXPECT_THAT(Made(), ElementsAre("c/0 LIMIT_EXCEEDED"));
  Call("a/0");
  Call("c/0");
  EXPECT_THAT(Made(), ElementsAre("a/0", "a/1", "c/0"));
}

TEST_F(OrderGateTest, TheEndOfTheConnectionIsTheEndOfAllThatWaits) {
  Call("a/1");
  Call("b/2");
  gate_.Close(absl::CancelledError("gone"));
  Poll();
  EXPECT_THAT(Made(), ElementsAre("a/1 INTERNAL", "b/2 INTERNAL")) << "its status is passed on";
  EXPECT_EQ(gate_.waiting(), 0u);
  EXPECT_EQ(gate_.NextDeadline(), kNever);
}

TEST_F(OrderGateTest, ACallMayComeWhileAnotherIsMade) {
  gate_.HandleCall(
      {.caller = "a", .number = 0}, 1,
      [this](const absl::Status&) {
        made_.push_back("a/0");
        gate_.HandleCall(
            {.caller = "a", .number = 1}, 1,
            [this](const absl::Status&) { made_.push_back("a/1"); }, now_);
      },
      now_);
  Poll();
  EXPECT_THAT(Made(), ElementsAre("a/0", "a/1"));
}

}  // namespace
}  // namespace pcd::host
