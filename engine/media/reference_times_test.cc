#include "engine/media/reference_times.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace pcd::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Delays = std::array<rtp::DelaySinceLastRr, ReceivedReferenceTimes::kMaxReceivers>;

constexpr Timestamp kNow{seconds(100)};

// Seconds in the upper half.
NtpTime At(uint64_t second) { return NtpTime{second << 32}; }

TEST(SentReferenceTimesTest, WhatWasHeldThereIsNoPartOfTheRoundTrip) {
  SentReferenceTimes sent;
  sent.OnSent(At(7), kNow);
  sent.OnSent(At(8), kNow + seconds(1));
  const uint32_t half_a_second = 32768;
  EXPECT_EQ(sent.RoundTrip({.last_rr = At(8).Compact(), .delay = half_a_second},
                           kNow + milliseconds(1540)),
            milliseconds(40));
  EXPECT_EQ(sent.RoundTrip({.last_rr = At(7).Compact(), .delay = 0}, kNow + milliseconds(30)),
            milliseconds(30));
  EXPECT_EQ(sent.RoundTrip({.last_rr = At(7).Compact(), .delay = 65536}, kNow + milliseconds(30)),
            Duration(0))
      << "held for longer than it is gone";
}

TEST(SentReferenceTimesTest, OnlyWhatWasSentLatelyIsAnswered) {
  SentReferenceTimes sent;
  EXPECT_EQ(sent.RoundTrip({.last_rr = 0}, kNow), std::nullopt);
  for (uint64_t i = 1; i <= SentReferenceTimes::kRemembered + 1; ++i) sent.OnSent(At(i), kNow);
  EXPECT_EQ(sent.RoundTrip({.last_rr = At(1).Compact()}, kNow), std::nullopt);
  EXPECT_EQ(sent.RoundTrip({.last_rr = At(2).Compact()}, kNow), Duration(0));
  EXPECT_EQ(sent.RoundTrip({.last_rr = At(99).Compact()}, kNow), std::nullopt);
}

TEST(ReceivedReferenceTimesTest, TheLastOneOfEachIsToldForTwoSeconds) {
  ReceivedReferenceTimes received;
  Delays delays;
  EXPECT_EQ(received.Delays(kNow, delays), 0u);
  received.OnReferenceTime(5, At(1), kNow);
  received.OnReferenceTime(6, At(2), kNow);
  received.OnReferenceTime(5, At(3), kNow + seconds(1));
  ASSERT_EQ(received.Delays(kNow + milliseconds(1500), delays), 2u);
  EXPECT_EQ(delays[0],
            (rtp::DelaySinceLastRr{.ssrc = 5, .last_rr = At(3).Compact(), .delay = 32768}));
  EXPECT_EQ(delays[1],
            (rtp::DelaySinceLastRr{.ssrc = 6, .last_rr = At(2).Compact(), .delay = 3 * 32768}));
  ASSERT_EQ(received.Delays(kNow + milliseconds(2500), delays), 1u);
  EXPECT_EQ(delays[0].ssrc, 5u);
  EXPECT_EQ(received.Delays(kNow + seconds(4), delays), 0u);
}

TEST(ReceivedReferenceTimesTest, WhoWasSilentLongestIsForgotten) {
  ReceivedReferenceTimes received;
  Delays delays;
  for (uint32_t i = 0; i < ReceivedReferenceTimes::kMaxReceivers; ++i) {
    // The fourth is the oldest.
    received.OnReferenceTime(i, At(i), i == 3 ? kNow : kNow + milliseconds(i + 1));
  }
  received.OnReferenceTime(100, At(100), kNow + milliseconds(50));
  ASSERT_EQ(received.Delays(kNow + milliseconds(50), delays), delays.size());
  for (const rtp::DelaySinceLastRr& delay : delays) EXPECT_NE(delay.ssrc, 3u);
  EXPECT_EQ(delays[3].ssrc, 100u);
}

}  // namespace
}  // namespace pcd::media
