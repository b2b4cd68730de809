#include "tests/bench/verdicts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/bench/scale.h"

namespace pcd::bench {
namespace {

constexpr auto kGcm = SrtpProfile::kAeadAes128Gcm;
constexpr auto kCm = SrtpProfile::kAes128CmSha1_80;

PacketFigure Packets(size_t connections, double rate, SrtpProfile profile, double service_us,
                     uint32_t p99 = 500) {
  return {.connections = connections,
          .rate = rate,
          .profile = profile,
          .backend = "shared port",
          .floor_us = 10,
          .service_us = service_us,
          .delays = {.p99 = p99},
          .sent = 1000,
          .delivered = 1000,
          .floor_delays = {.p99 = 250}};
}

// The one whose row begins so; an empty one: there is none.
Verdict Find(const std::vector<Verdict>& verdicts, const std::string& row) {
  const auto found = std::ranges::find_if(
      verdicts, [&](const Verdict& each) { return each.row.starts_with(row); });
  return found == verdicts.end() ? Verdict{} : *found;
}

TEST(VerdictsTest, MissedSaysByHowMuchOfTheTarget) {
  struct Case {
    double measured, target;
    bool more_is_better;
    std::string result;
  };
  const std::vector<Case> cases = {
      {1.3, 1.3, false, "met"},
      {1.2, 1.3, false, "met"},
      {1.95, 1.3, false, "missed by 50 %"},
      {1.31, 1.3, false, "missed by 0.8 %"},
      {60.5, 60, false, "missed by 0.8 %"},
      {180, 60, false, "missed by 200 %"},
      {150, 150, true, "met"},
      {229, 150, true, "met"},
      {75, 150, true, "missed by 50 %"},
      {148.5, 150, true, "missed by 1.0 %"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(Compare(each.measured, each.target, each.more_is_better), each.result)
        << each.measured << " of " << each.target;
  }
}

TEST(VerdictsTest, ALoadIsComparedWithTheFloorOfItsRow) {
  struct Case {
    PacketFigure figure;
    std::string row, target, measured, result;
  };
  const std::vector<Case> cases = {
      {Packets(100, 500, kGcm, 13), "CPU of a packet, 100 x 500, GCM", "at most 1.3x the floor",
       "13.0 us, 1.30x", "met"},
      {Packets(100, 500, kGcm, 19.5), "CPU of a packet, 100 x 500, GCM", "at most 1.3x the floor",
       "19.5 us, 1.95x", "missed by 50 %"},
      {Packets(100, 200, kCm, 14.3), "CPU of a packet, 100 x 200, CM", "at most 1.3x the floor",
       "14.3 us, 1.43x", "missed by 10 %"},
      {Packets(1, 500, kGcm, 15.9), "CPU of a packet, 1 x 500, GCM", "at most 1.6x the floor",
       "15.9 us, 1.59x", "met"},
      {Packets(1, 500, kCm, 20), "CPU of a packet, 1 x 500, CM", "at most 1.6x the floor",
       "20.0 us, 2.00x", "missed by 25 %"},
  };
  for (const Case& each : cases) {
    const Verdict verdict = Find(Judge({each.figure}, {}), each.row);
    EXPECT_EQ(verdict.row, each.row);
    EXPECT_EQ(verdict.backend, "shared port");
    EXPECT_EQ(verdict.target, each.target);
    EXPECT_EQ(verdict.measured, each.measured);
    EXPECT_EQ(verdict.floor, "10.0 us");
    EXPECT_EQ(verdict.result, each.result) << each.row;
    EXPECT_EQ(FloorTarget(each.figure).has_value(), true);
  }
  EXPECT_FALSE(FloorTarget(Packets(100, 500, kCm, 13)).has_value());
  EXPECT_FALSE(FloorTarget(Packets(20, 500, kGcm, 13)).has_value());
  EXPECT_TRUE(Judge({Packets(20, 500, kGcm, 13)}, {}).empty());
}

TEST(VerdictsTest, WhatWasLostIsNoFigure) {
  PacketFigure figure = Packets(100, 500, kGcm, 11);
  figure.delivered = 999;
  EXPECT_EQ(Judge({figure}, {}).at(0).result, "none: 999 of 1000 delivered");
  figure.delivered = 1000;
  figure.floor_lost = 3;
  EXPECT_EQ(Judge({figure}, {}).at(0).result, "none: the floor lost 3");
}

std::vector<PacketFigure> Growing(double from100, double from400, double from1000,
                                  double from2000) {
  return {Packets(100, 200, kGcm, from100), Packets(400, 50, kGcm, from400),
          Packets(1000, 20, kGcm, from1000), Packets(2000, 10, kGcm, from2000)};
}

TEST(VerdictsTest, FlatIsWithinTenPercentOfAHundredConnections) {
  struct Case {
    std::vector<PacketFigure> figures;
    std::string measured, result;
  };
  const std::vector<Case> cases = {
      {Growing(10, 10.5, 10, 10.9), "1.05x from 400, 1.00x from 1000, 1.09x from 2000", "met"},
      // Cheaper is no fault.
      {Growing(10, 8, 8, 8), "0.80x from 400, 0.80x from 1000, 0.80x from 2000", "met"},
      {Growing(10, 22, 10, 10), "2.20x from 400, 1.00x from 1000, 1.00x from 2000",
       "missed by 100 %"},
      {Growing(10, 10, 10, 16.5), "1.00x from 400, 1.00x from 1000, 1.65x from 2000",
       "missed by 50 %"},
  };
  for (const Case& each : cases) {
    const Verdict verdict = Find(Judge(each.figures, {}), "CPU of a packet, 20,000 a second");
    EXPECT_EQ(verdict.target, "at most 1.1x that from 100");
    EXPECT_EQ(verdict.measured, each.measured);
    EXPECT_EQ(verdict.floor, "1.00x from 400, 1.00x from 1000, 1.00x from 2000");
    EXPECT_EQ(verdict.result, each.result);
  }
}

TEST(VerdictsTest, FlatNeedsEveryRowOfItsBackendAndProfile) {
  std::vector<PacketFigure> figures = Growing(10, 10, 10, 10);
  figures[2].backend = "full ICE";
  figures[3].profile = kCm;
  const std::string row = "CPU of a packet, 20,000 a second";
  EXPECT_EQ(Find(Judge(figures, {}), row).result, "none: 1000 connections were not measured");
  figures[2].backend = "shared port";
  EXPECT_EQ(Find(Judge(figures, {}), row).result, "none: 2000 connections were not measured");
  figures[3].profile = kGcm;
  figures[3].delivered = 0;
  EXPECT_EQ(Find(Judge(figures, {}), row).result, "none: 0 of 1000 delivered");
}

TEST(VerdictsTest, TheDelayIsJudgedAtTwentyThousandPacketsASecond) {
  struct Case {
    PacketFigure figure;
    std::string measured, result;
  };
  const std::vector<Case> cases = {
      {Packets(100, 200, kGcm, 10, 1000), "1.00 ms", "met"},
      {Packets(400, 50, kCm, 10, 1832), "1.83 ms", "missed by 83 %"},
      {Packets(1000, 20, kGcm, 10, 999), "1.00 ms", "met"},
      {Packets(2000, 10, kGcm, 10, 3000), "3.00 ms", "missed by 200 %"},
  };
  for (const Case& each : cases) {
    const Verdict verdict = Find(Judge({each.figure}, {}), "p99 of the delay");
    EXPECT_EQ(verdict.target, "at most 1 ms");
    EXPECT_EQ(verdict.measured, each.measured);
    EXPECT_EQ(verdict.floor, "0.25 ms");
    EXPECT_EQ(verdict.result, each.result);
  }
  EXPECT_EQ(Find(Judge({Packets(100, 500, kGcm, 10)}, {}), "p99 of the delay").result, "");
}

TEST(VerdictsTest, CostsAreComparedWithTheirOwnTargets) {
  const std::vector<CostFigure> costs = {
      {.name = "set-up", .backend = "full ICE", .unit = "ms", .value = 1.5, .target = 1.0},
      {.name = "data",
       .backend = "full ICE",
       .unit = "MB",
       .value = 300,
       .target = 150.0,
       .more_is_better = true},
      {.name = "other", .backend = "full ICE", .unit = "ms", .value = 1.5, .target = {}},
  };
  const std::vector<Verdict> verdicts = Judge({}, costs);
  ASSERT_EQ(verdicts.size(), 2u);
  EXPECT_EQ(verdicts[0].target, "at most 1 ms");
  EXPECT_EQ(verdicts[0].measured, "1.50 ms");
  EXPECT_EQ(verdicts[0].result, "missed by 50 %");
  EXPECT_EQ(verdicts[1].target, "at least 150 MB");
  EXPECT_EQ(verdicts[1].result, "met");
}

// What is judged is what the bench runs.
TEST(VerdictsTest, AFullRunLeavesNoTargetWithoutFigure) {
  std::vector<PacketFigure> figures;
  for (const PacketLoad& load : Scale().packet_loads()) {
    figures.push_back(Packets(load.connections, load.rate, load.profile, 10));
  }
  const std::vector<Verdict> verdicts = Judge(figures, {});
  // Four loads beside the floor; flat with each profile; the delay of four loads with each.
  EXPECT_EQ(verdicts.size(), 4u + 2u + 8u);
  for (const Verdict& verdict : verdicts) EXPECT_EQ(verdict.result, "met") << verdict.row;
}

}  // namespace
}  // namespace pcd::bench
