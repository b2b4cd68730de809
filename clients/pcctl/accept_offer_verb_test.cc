#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kOffer[] = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=video 9 RTP/AVP 96\r\n";
constexpr char kAnswer[] = "v=0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n";

class AcceptOfferVerbTest : public AppFixture {
 protected:
  AcceptOfferVerbTest() {
    input_ = kOffer;
    api::AcceptOfferResponse& response = service_.state.accept_offer_response;
    *response.mutable_peer_connection() = MakeConnection("abc");
    response.mutable_answer()->set_type(api::SDP_TYPE_ANSWER);
    response.mutable_answer()->set_sdp(kAnswer);
    response.set_gathering_complete(true);
    AddSink("video", 5004, api::SINK_STATE_STARTING);
    AddSink("audio", 5006, api::SINK_STATE_WAITING);
    response.mutable_sinks(0)->mutable_codec()->mutable_codec()->set_mime_type("video/VP8");
  }

  void AddSink(const std::string& id, uint32_t port, api::SinkState state) {
    api::Sink* sink = service_.state.accept_offer_response.add_sinks();
    sink->set_sink_id(id);
    sink->set_state(state);
    sink->mutable_spec()->mutable_destination()->set_host("127.0.0.1");
    sink->mutable_spec()->mutable_destination()->set_port(port);
  }

  const api::AcceptOfferRequest& request() const {
    return service_.state.accept_offer_requests.at(0);
  }

  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const std::string file_ = ::testing::TempDir() + "/accept_offer_verb_test.sdp";
};

TEST_F(AcceptOfferVerbTest, PrintsTheAnswerAloneOnStandardOutput) {
  const RunResult result = Run({"accept-offer", "--sink", "127.0.0.1:5004"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, kAnswer);
  EXPECT_EQ(result.err,
            "connection  abc\n"
            "sink video  127.0.0.1:5004  video/VP8  starting\n"
            "sink audio  127.0.0.1:5006             waiting: no such track in the offer\n");
}

TEST_F(AcceptOfferVerbTest, SendsTheOfferWithSinksAndAsksForACompleteAnswer) {
  Run({"accept-offer", "--sink", "127.0.0.1:5004", "--label", "a=b", "--suffix", "cam"});
  EXPECT_EQ(request().offer().type(), api::SDP_TYPE_OFFER);
  EXPECT_EQ(request().offer().sdp(), kOffer);
  EXPECT_EQ(request().gathering(), api::GATHERING_MODE_UNSPECIFIED) << "complete by default";
  EXPECT_EQ(request().labels().at("a"), "b");
  EXPECT_EQ(request().peer_connection_id_suffix(), "cam");
  ASSERT_EQ(request().sinks_size(), 2);
  EXPECT_EQ(request().sinks(0).sink_id(), "video");
  EXPECT_EQ(request().sinks(1).destination().port(), 5006u);
}

TEST_F(AcceptOfferVerbTest, TakesAnOfferAsJsonAndWithoutSinks) {
  input_ = nlohmann::json{{"type", "offer"}, {"sdp", kOffer}}.dump();
  EXPECT_EQ(Run({"accept-offer"}).code, 0);
  EXPECT_EQ(request().offer().sdp(), kOffer);
  EXPECT_EQ(request().sinks_size(), 0);
}

TEST_F(AcceptOfferVerbTest, PrintsEverythingAsJson) {
  const RunResult result = Run({"accept-offer", "--sink", "127.0.0.1:5004", "-o", "json"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["peerConnection"]["peerConnectionId"], "abc");
  EXPECT_EQ(json["answer"]["sdp"], kAnswer);
  EXPECT_EQ(json["sinks"][0]["sinkId"], "video");
}

TEST_F(AcceptOfferVerbTest, AsksAPersonForTheOffer) {
  input_is_terminal_ = true;
  EXPECT_THAT(Run({"accept-offer"}).err, StartsWith("Paste the offer, then press Ctrl-D.\n"));
}

TEST_F(AcceptOfferVerbTest, WithoutAnOfferThereIsNoCall) {
  input_ = "";
  const RunResult result = Run({"accept-offer"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("there is no offer on the input"));
  EXPECT_TRUE(service_.state.accept_offer_requests.empty());
}

TEST_F(AcceptOfferVerbTest, WarnsOfAnAnswerThatIsNotComplete) {
  service_.state.accept_offer_response.set_gathering_complete(false);
  const RunResult result = Run({"accept-offer"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("Warning: gathering took too long"));
}

TEST_F(AcceptOfferVerbTest, WritesTheSdpOfSinksThatHaveATrack) {
  service_.state.sink_sdp = "v=0\r\nm=video 5004 RTP/AVP 96\r\n";
  const RunResult result = Run({"accept-offer", "--sink", "127.0.0.1:5004", "--sink-sdp", file_});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(ReadFile(file_), service_.state.sink_sdp);
  ASSERT_EQ(service_.state.get_sink_sdp_requests.size(), 1u);
  const auto& asked = service_.state.get_sink_sdp_requests[0];
  EXPECT_EQ(asked.peer_connection_id(), "abc");
  ASSERT_EQ(asked.sink_ids_size(), 1);
  EXPECT_EQ(asked.sink_ids(0), "video");
}

TEST_F(AcceptOfferVerbTest, PrintsTheAnswerEvenIfTheSinkSdpFails) {
  service_.state.errors["GetSinkSdp"] = {
      .code = 9, .reason = "SINK_NOT_NEGOTIATED", .message = "not yet", .metadata = {}};
  const RunResult failed = Run({"accept-offer", "--sink", "127.0.0.1:5004", "--sink-sdp", file_});
  EXPECT_EQ(failed.code, 1);
  EXPECT_EQ(failed.out, kAnswer);
  EXPECT_THAT(failed.err, HasSubstr("Error: sink SDP: FAILED_PRECONDITION (SINK_NOT_NEGOTIATED)"));
  EXPECT_THAT(failed.err, HasSubstr("connection  abc\n"));

  for (auto& sink : *service_.state.accept_offer_response.mutable_sinks()) {
    sink.set_state(api::SINK_STATE_WAITING);
  }
  const RunResult none = Run({"accept-offer", "--sink", "127.0.0.1:5004", "--sink-sdp", file_});
  EXPECT_EQ(none.code, 1);
  EXPECT_EQ(none.out, kAnswer);
  EXPECT_THAT(none.err, HasSubstr("Error: the offer has no track for any sink"));
}

TEST_F(AcceptOfferVerbTest, ChecksTheSinkSdpFileBeforeItMakesAConnection) {
  const RunResult result =
      Run({"accept-offer", "--sink", "127.0.0.1:5004", "--sink-sdp", "/does/not/exist"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "Error: cannot write /does/not/exist\n");
  EXPECT_TRUE(service_.state.accept_offer_requests.empty());
}

TEST_F(AcceptOfferVerbTest, ShowsTheLineOfTheOfferAtFault) {
  service_.state.errors["AcceptOffer"] = {.code = 3,
                                          .reason = "UNSUPPORTED_SDP",
                                          .message = "plain RTP",
                                          .metadata = {{"sdpLineNumber", "3"}}};
  const RunResult result = Run({"accept-offer"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "Error: INVALID_ARGUMENT (UNSUPPORTED_SDP): plain RTP\n"
            "  sdpLineNumber: 3\n"
            "Hint: The offer needs DTLS-SRTP and rtcp-mux, as every browser offers them.\n"
            "Line 3 of the offer: m=video 9 RTP/AVP 96\n");
}

}  // namespace
}  // namespace pcd::pcctl
