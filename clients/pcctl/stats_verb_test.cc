#include <nlohmann/json.hpp>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

class StatsVerbTest : public AppFixture {
 protected:
  StatsVerbTest() {
    api::Stats& stats = (*service_.state.stats_report.mutable_stats())["I1"];
    stats.set_id("I1");
    stats.set_type(api::STATS_TYPE_INBOUND_RTP);
    stats.mutable_inbound_rtp()->set_packets_received(7);
  }
};

TEST_F(StatsVerbTest, PrintsTables) {
  const RunResult result = Run({"stats", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "inbound-rtp        I1\n  packetsReceived  7\n");
  ASSERT_EQ(service_.state.get_stats_requests.size(), 1u);
  EXPECT_EQ(service_.state.get_stats_requests[0].peer_connection_id(), "abc");
  EXPECT_EQ(service_.state.get_stats_requests[0].types_size(), 0);
}

TEST_F(StatsVerbTest, PrintsJson) {
  const auto json = nlohmann::json::parse(Run({"stats", "abc", "-o", "json"}).out);
  EXPECT_EQ(json["stats"]["I1"]["inboundRtp"]["packetsReceived"], "7");
}

TEST_F(StatsVerbTest, AsksForTypes) {
  Run({"stats", "abc", "--type", "inbound-rtp", "--type", "transport"});
  ASSERT_EQ(service_.state.get_stats_requests.size(), 1u);
  const auto& types = service_.state.get_stats_requests[0].types();
  ASSERT_EQ(types.size(), 2);
  EXPECT_EQ(types[0], api::STATS_TYPE_INBOUND_RTP);
  EXPECT_EQ(types[1], api::STATS_TYPE_TRANSPORT);
}

TEST_F(StatsVerbTest, ReportsErrors) {
  service_.state.errors["GetStats"] = {
      .code = 5, .reason = "PEER_CONNECTION_NOT_FOUND", .message = "gone", .metadata = {}};
  const RunResult result = Run({"stats", "abc"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err,
              ::testing::StartsWith("Error: abc: NOT_FOUND (PEER_CONNECTION_NOT_FOUND): gone\n"));
}

}  // namespace
}  // namespace pcd::pcctl
