#include <nlohmann/json.hpp>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

class DescribeVerbTest : public AppFixture {
 protected:
  DescribeVerbTest() {
    auto& snapshot = *service_.state.watch.emplace_back().mutable_snapshot();
    *snapshot.mutable_peer_connection() = MakeConnection("abc", {{"app", "demo"}});
    snapshot.mutable_peer_connection()->set_last_event_sequence(50);
    service_.state.watch.emplace_back().mutable_synced();
    AddLaterWatch({49, 50});
  }

  api::PeerConnectionSnapshot& snapshot() { return *service_.state.watch[0].mutable_snapshot(); }

  // Sequences of its events; 0: a gap.
  void AddLaterWatch(const std::vector<uint64_t>& sequences) {
    auto& watch = service_.state.later_watches.emplace_back();
    for (const uint64_t sequence : sequences) {
      api::WatchEventsResponse& response = watch.emplace_back();
      if (sequence == 0) {
        response.mutable_gap();
        continue;
      }
      response.mutable_event()->set_sequence(sequence);
      response.mutable_event()->mutable_time()->set_seconds(kNow);
      response.mutable_event()->mutable_sink_deleted()->set_sink_id("s\n");
    }
    watch.emplace_back().mutable_synced();
  }

  uint64_t ResumedAfter(size_t watch) {
    return service_.state.watch_requests.at(watch).resume_after().at("abc");
  }
};

TEST_F(DescribeVerbTest, ShowsAnEmptyConnection) {
  const RunResult result = Run({"describe", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, StartsWith("ID               abc\n"));
  EXPECT_THAT(result.out, HasSubstr("\n\nCandidates: none\n\nCandidate pairs: none\n\n"
                                    "Transceivers: none\n\nTracks: none\n\nSinks: none\n\n"
                                    "Data channels: none\n\nLatest events:\n"
                                    "  TIME                      SEQ  EVENT         DETAILS\n"
                                    "  2026-01-31T12:00:00.000Z  49   sink-deleted  s\\x0a\n"
                                    "  2026-01-31T12:00:00.000Z  50   sink-deleted  s\\x0a\n"));
  ASSERT_EQ(service_.state.watch_requests.size(), 2u);
  EXPECT_EQ(service_.state.watch_requests[0].peer_connection_ids(0), "abc");
  EXPECT_TRUE(service_.state.watch_requests[0].resume_after().empty());
  EXPECT_EQ(ResumedAfter(1), 30u);
}

TEST_F(DescribeVerbTest, ShowsWhatTheConnectionHas) {
  api::RtpTransceiver& transceiver = *snapshot().add_transceivers();
  transceiver.set_transceiver_id("x1");
  transceiver.set_mid("0");
  transceiver.set_kind(api::MEDIA_KIND_VIDEO);
  transceiver.set_direction(api::RTP_TRANSCEIVER_DIRECTION_SENDRECV);
  transceiver.set_current_direction(api::RTP_TRANSCEIVER_DIRECTION_RECVONLY);
  transceiver.mutable_receiver()->set_track_id("t1");
  api::Track& remote = *snapshot().add_tracks();
  remote.set_track_id("t1");
  remote.set_kind(api::MEDIA_KIND_VIDEO);
  remote.set_origin(api::TRACK_ORIGIN_REMOTE);
  remote.set_state(api::TRACK_STATE_LIVE);
  remote.set_mid("0");
  remote.add_stream_ids("a");
  remote.add_stream_ids("b");
  api::Track& local = *snapshot().add_tracks();
  local.set_track_id("film");
  local.set_origin(api::TRACK_ORIGIN_LOCAL);
  local.mutable_source()->mutable_spec()->mutable_udp();
  local.mutable_source()->mutable_local_rtp()->set_host("127.0.0.1");
  local.mutable_source()->mutable_local_rtp()->set_port(7000);
  local.mutable_source()->set_state(api::SOURCE_STATE_ACTIVE);
  snapshot().add_sinks()->set_sink_id("video");
  snapshot().add_data_channels()->set_data_channel_id("chat");
  api::Stats& stats = (*service_.state.stats_report.mutable_stats())["L1"];
  stats.set_type(api::STATS_TYPE_LOCAL_CANDIDATE);
  stats.mutable_local_candidate()->set_address("192.0.2.1");
  const std::string out = Run({"describe", "abc"}).out;
  EXPECT_THAT(out, HasSubstr("\nCandidates:\n  SIDE   TYPE"));
  EXPECT_THAT(out, HasSubstr("\n  local  -"));
  EXPECT_THAT(out, HasSubstr("\nCandidate pairs: none\n"));
  EXPECT_THAT(out, HasSubstr("\n  x1           0    video  sendrecv   recvonly    -      t1\n"));
  EXPECT_THAT(out, HasSubstr("\n  t1     video  remote  live   no     0    a,b      -\n"));
  EXPECT_THAT(out, HasSubstr("udp at 127.0.0.1:7000, active\n"));
  EXPECT_THAT(out, HasSubstr("\n  video  -"));
  EXPECT_THAT(out, HasSubstr("\n  chat     -"));
}

TEST_F(DescribeVerbTest, AsksForFewerEventsWhereTheOldOnesAreGone) {
  service_.state.later_watches.clear();
  AddLaterWatch({0});
  AddLaterWatch({0});
  AddLaterWatch({50});
  const RunResult result = Run({"describe", "abc", "--events", "100"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("  50   sink-deleted"));
  ASSERT_EQ(service_.state.watch_requests.size(), 4u);
  EXPECT_EQ(ResumedAfter(1), 0u) << "there are no more than 50";
  EXPECT_EQ(ResumedAfter(2), 0u);
  EXPECT_EQ(ResumedAfter(3), 25u);
}

TEST_F(DescribeVerbTest, ShowsNoEventsIfNoneAreWanted) {
  EXPECT_THAT(Run({"describe", "abc", "--events", "0"}).out, HasSubstr("\nLatest events: none\n"));
  EXPECT_EQ(service_.state.watch_requests.size(), 1u);
}

TEST_F(DescribeVerbTest, PrintsOneJsonObject) {
  const Json json = Json::parse(Run({"describe", "abc", "-o", "json"}).out);
  EXPECT_EQ(json["snapshot"]["peerConnection"]["peerConnectionId"], "abc");
  EXPECT_TRUE(json["candidates"].is_object());
  ASSERT_EQ(json["events"].size(), 2u);
  EXPECT_EQ(json["events"][0]["sequence"], "49");
}

TEST_F(DescribeVerbTest, ReportsErrorsOfEachCall) {
  service_.state.errors["GetStats"] = {
      .code = 5, .reason = "PEER_CONNECTION_NOT_FOUND", .message = "gone", .metadata = {}};
  const RunResult stats = Run({"describe", "abc"});
  EXPECT_EQ(stats.code, 4);
  EXPECT_EQ(stats.out, "");
  EXPECT_THAT(stats.err, StartsWith("Error: abc: NOT_FOUND (PEER_CONNECTION_NOT_FOUND): gone\n"));
  service_.state.watch.clear();
  service_.state.later_watches.clear();
  service_.state.errors["WatchEvents"] = {
      .code = 14, .reason = "OWNER_UNREACHABLE", .message = "no", .metadata = {}};
  EXPECT_EQ(Run({"describe", "abc"}).code, 7);
}

TEST_F(DescribeVerbTest, AConnectionThatClosesMeanwhileIsNotFound) {
  service_.state.watch.erase(service_.state.watch.begin());
  const RunResult result = Run({"describe", "abc"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.err, "Error: abc: NOT_FOUND: it was closed meanwhile\n");
}

}  // namespace
}  // namespace pcd::pcctl
