#include "engine/ice/pair_log.h"

#include <gtest/gtest.h>

namespace pcd::ice {
namespace {

Candidate Make(const std::string& address, uint16_t port = 1000) {
  return {.address = address, .port = port};
}

Stats StatsOf(const PairLog& log) {
  Stats stats;
  log.Fill(stats);
  return stats;
}

TEST(PairLogTest, CountsForTheSelectedPairAndInTotal) {
  PacketPool pool;
  PairLog log;
  std::vector<PacketPtr> packets;
  packets.push_back(pool.CopyOf(std::vector<uint8_t>(10)));
  packets.push_back(pool.CopyOf(std::vector<uint8_t>(20)));
  log.CountReceived(packets, 1);  // Before any pair is selected.
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  log.CountReceived(packets, 2);
  log.CountSent(3, 300, 4);
  log.Select(Make("192.0.2.1"), Make("192.0.2.3"));
  log.CountSent(1, 100, 5);

  const Stats stats = StatsOf(log);
  EXPECT_EQ(stats.packets_received, 4u);
  EXPECT_EQ(stats.bytes_received, 60u);
  EXPECT_EQ(stats.bytes_sent, 400u);
  ASSERT_EQ(stats.pairs.size(), 2u);
  EXPECT_EQ(stats.pairs[0].packets_received, 2u);
  EXPECT_EQ(stats.pairs[0].last_packet_sent_us, 4);
  EXPECT_EQ(stats.pairs[1].bytes_sent, 100u);
  EXPECT_EQ(stats.pairs[1].packets_received, 0u);
  EXPECT_EQ(stats.selected_pair_id, "P2");
}

TEST(PairLogTest, APairSelectedAgainKeepsItsIdAndCounters) {
  PairLog log;
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  log.CountSent(1, 10, 1);
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  EXPECT_EQ(StatsOf(log).selected_pair_changes, 1u);
  log.Select(Make("192.0.2.1"), Make("192.0.2.3"));
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  log.CountSent(1, 10, 2);
  const Stats stats = StatsOf(log);
  EXPECT_EQ(stats.selected_pair_changes, 3u);
  EXPECT_EQ(stats.selected_pair_id, "P1");
  ASSERT_EQ(stats.pairs.size(), 2u);
  EXPECT_EQ(stats.pairs[1].packets_sent, 2u);
}

TEST(PairLogTest, OnlyWhatWasNominatedSaysSo) {
  PairLog log;
  log.SetNominated();  // Nothing is selected.
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"), false);
  log.Select(Make("192.0.2.1"), Make("192.0.2.3"), false);
  EXPECT_FALSE(StatsOf(log).pairs[1].nominated);
  log.SetNominated();
  log.Select(Make("192.0.2.1"), Make("192.0.2.4"), true);
  const Stats stats = StatsOf(log);
  ASSERT_EQ(stats.pairs.size(), 3u);
  EXPECT_FALSE(stats.pairs[0].nominated);
  EXPECT_TRUE(stats.pairs[1].nominated);
  EXPECT_TRUE(stats.pairs[2].nominated);
}

TEST(PairLogTest, APeerReflexiveCandidateKeepsItsIdWhenItIsSignalledLater) {
  PairLog log;
  log.AddLocal(Make("192.0.2.1"));
  log.AddRemote(Make("192.0.2.8"));
  Candidate reflexive = Make("192.0.2.9");
  reflexive.type = CandidateType::kPeerReflexive;
  log.Select(Make("192.0.2.1"), reflexive);
  log.AddRemote(Make("192.0.2.9"));
  const Stats stats = StatsOf(log);
  EXPECT_EQ(stats.pairs[0].local_candidate_id, "L1");
  EXPECT_EQ(stats.pairs[0].remote_candidate_id, "R2");
  ASSERT_EQ(stats.candidates.size(), 3u);
  EXPECT_EQ(stats.candidates[2].id, "R2");
  EXPECT_EQ(stats.candidates[2].candidate.type, CandidateType::kHost);
}

TEST(PairLogTest, ForgetsTheOldestPairBeyondItsCap) {
  PairLog log;
  for (uint16_t port = 1; port <= PairLog::kMaxPairs + 5; ++port) {
    log.Select(Make("192.0.2.1"), Make("192.0.2.2", port));
  }
  const Stats stats = StatsOf(log);
  EXPECT_EQ(stats.pairs.size(), PairLog::kMaxPairs);
  EXPECT_EQ(stats.pairs.front().id, "P6");
}

}  // namespace
}  // namespace pcd::ice
