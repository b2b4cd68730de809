// The verbs of `pcctl sink`.
#include <nlohmann/json.hpp>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

class SinkVerbsTest : public AppFixture {
 protected:
  SinkVerbsTest() {
    api::Sink& video = service_.state.sinks.emplace_back();
    video.set_sink_id("video");
    video.set_state(api::SINK_STATE_ACTIVE);
    auto* kind = video.mutable_spec()->mutable_selector()->mutable_kind_and_ordinal();
    kind->set_kind(api::MEDIA_KIND_VIDEO);
    video.mutable_spec()->mutable_destination()->set_host("127.0.0.1");
    video.mutable_spec()->mutable_destination()->set_port(5004);
    video.mutable_codec()->mutable_codec()->set_mime_type("video/VP8");
    video.mutable_counters()->set_packets_sent(314);
    video.mutable_counters()->set_bytes_sent(271828);
    video.mutable_counters()->set_packets_skipped(2);
    api::Sink& late = service_.state.sinks.emplace_back();
    late.set_sink_id("late");
    late.set_state(api::SINK_STATE_WAITING);
    late.mutable_spec()->mutable_selector()->set_mid("7");
    late.mutable_spec()->mutable_destination()->set_host("::1");
    late.mutable_spec()->mutable_destination()->set_port(6000);
  }

  const api::SinkSpec& Created(const std::vector<std::string>& arguments) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    return service_.state.create_sink_requests.back().spec();
  }
};

TEST_F(SinkVerbsTest, ListShowsStateAndCounters) {
  const RunResult result = Run({"sink", "list", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out,
            "SINK   STATE    TAKES     CODEC      LAYER  TO              PACKETS  BYTES   SKIPPED  "
            "DROPPED\n"
            "video  active   video[0]  video/VP8  -      127.0.0.1:5004  314      271828  2        "
            "0\n"
            "late   waiting  mid=7     -          -      [::1]:6000      0        0       0        "
            "0\n");
  const Json json = Json::parse(Run({"sink", "list", "abc", "-o", "json"}).out);
  EXPECT_EQ(json["sinks"].size(), 2u);
  EXPECT_EQ(json["sinks"][0]["counters"]["packetsSent"], "314");
}

TEST_F(SinkVerbsTest, ListOfNothingIsNoError) {
  service_.state.sinks.clear();
  const RunResult result = Run({"sink", "list", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "No sinks.\n");
  EXPECT_EQ(Run({"sink", "list", "abc", "-ojson"}).out, "{\n  \"sinks\": []\n}\n");
}

TEST_F(SinkVerbsTest, CreatePrintsTheIdAlone) {
  const RunResult result =
      Run({"sink", "create", "abc", "--to", "127.0.0.1:5004", "--kind", "video"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "made\n");
  EXPECT_EQ(result.err, "");
  const auto& request = service_.state.create_sink_requests.at(0);
  EXPECT_EQ(request.peer_connection_id(), "abc");
  EXPECT_EQ(request.spec().selector().kind_and_ordinal().kind(), api::MEDIA_KIND_VIDEO);
  EXPECT_EQ(request.spec().destination().host(), "127.0.0.1");
  EXPECT_EQ(request.spec().destination().port(), 5004u);
  EXPECT_FALSE(request.spec().paused());
  EXPECT_FALSE(request.spec().has_payload_type());
  EXPECT_FALSE(request.spec().has_ssrc());
  EXPECT_FALSE(request.spec().has_max_reorder_delay());
}

TEST_F(SinkVerbsTest, CreatePassesItsFlags) {
  const api::SinkSpec& spec = Created({"sink",      "create",      "abc",
                                       "--to",      "[::1]:65535", "--rtcp-port",
                                       "65535",     "--kind",      "audio",
                                       "--ordinal", "1",           "--paused",
                                       "--name",    "music",       "--payload-type",
                                       "0",         "--ssrc",      "4294967295",
                                       "--rid",     "h",           "--reorder-delay",
                                       "250ms"});
  EXPECT_EQ(spec.sink_id(), "music");
  EXPECT_EQ(spec.selector().kind_and_ordinal().kind(), api::MEDIA_KIND_AUDIO);
  EXPECT_EQ(spec.selector().kind_and_ordinal().ordinal(), 1u);
  EXPECT_EQ(spec.destination().host(), "::1");
  EXPECT_EQ(spec.rtcp_port(), 65535u);
  EXPECT_TRUE(spec.paused());
  EXPECT_TRUE(spec.has_payload_type());
  EXPECT_EQ(spec.payload_type(), 0u);
  EXPECT_EQ(spec.ssrc(), 4294967295u);
  EXPECT_EQ(spec.rid(), "h");
  EXPECT_EQ(spec.max_reorder_delay().nanos(), 250000000);
}

TEST_F(SinkVerbsTest, CreateTakesATrackByItsMidOrId) {
  EXPECT_EQ(
      Created({"sink", "create", "abc", "--to", "127.0.0.1:1", "--mid", "0"}).selector().mid(),
      "0");
  EXPECT_EQ(Created({"sink", "create", "abc", "--to", "127.0.0.1:1", "--track", "t"})
                .selector()
                .track_id(),
            "t");
}

TEST_F(SinkVerbsTest, PauseAndResumeSetNothingElse) {
  EXPECT_EQ(Run({"sink", "pause", "abc", "video"}).out, "video paused\n");
  EXPECT_EQ(Run({"sink", "resume", "abc", "video", "late"}).out, "video resumed\nlate resumed\n");
  const auto& requests = service_.state.update_sink_requests;
  ASSERT_EQ(requests.size(), 3u);
  for (size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(requests[i].peer_connection_id(), "abc");
    ASSERT_EQ(requests[i].update_mask().paths_size(), 1);
    EXPECT_EQ(requests[i].update_mask().paths(0), "paused");
    EXPECT_EQ(requests[i].spec().paused(), i == 0);
  }
  EXPECT_EQ(requests[2].sink_id(), "late");
}

TEST_F(SinkVerbsTest, DeleteTriesAllAndReportsTheFirstFailure) {
  const RunResult result = Run({"sink", "delete", "abc", "missing", "video"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.out, "video deleted\n");
  EXPECT_EQ(result.err,
            "Error: missing: NOT_FOUND (SINK_NOT_FOUND): no sink has the id missing\n"
            "Hint: \"pcctl sink list ID\" shows those of the connection.\n");
  EXPECT_EQ(service_.state.delete_sink_requests.size(), 2u);
}

TEST_F(SinkVerbsTest, ChangesPrintJson) {
  EXPECT_EQ(Json::parse(Run({"sink", "pause", "abc", "video", "-o", "json"}).out)["sinkId"],
            "video");
  const RunResult several = Run({"sink", "delete", "abc", "video", "missing", "-o", "json"});
  EXPECT_EQ(Json::parse(several.out)["sinks"].size(), 1u);
  EXPECT_EQ(Run({"sink", "delete", "abc", "missing", "-o", "json"}).out, "");
}

TEST_F(SinkVerbsTest, SdpIsOfTheSinksNamedOrOfAllThatHaveATrack) {
  service_.state.sink_sdp = "v=0\r\n";
  EXPECT_EQ(Run({"sink", "sdp", "abc", "late", "video"}).out, "v=0\r\n");
  EXPECT_EQ(Json::parse(Run({"sink", "sdp", "abc", "-o", "json"}).out)["sdp"], "v=0\r\n");
  const auto& requests = service_.state.get_sink_sdp_requests;
  ASSERT_EQ(requests.size(), 2u);
  ASSERT_EQ(requests[0].sink_ids_size(), 2);
  EXPECT_EQ(requests[0].sink_ids(0), "late");
  ASSERT_EQ(requests[1].sink_ids_size(), 1);
  EXPECT_EQ(requests[1].sink_ids(0), "video");
}

TEST_F(SinkVerbsTest, SdpOfNothingNegotiatedIsAnError) {
  service_.state.sinks[0].set_state(api::SINK_STATE_ENDED);
  const RunResult result = Run({"sink", "sdp", "abc"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, StartsWith("Error: no sink of the connection has a track\nHint: "));
  EXPECT_TRUE(service_.state.get_sink_sdp_requests.empty());
}

TEST_F(SinkVerbsTest, ErrorsOfTheServiceSetTheExitCode) {
  struct Case {
    std::vector<std::string> arguments;
    std::string method;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {{"sink", "list", "abc"}, "ListSinks", "PEER_CONNECTION_NOT_FOUND"},
      {{"sink", "create", "abc", "--to", "192.0.2.1:1", "--mid", "0"},
       "CreateSink",
       "SINK_DESTINATION_DENIED"},
      {{"sink", "create", "abc", "--to", "127.0.0.1:1", "--mid", "0", "--name", "a"},
       "CreateSink",
       "SINK_ALREADY_EXISTS"},
      {{"sink", "resume", "abc", "video"}, "UpdateSink", "PEER_CONNECTION_NOT_FOUND"},
      {{"sink", "sdp", "abc", "late"}, "GetSinkSdp", "SINK_NOT_NEGOTIATED"},
      {{"sink", "sdp", "abc"}, "ListSinks", "PEER_CONNECTION_NOT_FOUND"},
  };
  for (const Case& each : cases) {
    service_.state.errors = {
        {each.method, {.code = 7, .reason = each.reason, .message = "no", .metadata = {}}}};
    const RunResult result = Run(each.arguments);
    EXPECT_EQ(result.code, 6) << each.method;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(" (" + each.reason + "): no\nHint: "));
  }
}

}  // namespace
}  // namespace pcd::pcctl
