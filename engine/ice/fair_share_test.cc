#include "engine/ice/fair_share.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

class FairShareTest : public ::testing::Test {
 protected:
  // A read that leaves more behind, once each millisecond.
  void ReadFull() {
    now_ += 1ms;
    share_.OnBatch(true, now_);
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
  share_.OnBatch(false, now_);
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
  share_.OnBatch(false, now_);
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

}  // namespace
}  // namespace pcd::ice
