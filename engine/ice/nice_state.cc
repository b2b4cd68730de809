#include "engine/ice/nice_state.h"

namespace pcd::ice {

IceConnectionState NextState(NiceComponentState nice, const NiceStateContext& context) {
  using State = IceConnectionState;
  if (context.current == State::kFailed || context.current == State::kClosed) {
    return context.current;
  }
  switch (nice) {
    case NICE_COMPONENT_STATE_CONNECTING:
      return context.was_connected ? State::kDisconnected : State::kChecking;
    case NICE_COMPONENT_STATE_CONNECTED:
      return State::kConnected;
    case NICE_COMPONENT_STATE_READY:
      return context.all_candidates_known ? State::kCompleted : State::kConnected;
    case NICE_COMPONENT_STATE_FAILED:
      if (context.was_connected) return State::kFailed;
      return context.all_candidates_known && context.controlling ? State::kFailed : context.current;
    case NICE_COMPONENT_STATE_DISCONNECTED:
    case NICE_COMPONENT_STATE_GATHERING:
    case NICE_COMPONENT_STATE_LAST:
      break;
  }
  return context.current;
}

}  // namespace pcd::ice
