// Sinks, data channels, their messages and candidates as text.
#include <gtest/gtest.h>

#include <sstream>

#include "clients/pcctl/candidate_view.h"
#include "clients/pcctl/channel_view.h"
#include "clients/pcctl/describe_view.h"
#include "clients/pcctl/sink_view.h"

namespace pcd::pcctl {
namespace {

TEST(SinkViewTest, NamesWhatASinkTakes) {
  api::TrackSelector selector;
  EXPECT_EQ(SelectorText(selector), "-");
  selector.set_mid("1\n");
  EXPECT_EQ(SelectorText(selector), "mid=1\\x0a");
  selector.set_track_id("t");
  EXPECT_EQ(SelectorText(selector), "track=t");
  selector.mutable_kind_and_ordinal()->set_kind(api::MEDIA_KIND_AUDIO);
  selector.mutable_kind_and_ordinal()->set_ordinal(2);
  EXPECT_EQ(SelectorText(selector), "audio[2]");
}

TEST(SinkViewTest, HasACellForEachColumn) {
  EXPECT_EQ(SinkRow({}).size(), SinkColumns().size());
  api::Sink sink;
  sink.set_active_rid("h");
  sink.mutable_counters()->set_packets_dropped(9);
  EXPECT_EQ(SinkRow(sink)[4], "h");
  EXPECT_EQ(SinkRow(sink).back(), "9");
}

TEST(ChannelViewTest, HasACellForEachColumn) {
  EXPECT_EQ(ChannelRow({}).size(), ChannelColumns().size());
}

TEST(ChannelViewTest, ShowsMessagesInOneLine) {
  api::DataMessage message;
  EXPECT_EQ(MessageText(message), "");
  message.set_text("caf\xC3\xA9\n");
  EXPECT_EQ(MessageText(message), "caf\xC3\xA9\\x0a");
  message.set_binary(std::string("\x00\x7F\xFF", 3));
  EXPECT_EQ(MessageText(message), "binary, 3 bytes: 007fff");
  message.set_binary("a");
  EXPECT_EQ(MessageText(message), "binary, 1 byte: 61");
}

TEST(CandidateViewTest, IsEmptyWithoutCandidates) {
  api::StatsReport report;
  (*report.mutable_stats())["T0"].set_type(api::STATS_TYPE_TRANSPORT);
  EXPECT_EQ(CandidateTable(report).size(), 0u);
  EXPECT_EQ(CandidatePairTable(report).size(), 0u);
}

TEST(CandidateViewTest, SurvivesAPairThatTheReportLacks) {
  api::StatsReport report;
  api::Stats& transport = (*report.mutable_stats())["T0"];
  transport.set_type(api::STATS_TYPE_TRANSPORT);
  transport.mutable_transport()->set_selected_candidate_pair_id("gone");
  (*report.mutable_stats())["L1"].set_type(api::STATS_TYPE_LOCAL_CANDIDATE);
  std::ostringstream out;
  CandidateTable(report).Print(out);
  EXPECT_NE(out.str().find("local"), std::string::npos);
  EXPECT_EQ(out.str().find("yes"), std::string::npos);
}

TEST(DescribeViewTest, NamesEverySource) {
  struct Case {
    api::SourceSpec spec;
    std::string text;
  };
  std::vector<Case> cases(3);
  cases[0].spec.mutable_packet_stream();
  cases[0].text = "packet stream, waiting";
  cases[1].spec.mutable_test();
  cases[1].text = "test, waiting";
  cases[2].spec.mutable_relay()->set_track_id("other");
  cases[2].text = "relay of other, waiting";
  for (const Case& each : cases) {
    Description description;
    api::Source& source = *description.snapshot.add_tracks()->mutable_source();
    *source.mutable_spec() = each.spec;
    source.set_state(api::SOURCE_STATE_WAITING);
    std::ostringstream out;
    PrintDescription(description, {}, out);
    EXPECT_NE(out.str().find("  " + each.text + "\n"), std::string::npos) << out.str();
  }
}

}  // namespace
}  // namespace pcd::pcctl
