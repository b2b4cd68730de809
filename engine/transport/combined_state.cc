#include "engine/transport/combined_state.h"

#include <algorithm>
#include <initializer_list>

namespace pcd::transport {
namespace {

using Transports = std::span<const TransportState>;

template <typename State>
bool IsOneOf(State state, std::initializer_list<State> set) {
  return std::ranges::find(set, state) != set.end();
}

bool AnyIce(Transports transports, std::initializer_list<IceConnectionState> set) {
  return std::ranges::any_of(transports,
                             [&](const TransportState& t) { return IsOneOf(t.ice, set); });
}
bool AllIce(Transports transports, std::initializer_list<IceConnectionState> set) {
  return std::ranges::all_of(transports,
                             [&](const TransportState& t) { return IsOneOf(t.ice, set); });
}
bool AnyDtls(Transports transports, std::initializer_list<DtlsState> set) {
  return std::ranges::any_of(transports,
                             [&](const TransportState& t) { return IsOneOf(t.dtls, set); });
}
bool AllDtls(Transports transports, std::initializer_list<DtlsState> set) {
  return std::ranges::all_of(transports,
                             [&](const TransportState& t) { return IsOneOf(t.dtls, set); });
}

}  // namespace

// W3C 4.3.3: the first line that applies.
ConnectionState CombineConnectionState(Transports transports) {
  using enum IceConnectionState;
  if (AnyIce(transports, {kFailed}) || AnyDtls(transports, {DtlsState::kFailed})) {
    return ConnectionState::kFailed;
  }
  if (AnyIce(transports, {kDisconnected})) return ConnectionState::kDisconnected;
  if (AllIce(transports, {kNew, kClosed}) &&
      AllDtls(transports, {DtlsState::kNew, DtlsState::kClosed})) {
    return ConnectionState::kNew;
  }
  if (AllIce(transports, {kConnected, kCompleted, kClosed}) &&
      AllDtls(transports, {DtlsState::kConnected, DtlsState::kClosed})) {
    return ConnectionState::kConnected;
  }
  return ConnectionState::kConnecting;
}

// W3C 4.3.4: the first line that applies.
IceConnectionState CombineIceConnectionState(Transports transports) {
  using enum IceConnectionState;
  if (AnyIce(transports, {kFailed})) return kFailed;
  if (AnyIce(transports, {kDisconnected})) return kDisconnected;
  if (AllIce(transports, {kNew, kClosed})) return kNew;
  if (AnyIce(transports, {kNew, kChecking})) return kChecking;
  if (AllIce(transports, {kCompleted, kClosed})) return kCompleted;
  return kConnected;
}

// W3C 4.3.2.
IceGatheringState CombineIceGatheringState(Transports transports) {
  const auto is = [](IceGatheringState state) {
    return [state](const TransportState& t) { return t.gathering == state; };
  };
  if (std::ranges::any_of(transports, is(IceGatheringState::kGathering))) {
    return IceGatheringState::kGathering;
  }
  if (!transports.empty() && std::ranges::all_of(transports, is(IceGatheringState::kComplete))) {
    return IceGatheringState::kComplete;
  }
  return IceGatheringState::kNew;
}

}  // namespace pcd::transport
