#include "engine/transport/combined_state.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace pcd::transport {
namespace {

constexpr std::array kIceStates = {
    IceConnectionState::kNew,          IceConnectionState::kChecking,
    IceConnectionState::kConnected,    IceConnectionState::kCompleted,
    IceConnectionState::kDisconnected, IceConnectionState::kFailed,
    IceConnectionState::kClosed};
constexpr std::array kDtlsStates = {DtlsState::kNew, DtlsState::kConnecting, DtlsState::kConnected,
                                    DtlsState::kClosed, DtlsState::kFailed};
constexpr std::array kGatheringStates = {IceGatheringState::kNew, IceGatheringState::kGathering,
                                         IceGatheringState::kComplete};

TEST(CombinedStateTest, NoTransportsIsNew) {
  EXPECT_EQ(CombineConnectionState({}), ConnectionState::kNew);
  EXPECT_EQ(CombineIceConnectionState({}), IceConnectionState::kNew);
  EXPECT_EQ(CombineIceGatheringState({}), IceGatheringState::kNew);
}

// One transport: rows are ICE states, columns DTLS states, each in the order above.
TEST(CombinedStateTest, ConnectionStateOfEachIceAndDtlsState) {
  constexpr auto kNew = ConnectionState::kNew, kConnecting = ConnectionState::kConnecting,
                 kConnected = ConnectionState::kConnected, kLost = ConnectionState::kDisconnected,
                 kFailed = ConnectionState::kFailed;
  // DTLS:                             new          connecting   connected    closed       failed
  constexpr ConnectionState kExpected[7][5] = {
      /* new          */ {kNew, kConnecting, kConnecting, kNew, kFailed},
      /* checking     */ {kConnecting, kConnecting, kConnecting, kConnecting, kFailed},
      /* connected    */ {kConnecting, kConnecting, kConnected, kConnected, kFailed},
      /* completed    */ {kConnecting, kConnecting, kConnected, kConnected, kFailed},
      /* disconnected */ {kLost, kLost, kLost, kLost, kFailed},
      /* failed       */ {kFailed, kFailed, kFailed, kFailed, kFailed},
      /* closed       */ {kNew, kConnecting, kConnected, kNew, kFailed}};
  for (size_t ice = 0; ice < kIceStates.size(); ++ice) {
    for (size_t dtls = 0; dtls < kDtlsStates.size(); ++dtls) {
      const TransportState transport{.ice = kIceStates[ice], .dtls = kDtlsStates[dtls]};
      EXPECT_EQ(CombineConnectionState({&transport, 1}), kExpected[ice][dtls])
          << ToString(transport.ice) << " " << ToString(transport.dtls);
    }
  }
}

// Two transports with connected DTLS: symmetric in their ICE states.
TEST(CombinedStateTest, IceConnectionStateOfEachPair) {
  constexpr auto kNew = IceConnectionState::kNew, kCheck = IceConnectionState::kChecking,
                 kConn = IceConnectionState::kConnected, kCompl = IceConnectionState::kCompleted,
                 kLost = IceConnectionState::kDisconnected, kFail = IceConnectionState::kFailed;
  // other:               new     checking connected completed disc.  failed closed
  constexpr IceConnectionState kExpected[7][7] = {
      /* new          */ {kNew, kCheck, kCheck, kCheck, kLost, kFail, kNew},
      /* checking     */ {kCheck, kCheck, kCheck, kCheck, kLost, kFail, kCheck},
      /* connected    */ {kCheck, kCheck, kConn, kConn, kLost, kFail, kConn},
      /* completed    */ {kCheck, kCheck, kConn, kCompl, kLost, kFail, kCompl},
      /* disconnected */ {kLost, kLost, kLost, kLost, kLost, kFail, kLost},
      /* failed       */ {kFail, kFail, kFail, kFail, kFail, kFail, kFail},
      /* closed       */ {kNew, kCheck, kConn, kCompl, kLost, kFail, kNew}};
  for (size_t a = 0; a < kIceStates.size(); ++a) {
    for (size_t b = 0; b < kIceStates.size(); ++b) {
      const std::vector<TransportState> both = {{.ice = kIceStates[a]}, {.ice = kIceStates[b]}};
      EXPECT_EQ(CombineIceConnectionState(both), kExpected[a][b])
          << ToString(kIceStates[a]) << " " << ToString(kIceStates[b]);
    }
  }
}

// Two transports with connected ICE: symmetric in their DTLS states.
TEST(CombinedStateTest, ConnectionStateOfEachDtlsPair) {
  constexpr auto kConnecting = ConnectionState::kConnecting,
                 kConnected = ConnectionState::kConnected, kFailed = ConnectionState::kFailed;
  // other:                            new          connecting   connected    closed       failed
  constexpr ConnectionState kExpected[5][5] = {
      /* new        */ {kConnecting, kConnecting, kConnecting, kConnecting, kFailed},
      /* connecting */ {kConnecting, kConnecting, kConnecting, kConnecting, kFailed},
      /* connected  */ {kConnecting, kConnecting, kConnected, kConnected, kFailed},
      /* closed     */ {kConnecting, kConnecting, kConnected, kConnected, kFailed},
      /* failed     */ {kFailed, kFailed, kFailed, kFailed, kFailed}};
  for (size_t a = 0; a < kDtlsStates.size(); ++a) {
    for (size_t b = 0; b < kDtlsStates.size(); ++b) {
      const std::vector<TransportState> both = {
          {.ice = IceConnectionState::kConnected, .dtls = kDtlsStates[a]},
          {.ice = IceConnectionState::kConnected, .dtls = kDtlsStates[b]}};
      EXPECT_EQ(CombineConnectionState(both), kExpected[a][b])
          << ToString(kDtlsStates[a]) << " " << ToString(kDtlsStates[b]);
    }
  }
}

TEST(CombinedStateTest, GatheringStateOfEachPair) {
  constexpr auto kNew = IceGatheringState::kNew, kGathering = IceGatheringState::kGathering,
                 kComplete = IceGatheringState::kComplete;
  constexpr IceGatheringState kExpected[3][3] = {{kNew, kGathering, kNew},
                                                 {kGathering, kGathering, kGathering},
                                                 {kNew, kGathering, kComplete}};
  for (size_t a = 0; a < kGatheringStates.size(); ++a) {
    for (size_t b = 0; b < kGatheringStates.size(); ++b) {
      const std::vector<TransportState> both = {{.gathering = kGatheringStates[a]},
                                                {.gathering = kGatheringStates[b]}};
      EXPECT_EQ(CombineIceGatheringState(both), kExpected[a][b])
          << ToString(kGatheringStates[a]) << " " << ToString(kGatheringStates[b]);
    }
  }
}

}  // namespace
}  // namespace pcd::transport
