#include "engine/ice/lite_state.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pcd::ice {
namespace {

using S = IceConnectionState;
using I = LiteInput;

struct Cell {
  S state;
  I input;
  S next;
};

// Every cell, written from the rules and not from the table.
std::vector<Cell> Cells() {
  return {
      {S::kNew, I::kRemoteKnown, S::kChecking},
      {S::kNew, I::kPathValid, S::kNew},  // Connected needs a peer.
      {S::kNew, I::kSettled, S::kNew},
      {S::kNew, I::kQuiet, S::kNew},
      {S::kNew, I::kExpired, S::kNew},
      {S::kNew, I::kRestarted, S::kNew},
      {S::kNew, I::kClosed, S::kClosed},
      {S::kChecking, I::kRemoteKnown, S::kChecking},
      {S::kChecking, I::kPathValid, S::kConnected},
      {S::kChecking, I::kSettled, S::kChecking},
      {S::kChecking, I::kQuiet, S::kChecking},
      {S::kChecking, I::kExpired, S::kFailed},
      {S::kChecking, I::kRestarted, S::kChecking},
      {S::kChecking, I::kClosed, S::kClosed},
      {S::kConnected, I::kRemoteKnown, S::kConnected},
      {S::kConnected, I::kPathValid, S::kConnected},
      {S::kConnected, I::kSettled, S::kCompleted},
      {S::kConnected, I::kQuiet, S::kDisconnected},
      {S::kConnected, I::kExpired, S::kFailed},
      {S::kConnected, I::kRestarted, S::kConnected},  // W3C: data goes on.
      {S::kConnected, I::kClosed, S::kClosed},
      {S::kCompleted, I::kRemoteKnown, S::kCompleted},
      {S::kCompleted, I::kPathValid, S::kCompleted},
      {S::kCompleted, I::kSettled, S::kCompleted},
      {S::kCompleted, I::kQuiet, S::kDisconnected},
      {S::kCompleted, I::kExpired, S::kFailed},
      {S::kCompleted, I::kRestarted, S::kConnected},  // W3C: there may be more candidates.
      {S::kCompleted, I::kClosed, S::kClosed},
      {S::kDisconnected, I::kRemoteKnown, S::kDisconnected},
      {S::kDisconnected, I::kPathValid, S::kConnected},
      {S::kDisconnected, I::kSettled, S::kDisconnected},
      {S::kDisconnected, I::kQuiet, S::kDisconnected},
      {S::kDisconnected, I::kExpired, S::kFailed},
      {S::kDisconnected, I::kRestarted, S::kChecking},  // W3C: forgets that it was lost.
      {S::kDisconnected, I::kClosed, S::kClosed},
      {S::kFailed, I::kRemoteKnown, S::kFailed},
      {S::kFailed, I::kPathValid, S::kFailed},  // RFC 7675: not without new credentials.
      {S::kFailed, I::kSettled, S::kFailed},
      {S::kFailed, I::kQuiet, S::kFailed},
      {S::kFailed, I::kExpired, S::kFailed},
      {S::kFailed, I::kRestarted, S::kChecking},
      {S::kFailed, I::kClosed, S::kClosed},
      {S::kClosed, I::kRemoteKnown, S::kClosed},
      {S::kClosed, I::kPathValid, S::kClosed},
      {S::kClosed, I::kSettled, S::kClosed},
      {S::kClosed, I::kQuiet, S::kClosed},
      {S::kClosed, I::kExpired, S::kClosed},
      {S::kClosed, I::kRestarted, S::kClosed},
      {S::kClosed, I::kClosed, S::kClosed},
  };
}

TEST(LiteStateTest, EveryCellIsAsTheRulesSay) {
  const auto cells = Cells();
  EXPECT_EQ(cells.size(), 7u * kLiteInputs);
  for (const Cell& cell : cells) {
    EXPECT_EQ(NextLiteState(cell.state, cell.input), cell.next)
        << ToString(cell.state) << ", input " << static_cast<int>(cell.input);
  }
}

}  // namespace
}  // namespace pcd::ice
