#include "engine/ice/fair_share/fair_share.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

class FairShareTest : public ::testing::Test {
 protected:
  // A read that leaves more behind, after so long, of which the thread worked so much.
  void ReadFull(Duration after = 1ms, Duration work = 1ms) {
    now_ += after;
    worked_ += work;
    share_.OnFullBatch(now_, worked_);
  }
  void Overload(FairShare::Use& first, FairShare::Use& second) {
    while (!share_.overloaded()) {
      ReadFull();
      share_.Admit(first, 32);
      share_.Admit(second, 32);
    }
  }

  FairShare share_;
  Timestamp now_{1s};
  Duration worked_{};
};

TEST_F(FairShareTest, NothingIsRefusedBeforeTheSocketWasBusyForAWhile) {
  FairShare::Use flooder;
  for (Duration busy = 0ms; busy < FairShare::kWindow; busy += 1ms) {
    ReadFull();
    EXPECT_FALSE(share_.overloaded());
    EXPECT_EQ(share_.Admit(flooder, 1000), 1000u);
  }
  // Read to the end in between: it begins anew.
  now_ += 1ms;
  share_.OnLastBatch(now_);
  ReadFull();
  EXPECT_FALSE(share_.overloaded());
  EXPECT_EQ(share_.Admit(flooder, 1000), 1000u);
}

TEST_F(FairShareTest, UnderOverloadTheFlooderIsCutAndTheOthersAreNot) {
  FairShare::Use flooder;
  std::array<FairShare::Use, 100> others{};
  size_t flood_taken = 0, flood_sent = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    ReadFull();
    flood_sent += 60;
    flood_taken += share_.Admit(flooder, 60);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(share_.Admit(others[(static_cast<size_t>(turn) * 4 + i) % others.size()], 1), 1u);
    }
  }
  EXPECT_TRUE(share_.overloaded());
  EXPECT_LT(flood_taken, flood_sent / 5);
  EXPECT_GE(flood_taken, 190 * FairShare::kMinShare);  // Of 200 windows.
}

TEST_F(FairShareTest, WhoHasThePortAloneIsNeverCut) {
  FairShare::Use only;
  for (int turn = 0; turn < 1000; ++turn) {
    ReadFull();
    EXPECT_EQ(share_.Admit(only, 64), 64u);
  }
}

TEST_F(FairShareTest, OneOtherIsEnoughForAFlooderToBeCut) {
  FairShare::Use flooder, other;
  size_t taken = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    ReadFull();
    taken += share_.Admit(flooder, 63);
    EXPECT_EQ(share_.Admit(other, 1), 1u);
  }
  EXPECT_NEAR(static_cast<double>(taken), 1000 * 64 * 5 / 8, 1000);
}

TEST_F(FairShareTest, TwoThatFloodAlikeAreBothCarried) {
  std::array<FairShare::Use, 2> both{};
  Overload(both[0], both[1]);
  for (int turn = 0; turn < 1000; ++turn) {
    ReadFull();
    for (FairShare::Use& use : both) {
      EXPECT_EQ(share_.Admit(use, 32), 32u);
    }
  }
}

TEST_F(FairShareTest, TheCutEndsWithTheOverload) {
  FairShare::Use flooder, other;
  Overload(flooder, other);
  EXPECT_EQ(share_.Admit(other, 1), 1u);
  EXPECT_LT(share_.Admit(flooder, 1000), 1000u);
  now_ += 1ms;
  share_.OnLastBatch(now_);
  EXPECT_EQ(share_.Admit(flooder, 1000), 1000u);
}

TEST_F(FairShareTest, BurstsFarApartAreNoOverload) {
  FairShare::Use bursty;
  for (int burst = 0; burst < 10; ++burst) {
    ReadFull();
    EXPECT_FALSE(share_.overloaded());
    EXPECT_EQ(share_.Admit(bursty, 200), 200u);
    now_ += FairShare::kIdle;
  }
}

// What gathered while the machine ran others is read at once, first all of the one, then all of
// the other: each in turn has nearly all of a window.
TEST_F(FairShareTest, NobodyIsCutAfterTheProcessorWasTakenAway) {
  std::array<FairShare::Use, 2> both{};
  for (int round = 0; round < 20; ++round) {
    now_ += 1ms;
    share_.OnLastBatch(now_);
    ReadFull(19ms, 0ms);
    for (const size_t sender : {0, 1}) {
      for (int read = 0; read < 20; ++read) {
        EXPECT_EQ(share_.Admit(both[sender], 63), 63u);
        EXPECT_EQ(share_.Admit(both[1 - sender], 1), 1u);
        ReadFull(500us, 500us);
      }
    }
  }
  EXPECT_FALSE(share_.overloaded());
}

// A millisecond of work, then eight without a processor: by the clock a window has one read, whose
// packets are whoever's are next.
TEST_F(FairShareTest, NobodyIsCutWhileTheThreadStarves) {
  std::array<FairShare::Use, 2> both{};
  for (size_t slice = 0; slice < 40; ++slice) {
    ReadFull(9ms, 1ms);
    for (int i = 0; i < 60; ++i) EXPECT_EQ(share_.Admit(both[slice / 2 % 2], 1), 1u);
    EXPECT_EQ(share_.Admit(both[1 - slice / 2 % 2], 4), 4u);
  }
}

TEST_F(FairShareTest, AFlooderIsCutOnAMachineThatTakesTheProcessorAwayToo) {
  FairShare::Use flooder;
  std::array<FairShare::Use, 100> others{};
  size_t flood_taken = 0, flood_sent = 0;
  for (size_t turn = 0; turn < 1000; ++turn) {
    ReadFull(turn % 4 == 0 ? 13ms : 1ms, 1ms);  // Away for 12 ms of each 16.
    flood_sent += 60;
    flood_taken += share_.Admit(flooder, 60);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(share_.Admit(others[(turn * 4 + i) % others.size()], 1), 1u);
    }
  }
  EXPECT_TRUE(share_.overloaded());
  EXPECT_LT(flood_taken, flood_sent / 4);
}

}  // namespace
}  // namespace pcd::ice
