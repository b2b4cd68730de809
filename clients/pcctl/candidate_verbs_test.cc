// The verbs of `pcctl candidate`.
#include <nlohmann/json.hpp>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr char kCandidate[] = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";

class CandidateVerbsTest : public AppFixture {
 protected:
  api::Stats& AddStats(const std::string& id, api::StatsType type) {
    api::Stats& stats = (*service_.state.stats_report.mutable_stats())[id];
    stats.set_id(id);
    stats.set_type(type);
    return stats;
  }

  void AddCandidates() {
    AddStats("T0", api::STATS_TYPE_TRANSPORT)
        .mutable_transport()
        ->set_selected_candidate_pair_id("P1");
    auto* pair = AddStats("P1", api::STATS_TYPE_CANDIDATE_PAIR).mutable_candidate_pair();
    pair->set_state(api::CANDIDATE_PAIR_STATE_SUCCEEDED);
    pair->set_local_candidate_id("L1");
    pair->set_remote_candidate_id("R1");
    pair->set_bytes_sent(10);
    pair->set_bytes_received(2000);
    auto* other = AddStats("P0", api::STATS_TYPE_CANDIDATE_PAIR).mutable_candidate_pair();
    other->set_state(api::CANDIDATE_PAIR_STATE_WAITING);
    other->set_local_candidate_id("L1");
    other->set_remote_candidate_id("gone");
    auto* local = AddStats("L1", api::STATS_TYPE_LOCAL_CANDIDATE).mutable_local_candidate();
    local->set_candidate_type(api::ICE_CANDIDATE_TYPE_SRFLX);
    local->set_protocol(api::ICE_PROTOCOL_UDP);
    local->set_address("192.0.2.1");
    local->set_port(5000);
    local->set_priority(7);
    local->set_related_address("10.0.0.1");
    local->set_related_port(4000);
    local->set_transport_id("T0");
    auto* remote = AddStats("R1", api::STATS_TYPE_REMOTE_CANDIDATE).mutable_remote_candidate();
    remote->set_candidate_type(api::ICE_CANDIDATE_TYPE_HOST);
    remote->set_protocol(api::ICE_PROTOCOL_UDP);
    remote->set_port(9);
  }

  const api::IceCandidate& Added(size_t index) {
    return service_.state.add_ice_candidate_requests.at(index).candidate();
  }
};

TEST_F(CandidateVerbsTest, ListShowsCandidatesAndPairs) {
  AddCandidates();
  const RunResult result = Run({"candidate", "list", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "SIDE    TYPE   PROTOCOL  ADDRESS         PRIORITY  RELATED        TRANSPORT  USED\n"
            "local   srflx  udp       192.0.2.1:5000  7         10.0.0.1:4000  T0         yes\n"
            "remote  host   udp       hidden:9        0         -              -          yes\n"
            "\n"
            "STATE      LOCAL                     REMOTE             SENT      RECEIVED    USED\n"
            "succeeded  srflx udp 192.0.2.1:5000  host udp hidden:9  10 bytes  2000 bytes  yes\n"
            "waiting    srflx udp 192.0.2.1:5000  gone               0 bytes   0 bytes     no\n");
  ASSERT_EQ(service_.state.get_stats_requests.size(), 1u);
  EXPECT_EQ(service_.state.get_stats_requests[0].peer_connection_id(), "abc");
  EXPECT_EQ(service_.state.get_stats_requests[0].types_size(), 4);
  const Json json = Json::parse(Run({"candidate", "list", "abc", "-o", "json"}).out);
  EXPECT_EQ(json["stats"]["L1"]["localCandidate"]["port"], 5000);
}

TEST_F(CandidateVerbsTest, ListOfNothingIsNoError) {
  const RunResult result = Run({"candidate", "list", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "No candidates.\n");
}

TEST_F(CandidateVerbsTest, AddPassesTheCandidateWithItsSection) {
  EXPECT_EQ(Run({"candidate", "add", "abc", kCandidate, "--mid", "0", "--ufrag", "u"}).out,
            "used\n");
  service_.state.candidate_used = false;
  EXPECT_THAT(Run({"candidate", "add", "abc", kCandidate, "--mline-index", "1"}).out,
              StartsWith("not used: "));
  EXPECT_EQ(Run({"candidate", "add", "abc", kCandidate, "--mid", "0", "-o", "json"}).out,
            "{\"used\":false}\n");
  EXPECT_EQ(service_.state.add_ice_candidate_requests.at(0).peer_connection_id(), "abc");
  EXPECT_EQ(Added(0).candidate(), kCandidate);
  EXPECT_EQ(Added(0).sdp_mid(), "0");
  EXPECT_EQ(Added(0).username_fragment(), "u");
  EXPECT_FALSE(Added(0).has_sdp_m_line_index());
  EXPECT_EQ(Added(1).sdp_m_line_index(), 1u);
  EXPECT_FALSE(Added(1).has_sdp_mid());
  EXPECT_FALSE(Added(1).has_username_fragment());
}

TEST_F(CandidateVerbsTest, AddReadsManyFromTheInput) {
  input_ = std::string("\n {\"candidate\":\"") + kCandidate +
           "\",\"sdpMid\":\"1\",\"sdpMLineIndex\":1}\r\n\n" + "null\n";
  const RunResult result = Run({"candidate", "add", "abc", "-"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "used\nused\n");
  ASSERT_EQ(service_.state.add_ice_candidate_requests.size(), 2u);
  EXPECT_EQ(Added(0).candidate(), kCandidate);
  EXPECT_EQ(Added(0).sdp_mid(), "1");
  EXPECT_EQ(Added(1).candidate(), "");
  EXPECT_FALSE(Added(1).has_sdp_mid());
}

TEST_F(CandidateVerbsTest, AddMakesNoCallIfOneOfTheInputIsWrong) {
  for (const std::string& input :
       {std::string(), std::string("\n"), "null\n" + std::string(kCandidate) + "\n",
        std::string("null\nv=0\n"), std::string((1 << 20) + 1, 'x')}) {
    input_ = input;
    const RunResult result = Run({"candidate", "add", "abc", "-"});
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, StartsWith("Error: "));
  }
  EXPECT_TRUE(service_.state.add_ice_candidate_requests.empty());
}

TEST_F(CandidateVerbsTest, AddAsksAPersonForInput) {
  input_ = "null\n";
  input_is_terminal_ = true;
  EXPECT_THAT(Run({"candidate", "add", "abc", "-"}).err, HasSubstr("Ctrl-D"));
}

TEST_F(CandidateVerbsTest, EndIsOfOneSectionOrOfAll) {
  EXPECT_EQ(Run({"candidate", "end", "abc"}).out, "used\n");
  EXPECT_EQ(Run({"candidate", "end", "abc", "--mid", "0"}).code, 0);
  ASSERT_EQ(service_.state.add_ice_candidate_requests.size(), 2u);
  EXPECT_EQ(Added(0).candidate(), "");
  EXPECT_FALSE(Added(0).has_sdp_mid());
  EXPECT_EQ(Added(1).candidate(), "");
  EXPECT_EQ(Added(1).sdp_mid(), "0");
}

TEST_F(CandidateVerbsTest, ReportsErrors) {
  service_.state.errors["AddIceCandidate"] = {
      .code = 3, .reason = "INVALID_CANDIDATE", .message = "no", .metadata = {}};
  service_.state.errors["GetStats"] = {
      .code = 5, .reason = "PEER_CONNECTION_NOT_FOUND", .message = "no", .metadata = {}};
  const RunResult one = Run({"candidate", "add", "abc", kCandidate, "--mid", "9"});
  EXPECT_EQ(one.code, 1);
  EXPECT_THAT(one.err, StartsWith("Error: abc: INVALID_ARGUMENT (INVALID_CANDIDATE): no\nHint: "));
  input_ = "null\nnull\n";
  EXPECT_THAT(Run({"candidate", "add", "abc", "-"}).err, HasSubstr("Error: candidate 2: "));
  EXPECT_EQ(Run({"candidate", "end", "abc"}).code, 1);
  EXPECT_EQ(Run({"candidate", "list", "abc"}).code, 4);
}

}  // namespace
}  // namespace pcd::pcctl
