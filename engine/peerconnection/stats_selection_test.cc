#include "engine/peerconnection/stats_selection.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace pcd::peerconnection {
namespace {

// Two sections of one transport, sent and received, and what else a report has.
StatsReport Report() {
  StatsReport report{.timestamp_us = 7};
  auto& entries = report.entries;
  entries.emplace_back(PeerConnectionStats{.id = "P"});
  entries.emplace_back(TransportStats{.id = "T",
                                      .selected_candidate_pair_id = "pair",
                                      .local_certificate_id = "own",
                                      .remote_certificate_id = "theirs"});
  entries.emplace_back(CandidatePairStats{.id = "pair",
                                          .transport_id = "T",
                                          .local_candidate_id = "local",
                                          .remote_candidate_id = "remote"});
  for (const char* id : {"local", "remote", "unused"}) {
    entries.emplace_back(IceCandidateStats{.id = id, .transport_id = "T"});
  }
  for (const char* id : {"own", "theirs"}) entries.emplace_back(CertificateStats{.id = id});
  for (const std::string mid : {"0", "1"}) {
    entries.emplace_back(CodecStats{.id = "codec" + mid, .transport_id = "T"});
    entries.emplace_back(InboundRtpStats{
        .id = "in" + mid, .transport_id = "T", .codec_id = "codec" + mid, .mid = mid});
    entries.emplace_back(
        RemoteOutboundRtpStats{.id = "ro" + mid, .transport_id = "T", .local_id = "in" + mid});
    entries.emplace_back(OutboundRtpStats{.id = "out" + mid,
                                          .transport_id = "T",
                                          .codec_id = "codec" + mid,
                                          .media_source_id = "source" + mid,
                                          .remote_id = "ri" + mid,
                                          .mid = mid});
    entries.emplace_back(
        RemoteInboundRtpStats{.id = "ri" + mid, .transport_id = "T", .local_id = "out" + mid});
    entries.emplace_back(MediaSourceStats{.id = "source" + mid});
  }
  entries.emplace_back(DataChannelStats{.id = "channel"});
  return report;
}

std::vector<std::string> Ids(const StatsReport& report) {
  std::vector<std::string> ids;
  for (const StatsEntry& entry : report.entries) {
    ids.push_back(std::visit([](const auto& value) { return value.id; }, entry));
  }
  return ids;
}

TEST(StatsSelection, ASenderHasItsStreamsAndAllTheyReferTo) {
  const StatsReport selected = SelectStats(Report(), StatsSide::kSender, "1");
  EXPECT_EQ(selected.timestamp_us, 7);
  EXPECT_EQ(Ids(selected),
            (std::vector<std::string>{"T", "pair", "local", "remote", "own", "theirs", "codec1",
                                      "out1", "ri1", "source1"}));
}

TEST(StatsSelection, AReceiverHasWhatItsSenderReportsToo) {
  EXPECT_EQ(Ids(SelectStats(Report(), StatsSide::kReceiver, "0")),
            (std::vector<std::string>{"T", "pair", "local", "remote", "own", "theirs", "codec0",
                                      "in0", "ro0"}));
}

TEST(StatsSelection, WithoutStreamsThereIsNothing) {
  EXPECT_TRUE(SelectStats(Report(), StatsSide::kSender, "2").entries.empty());
}

TEST(StatsSelection, AReferenceToNothingLeadsNowhere) {
  StatsReport report;
  report.entries.emplace_back(OutboundRtpStats{.id = "out", .codec_id = "gone", .mid = "0"});
  EXPECT_EQ(Ids(SelectStats(report, StatsSide::kSender, "0")), std::vector<std::string>{"out"});
}

}  // namespace
}  // namespace pcd::peerconnection
