#include "engine/ice/lite_state.h"

#include <array>
#include <cstddef>

namespace pcd::ice {
namespace {

using S = IceConnectionState;
constexpr size_t kStates = 7;
using Row = std::array<S, kLiteInputs>;

// Columns in the order of LiteInput, rows in that of IceConnectionState.
constexpr std::array<Row, kStates> kTable = {{
    // remote known   path valid        settled           quiet             expired restarted closed
    {{S::kChecking, S::kNew, S::kNew, S::kNew, S::kNew, S::kNew, S::kClosed}},
    {{S::kChecking, S::kConnected, S::kChecking, S::kChecking, S::kFailed, S::kChecking,
      S::kClosed}},
    {{S::kConnected, S::kConnected, S::kCompleted, S::kDisconnected, S::kFailed, S::kConnected,
      S::kClosed}},
    {{S::kCompleted, S::kCompleted, S::kCompleted, S::kDisconnected, S::kFailed, S::kConnected,
      S::kClosed}},
    {{S::kDisconnected, S::kConnected, S::kDisconnected, S::kDisconnected, S::kFailed, S::kChecking,
      S::kClosed}},
    {{S::kFailed, S::kFailed, S::kFailed, S::kFailed, S::kFailed, S::kChecking, S::kClosed}},
    {{S::kClosed, S::kClosed, S::kClosed, S::kClosed, S::kClosed, S::kClosed, S::kClosed}},
}};

}  // namespace

IceConnectionState NextLiteState(IceConnectionState state, LiteInput input) {
  return kTable[static_cast<size_t>(state)][static_cast<size_t>(input)];
}

}  // namespace pcd::ice
