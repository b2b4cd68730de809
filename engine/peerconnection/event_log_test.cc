#include "engine/peerconnection/event_log.h"

#include <gtest/gtest.h>

#include <string>

namespace pcd::peerconnection {
namespace {

EventPayload Candidate(size_t bytes) {
  return IceCandidateEvent{LocalCandidate{.candidate = {.candidate = std::string(bytes, 'c')}}};
}

TEST(EventLogTest, NumbersFromOneWithoutGaps) {
  EventLog log(10, 1 << 20);
  EXPECT_EQ(log.first_kept(), 1u);
  for (uint64_t i = 1; i <= 5; ++i)
    EXPECT_EQ(log.Append(0, 0, NegotiationNeededEvent{})->sequence, i);
  EXPECT_EQ(log.last_sequence(), 5u);
  EXPECT_EQ(log.first_kept(), 1u);
  const auto after = log.After(3);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0]->sequence, 4u);
  EXPECT_EQ(after[1]->sequence, 5u);
  EXPECT_TRUE(log.After(5).empty());
}

TEST(EventLogTest, ForgetsTheOldestBeyondItsCount) {
  EventLog log(3, 1 << 20);
  for (int i = 0; i < 10; ++i) log.Append(0, 0, NegotiationNeededEvent{});
  EXPECT_EQ(log.first_kept(), 8u);
  EXPECT_EQ(log.After(0).size(), 3u);
  EXPECT_EQ(log.After(0).front()->sequence, 8u);
}

TEST(EventLogTest, ForgetsTheOldestBeyondItsBytesButKeepsTheLast) {
  EventLog log(1000, 4096);
  for (int i = 0; i < 50; ++i) {
    log.Append(0, 0, Candidate(1000));
  }
  EXPECT_GE(log.After(0).size(), 1u);
  EXPECT_LE(log.After(0).size(), 4u);
  log.Append(0, 0, Candidate(100'000));
  ASSERT_EQ(log.After(0).size(), 1u);
  EXPECT_EQ(log.After(0).front()->sequence, 51u);
}

}  // namespace
}  // namespace pcd::peerconnection
