#include "engine/ice/nice_state.h"

#include <gtest/gtest.h>

#include <vector>

namespace pcd::ice {
namespace {

using State = IceConnectionState;

struct Row {
  NiceComponentState nice;
  bool was_connected;
  bool all_candidates_known;
  State current;
  State next;
  bool controlling = true;
};

TEST(NiceStateTest, FollowsTheTable) {
  const std::vector<Row> table = {
      {NICE_COMPONENT_STATE_DISCONNECTED, false, false, State::kNew, State::kNew},
      {NICE_COMPONENT_STATE_DISCONNECTED, false, true, State::kNew, State::kNew},
      {NICE_COMPONENT_STATE_DISCONNECTED, true, true, State::kConnected, State::kConnected},
      {NICE_COMPONENT_STATE_GATHERING, false, false, State::kNew, State::kNew},
      {NICE_COMPONENT_STATE_GATHERING, false, true, State::kChecking, State::kChecking},
      {NICE_COMPONENT_STATE_GATHERING, true, true, State::kConnected, State::kConnected},
      {NICE_COMPONENT_STATE_CONNECTING, false, false, State::kNew, State::kChecking},
      {NICE_COMPONENT_STATE_CONNECTING, false, true, State::kNew, State::kChecking},
      {NICE_COMPONENT_STATE_CONNECTING, true, false, State::kConnected, State::kDisconnected},
      {NICE_COMPONENT_STATE_CONNECTING, true, true, State::kCompleted, State::kDisconnected},
      {NICE_COMPONENT_STATE_CONNECTED, false, false, State::kChecking, State::kConnected},
      {NICE_COMPONENT_STATE_CONNECTED, false, true, State::kChecking, State::kConnected},
      {NICE_COMPONENT_STATE_CONNECTED, true, true, State::kDisconnected, State::kConnected},
      {NICE_COMPONENT_STATE_READY, false, false, State::kChecking, State::kConnected},
      {NICE_COMPONENT_STATE_READY, true, false, State::kDisconnected, State::kConnected},
      {NICE_COMPONENT_STATE_READY, false, true, State::kChecking, State::kCompleted},
      {NICE_COMPONENT_STATE_READY, true, true, State::kDisconnected, State::kCompleted},
      {NICE_COMPONENT_STATE_FAILED, false, false, State::kChecking, State::kChecking},
      {NICE_COMPONENT_STATE_FAILED, false, true, State::kChecking, State::kFailed},
      {NICE_COMPONENT_STATE_FAILED, true, false, State::kConnected, State::kFailed},
      {NICE_COMPONENT_STATE_FAILED, true, true, State::kCompleted, State::kFailed},
      {NICE_COMPONENT_STATE_FAILED, false, false, State::kChecking, State::kChecking, false},
      {NICE_COMPONENT_STATE_FAILED, false, true, State::kChecking, State::kChecking, false},
      {NICE_COMPONENT_STATE_FAILED, true, false, State::kConnected, State::kFailed, false},
      {NICE_COMPONENT_STATE_FAILED, true, true, State::kCompleted, State::kFailed, false},
  };
  for (const Row& row : table) {
    EXPECT_EQ(NextState(row.nice, {.was_connected = row.was_connected,
                                   .all_candidates_known = row.all_candidates_known,
                                   .controlling = row.controlling,
                                   .current = row.current}),
              row.next)
        << nice_component_state_to_string(row.nice) << ", was connected " << row.was_connected
        << ", all known " << row.all_candidates_known << ", controlling " << row.controlling;
  }
}

TEST(NiceStateTest, FailedAndClosedAreFinal) {
  for (const State final : {State::kFailed, State::kClosed}) {
    for (int nice = 0; nice < NICE_COMPONENT_STATE_LAST; ++nice) {
      for (const bool was_connected : {false, true}) {
        for (const bool all_candidates_known : {false, true}) {
          EXPECT_EQ(NextState(static_cast<NiceComponentState>(nice),
                              {.was_connected = was_connected,
                               .all_candidates_known = all_candidates_known,
                               .current = final}),
                    final)
              << nice;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pcd::ice
