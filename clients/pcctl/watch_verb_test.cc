#include <nlohmann/json.hpp>
#include <sstream>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using Json = nlohmann::json;

class WatchVerbTest : public AppFixture {
 protected:
  WatchVerbTest() {
    auto& watch = service_.state.watch;
    *watch.emplace_back().mutable_snapshot()->mutable_peer_connection() = MakeConnection("abc");
    watch.emplace_back().mutable_synced()->set_peer_connection_count(1);
    watch.emplace_back().mutable_heartbeat();
    api::Event* event = watch.emplace_back().mutable_event();
    event->set_peer_connection_id("abc");
    event->set_sequence(2);
    event->mutable_time()->set_seconds(kNow);
    event->mutable_closed()->set_reason(api::CLOSE_REASON_REQUESTED);
  }
};

TEST_F(WatchVerbTest, PrintsLinesUntilTheStreamEnds) {
  const RunResult result = Run({"watch", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "TIME                      ID   SEQ    EVENT                        DETAILS\n"
            "-                         abc  0      snapshot                     connection=new "
            "ice=new signaling=stable tracks=0 sinks=0 data-channels=0\n"
            "-                         -    -      synced                       1 watched; what "
            "follows is live\n"
            "2026-01-31T12:00:00.000Z  abc  2      closed                       requested\n");
}

TEST_F(WatchVerbTest, PrintsJsonLinesWithHeartbeats) {
  std::istringstream out(Run({"watch", "abc", "-o", "json"}).out);
  std::vector<Json> lines;
  for (std::string line; std::getline(out, line);) lines.push_back(Json::parse(line));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0]["snapshot"]["peerConnection"]["peerConnectionId"], "abc");
  EXPECT_TRUE(lines[2].contains("heartbeat"));
  EXPECT_EQ(lines[3]["event"]["closed"]["reason"], "CLOSE_REASON_REQUESTED");
}

TEST_F(WatchVerbTest, AsksForIdsSelectorOrAll) {
  Run({"watch", "a", "b"});
  Run({"watch", "-l", "app=demo"});
  Run({"watch", "--all"});
  const auto& requests = service_.state.watch_requests;
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].peer_connection_ids_size(), 2);
  EXPECT_EQ(requests[1].label_selector(), "app=demo");
  EXPECT_EQ(requests[2].peer_connection_ids_size(), 0);
  EXPECT_EQ(requests[2].label_selector(), "");
}

TEST_F(WatchVerbTest, LeavesRoomForIdsThatComeLater) {
  const std::string out = Run({"watch", "--all"}).out;
  EXPECT_EQ(out.find("  SEQ "), std::string("2026-01-31T12:00:00.000Z  ").size() + 44);
}

TEST_F(WatchVerbTest, EndsWithSuccessOnInterrupt) {
  service_.state.on_endless_watch = [this] { interrupt_(); };
  const RunResult result = Run({"watch", "--all"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
}

TEST_F(WatchVerbTest, TimeoutIsSuccessOnceTheStateWasDelivered) {
  service_.state.errors["WatchEvents"] = {
      .code = 4, .reason = "", .message = "late", .metadata = {}};
  EXPECT_EQ(Run({"watch", "--all", "--timeout", "1h"}).code, 0);
  EXPECT_EQ(Run({"watch", "--all"}).code, 5) << "nobody asked for a limit";
  service_.state.watch.clear();
  EXPECT_EQ(Run({"watch", "--all", "--timeout", "1h"}).code, 5) << "nothing was delivered";
}

TEST_F(WatchVerbTest, ReportsWhyTheServiceEndedIt) {
  service_.state.errors["WatchEvents"] = {
      .code = 8, .reason = "SLOW_CONSUMER", .message = "queue is full", .metadata = {}};
  const RunResult result = Run({"watch", "--all"});
  EXPECT_EQ(result.code, 7);
  EXPECT_NE(result.out, "");
  EXPECT_THAT(result.err,
              ::testing::StartsWith("Error: RESOURCE_EXHAUSTED (SLOW_CONSUMER): queue is full\n"));
}

}  // namespace
}  // namespace pcd::pcctl
