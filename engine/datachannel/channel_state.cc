#include "engine/datachannel/channel_state.h"

#include <array>
#include <cstddef>

namespace pcd::datachannel {
namespace {

constexpr auto kConnecting = DataChannelState::kConnecting;
constexpr auto kOpen = DataChannelState::kOpen;
constexpr auto kClosing = DataChannelState::kClosing;
constexpr auto kClosed = DataChannelState::kClosed;

// Rows: states. Columns: transport up, local close, incoming reset, both reset, lost.
constexpr std::array<std::array<DataChannelState, 5>, 4> kTable{{
    {kOpen, kClosing, kClosing, kClosed, kClosed},     // connecting
    {kOpen, kClosing, kClosing, kClosed, kClosed},     // open
    {kClosing, kClosing, kClosing, kClosed, kClosed},  // closing
    {kClosed, kClosed, kClosed, kClosed, kClosed},     // closed
}};

}  // namespace

DataChannelState NextState(DataChannelState state, ChannelInput input) {
  return kTable[static_cast<size_t>(state)][static_cast<size_t>(input)];
}

}  // namespace pcd::datachannel
