#include "service/receive_window.h"

#include <gtest/gtest.h>

namespace pcd::service {
namespace {

constexpr uint64_t kWindow = ReceiveWindow::kWindow;

TEST(ReceiveWindow, LittleCreditIsPassedOnAtOnce) {
  ReceiveWindow window;
  EXPECT_EQ(window.Add(10), 10u);
  EXPECT_EQ(window.Add(5), 5u);
}

TEST(ReceiveWindow, MuchCreditIsPassedOnUpToTheWindow) {
  ReceiveWindow window;
  EXPECT_EQ(window.Add(10 * kWindow), kWindow);
  EXPECT_EQ(window.Add(1), 0u);
}

TEST(ReceiveWindow, WhatWasWrittenMakesRoomForMoreInPortions) {
  ReceiveWindow window;
  window.Add(10 * kWindow);
  EXPECT_EQ(window.Written(kWindow / 4 - 1), 0u);
  EXPECT_EQ(window.Written(1), kWindow / 4);
}

TEST(ReceiveWindow, TheRestIsPassedOnHoweverSmall) {
  ReceiveWindow window;
  EXPECT_EQ(window.Add(kWindow + 3), kWindow);
  EXPECT_EQ(window.Written(3), 3u);
  EXPECT_EQ(window.Written(kWindow), 0u);
}

TEST(ReceiveWindow, AMessageThatOverdrewTheCreditIsMadeUpFor) {
  ReceiveWindow window;
  EXPECT_EQ(window.Add(1), 1u);
  // The engine's credit is now 1 - 1000; the next portion brings it back by what is granted.
  EXPECT_EQ(window.Written(1000), 0u);
  EXPECT_EQ(window.Add(2000), 2000u);
}

TEST(ReceiveWindow, EndlessCreditDoesNotOverflow) {
  ReceiveWindow window;
  EXPECT_EQ(window.Add(~uint64_t{0}), kWindow);
  EXPECT_EQ(window.Add(~uint64_t{0}), 0u);
  EXPECT_EQ(window.Written(kWindow), kWindow);
}

TEST(ReceiveWindow, AnEmptyMessageCostsOne) {
  EXPECT_EQ(ReceiveWindow::Cost(0), 1u);
  EXPECT_EQ(ReceiveWindow::Cost(7), 7u);
}

}  // namespace
}  // namespace pcd::service
