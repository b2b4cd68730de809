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
  constexpr size_t kMaxPairs = 32;
  PairLog log({.max_pairs = kMaxPairs});
  for (uint16_t port = 1; port <= kMaxPairs + 5; ++port) {
    log.Select(Make("192.0.2.1"), Make("192.0.2.2", port));
  }
  const Stats stats = StatsOf(log);
  EXPECT_EQ(stats.pairs.size(), kMaxPairs);
  EXPECT_EQ(stats.pairs.front().id, "P6");
  EXPECT_EQ(stats.candidates.size(), kMaxPairs + 1) << "what only they knew goes with them";
}

TEST(PairLogTest, TheCapIsThatOfLimitsUnlessToldOtherwise) {
  PairLog log;
  for (uint16_t port = 1; port <= 150; ++port) {
    log.Select(Make("192.0.2.1"), Make("192.0.2.2", port));
  }
  EXPECT_EQ(StatsOf(log).pairs.size(), 100u);
}

TEST(PairLogTest, AForgottenPairLeavesTheCandidatesThatWereAdded) {
  PairLog log({.max_pairs = 2});
  log.AddLocal(Make("192.0.2.1"));
  log.AddRemote(Make("192.0.2.2", 1));
  for (uint16_t port = 1; port <= 5; ++port) log.Add(Make("192.0.2.1"), Make("192.0.2.2", port));
  const Stats stats = StatsOf(log);
  ASSERT_EQ(stats.candidates.size(), 4u);
  EXPECT_EQ(stats.candidates[1].candidate.port, 1);
  EXPECT_EQ(stats.candidates[2].candidate.port, 4);
  EXPECT_EQ(stats.candidates[3].candidate.port, 5);
}

TEST(PairLogTest, ThoseNeverSelectedMakeRoomFirst) {
  PairLog log({.max_pairs = 3});
  log.Select(Make("192.0.2.1"), Make("192.0.2.2", 1));
  log.Select(Make("192.0.2.1"), Make("192.0.2.2", 2));
  for (uint16_t port = 3; port <= 9; ++port) log.Add(Make("192.0.2.1"), Make("192.0.2.2", port));
  const Stats stats = StatsOf(log);
  ASSERT_EQ(stats.pairs.size(), 3u);
  EXPECT_EQ(stats.pairs[0].id, "P9");
  EXPECT_EQ(stats.pairs[1].id, "P1");
  EXPECT_EQ(stats.pairs[2].id, "P2");
  EXPECT_EQ(stats.selected_pair_id, "P2");
}

TEST(PairLogTest, TheSelectedPairIsNeverForgottenForAnother) {
  PairLog log({.max_pairs = 1});
  log.Select(Make("192.0.2.1"), Make("192.0.2.2", 1));
  EXPECT_EQ(log.Add(Make("192.0.2.1"), Make("192.0.2.2", 2)), 0u);
  EXPECT_EQ(StatsOf(log).pairs.size(), 1u);
  EXPECT_EQ(StatsOf(log).candidates.size(), 2u);
  log.Select(Make("192.0.2.1"), Make("192.0.2.2", 3));
  ASSERT_EQ(StatsOf(log).pairs.size(), 1u);
  EXPECT_EQ(StatsOf(log).selected_pair_id, "P3");
}

TEST(PairLogTest, APairThatIsNotSelectedCountsWhatCameOnIt) {
  PacketPool pool;
  PairLog log({.lite = true});
  std::vector<PacketPtr> packets;
  packets.push_back(pool.CopyOf(std::vector<uint8_t>(10)));
  const auto number = log.Add(Make("192.0.2.1"), Make("192.0.2.2"));
  EXPECT_EQ(log.Add(Make("192.0.2.1"), Make("192.0.2.2")), number);
  EXPECT_EQ(StatsOf(log).selected_pair_id, "");
  log.CountSent(1, 10, 1);
  log.Select(Make("192.0.2.1"), Make("192.0.2.3"));
  log.CountReceived(number, packets, 2);
  log.CountReceived(12345, packets, 3);
  log.AddChecks(number, 5, 5);
  log.AddChecks(number, 2, 1);
  const Stats stats = StatsOf(log);
  EXPECT_EQ(stats.packets_received, 2u);
  ASSERT_EQ(stats.pairs.size(), 2u);
  EXPECT_EQ(stats.pairs[0].id, PairLog::IdOf(number));
  EXPECT_EQ(stats.pairs[0].packets_received, 1u);
  EXPECT_EQ(stats.pairs[0].packets_sent, 0u);
  EXPECT_EQ(stats.pairs[0].last_packet_received_us, 2);
  EXPECT_EQ(stats.pairs[0].requests_received, 7u);
  EXPECT_EQ(stats.pairs[0].responses_sent, 6u);
  EXPECT_EQ(stats.pairs[0].requests_sent, 0u);
  EXPECT_EQ(stats.pairs[1].packets_received, 0u);
  EXPECT_EQ(stats.pairs[1].requests_received, 0u);
}

TEST(PairLogTest, WhatIsNotKnownOfAPairIsUnset) {
  PairLog log;
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  log.AddChecks(1, 7, 6);
  log.CountDiscarded(1, 10);
  EXPECT_FALSE(StatsOf(log).pairs.at(0).requests_received.has_value());
  EXPECT_FALSE(StatsOf(log).pairs.at(0).packets_discarded_on_send.has_value());
}

TEST(PairLogTest, CountsWhatTheSystemRefused) {
  PairLog log({.counts_discards = true});
  log.CountDiscarded(9, 90);
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  EXPECT_EQ(StatsOf(log).pairs.at(0).packets_discarded_on_send, 0u);
  log.CountDiscarded(2, 30);
  EXPECT_EQ(StatsOf(log).pairs.at(0).packets_discarded_on_send, 2u);
  EXPECT_EQ(StatsOf(log).pairs.at(0).bytes_discarded_on_send, 30u);
}

TEST(PairLogTest, AnswersToChecksOfConsentTellTheRoundTrip) {
  PairLog log({.counts_consent = true});
  log.CountConsentCheck();
  log.CountAnswer(std::chrono::milliseconds(9));
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  EXPECT_EQ(StatsOf(log).pairs.at(0).consent_requests_sent, 0u);
  EXPECT_EQ(StatsOf(log).pairs.at(0).responses_received, 0u);
  EXPECT_FALSE(StatsOf(log).pairs.at(0).current_round_trip_time.has_value());
  for (int i = 0; i < 3; ++i) log.CountConsentCheck();
  log.CountAnswer(std::chrono::milliseconds(30));
  log.CountAnswer(std::chrono::milliseconds(10));
  const CandidatePairStats pair = StatsOf(log).pairs.at(0);
  EXPECT_EQ(pair.consent_requests_sent, 3u);
  EXPECT_EQ(pair.responses_received, 2u);
  EXPECT_DOUBLE_EQ(*pair.current_round_trip_time, 0.01);
  EXPECT_DOUBLE_EQ(*pair.total_round_trip_time, 0.04);
  EXPECT_FALSE(pair.requests_sent.has_value());
  log.Select(Make("192.0.2.1"), Make("192.0.2.3"));
  EXPECT_EQ(StatsOf(log).pairs.at(1).responses_received, 0u);
}

TEST(PairLogTest, WhoMakesNoChecksTellsNoRoundTrips) {
  PairLog log({.lite = true});
  log.Select(Make("192.0.2.1"), Make("192.0.2.2"));
  log.CountConsentCheck();
  log.CountAnswer(std::chrono::milliseconds(9));
  const CandidatePairStats pair = StatsOf(log).pairs.at(0);
  EXPECT_EQ(pair.consent_requests_sent, 0u);
  EXPECT_EQ(pair.responses_received, 0u);
  EXPECT_FALSE(pair.total_round_trip_time.has_value());
}

}  // namespace
}  // namespace pcd::ice
