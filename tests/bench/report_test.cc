#include "tests/bench/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/scale.h"

namespace pcd::bench {
namespace {

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Report Filled() {
  Report report("abc123");
  report.Add(PacketFigure{.connections = 100,
                          .rate = 500,
                          .backend = "shared port",
                          .floor_us = 5,
                          .service_us = 6,
                          .delays = {.p50 = 100, .p99 = 900, .max = 1200},
                          .sent = 10,
                          .delivered = 10});
  report.Add(PacketFigure{.connections = 1,
                          .rate = 500,
                          .backend = "full ICE",
                          .floor_us = 5,
                          .service_us = 10,
                          .sent = 10,
                          .delivered = 7});
  report.Add(CostFigure{
      .name = "memory", .backend = "full ICE", .unit = "KiB", .value = 119, .target = 120.0});
  report.Add(CostFigure{.name = "data",
                        .backend = "full ICE",
                        .unit = "MB",
                        .value = 119,
                        .target = 150.0,
                        .more_is_better = true});
  report.Add(FloodFigure{.beside = "nobody", .delays = {.p50 = 7}, .sent = 3, .delivered = 3});
  return report;
}

TEST(ReportTest, DelaysAreSummarised) {
  std::vector<uint32_t> delays;
  for (uint32_t i = 1; i <= 1000; ++i) delays.push_back(i);
  const Delays summary = Summarise(delays);
  EXPECT_EQ(summary.p50, 500u);
  EXPECT_EQ(summary.p99, 990u);
  EXPECT_EQ(summary.max, 1000u);
  EXPECT_EQ(Summarise({}).max, 0u);
}

TEST(ReportTest, ThePageSaysWhatWasMetAndWhatWasLost) {
  const std::string path = testing::TempDir() + "performance.md";
  ASSERT_TRUE(Filled().WriteMarkdown(path));
  const std::string page = Read(path);
  EXPECT_TRUE(Has(page, "commit abc123"));
  EXPECT_TRUE(Has(page, "| 100 x 500 | GCM | shared port | 5.0 | 6.0 | 1.20x | 1.3x, met |"));
  EXPECT_TRUE(Has(page, "| 2.00x | 1.6x, missed by 25 % | 0 | 0 | 7 of 10 |"));
  EXPECT_TRUE(Has(page, "| memory | full ICE | 119.00 KiB | at most 120, met |"));
  EXPECT_TRUE(Has(page, "| data | full ICE | 119.00 MB | at least 150, missed by 21 % |"));
  EXPECT_TRUE(Has(page, "| nobody | 7 | 0 | 0 | all |"));
}

TEST(ReportTest, ThePageBeginsWithTheTargets) {
  const std::string path = testing::TempDir() + "verdicts.md";
  ASSERT_TRUE(Filled().WriteMarkdown(path));
  const std::string page = Read(path);
  EXPECT_LT(page.find("## Against the targets"), page.find("## A forwarded packet"));
  EXPECT_TRUE(Has(page,
                  "| CPU of a packet, 100 x 500, GCM | shared port | at most 1.3x the floor | "
                  "6.0 us, 1.20x | 5.0 us | met |"));
  EXPECT_TRUE(Has(page,
                  "| CPU of a packet, 1 x 500, GCM | full ICE | at most 1.6x the floor | "
                  "10.0 us, 2.00x | 5.0 us | none: 7 of 10 delivered |"));
  EXPECT_TRUE(Has(page, "| data | full ICE | at least 150 MB | 119.00 MB |  | missed by 21 % |"));
}

TEST(ReportTest, WhatWasMeasuredIsJudgedOnStandardOutputToo) {
  const Report report = Filled();
  testing::internal::CaptureStdout();
  report.PrintVerdicts();
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(Has(text,
                  "CPU of a packet, 100 x 500, GCM, shared port: met; target at most 1.3x the "
                  "floor, measured 6.0 us, 1.20x, floor 5.0 us\n"));
  EXPECT_TRUE(Has(text, "memory, full ICE: met; target at most 120 KiB, measured 119.00 KiB\n"));
}

TEST(ReportTest, TheTrendGrowsByALine) {
  const std::string path = testing::TempDir() + "trend.jsonl";
  ASSERT_TRUE(Filled().AppendTrend(path));
  ASSERT_TRUE(Filled().AppendTrend(path));
  const std::string trend = Read(path);
  EXPECT_EQ(std::count(trend.begin(), trend.end(), '\n'), 2);
  EXPECT_TRUE(Has(trend, R"("ice":"full ICE","floor_us":5.00,"service_us":10.00)"));
  EXPECT_TRUE(Has(trend, R"("delay_p99_us":0,"lost":3)"));
}

TEST(ScaleTest, EveryLoadOfPacketsHasBothProfiles) {
  const Scale scale;
  const std::vector<PacketLoad> loads = scale.packet_loads();
  EXPECT_EQ(loads.size(), 2 * (scale.rows.size() + scale.growing.size()));
  for (const auto* group : {&scale.rows, &scale.growing}) {
    for (const auto& [connections, rate] : *group) {
      for (const auto profile : {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAes128CmSha1_80}) {
        EXPECT_EQ(std::count(loads.begin(), loads.end(), PacketLoad{connections, rate, profile}), 1)
            << connections << " x " << rate;
      }
    }
  }
}

TEST(ReportTest, AFileThatCannotBeWrittenIsAnError) {
  EXPECT_FALSE(Filled().WriteMarkdown("/nowhere/performance.md"));
  EXPECT_FALSE(Filled().AppendTrend("/nowhere/trend.jsonl"));
}

}  // namespace
}  // namespace pcd::bench
