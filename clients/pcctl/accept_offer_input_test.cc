#include <gtest/gtest.h>

#include <sstream>

#include "clients/pcctl/offer_input.h"
#include "clients/pcctl/sink_flags.h"

namespace pcd::pcctl {
namespace {

OfferInput Read(const std::string& text) {
  std::istringstream in(text);
  return ReadOffer(in);
}

TEST(OfferInputTest, TakesSdpUnchanged) {
  EXPECT_EQ(Read("v=0\r\no=-\n").sdp, "v=0\r\no=-\n");
  const std::string longer = "v=0\r\n" + std::string(300000, 'x');
  EXPECT_EQ(Read(longer).sdp, longer);
}

TEST(OfferInputTest, TakesTheJsonOfADescription) {
  const OfferInput offer = Read("\n {\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}\n");
  EXPECT_EQ(offer.error, "");
  EXPECT_EQ(offer.sdp, "v=0\r\n");
}

TEST(OfferInputTest, RefusesWhatIsNoOffer) {
  EXPECT_EQ(Read("").error, "there is no offer on the input");
  EXPECT_EQ(Read(" \r\n").error, "there is no offer on the input");
  EXPECT_EQ(Read("{").error, "the input is neither SDP nor JSON");
  for (const char* text : {"{}", R"({"type":"answer","sdp":"v=0"})", R"({"type":"offer"})",
                           R"({"type":"offer","sdp":1})"}) {
    EXPECT_EQ(Read(text).error, R"(the JSON input is not {"type": "offer", "sdp": "..."})") << text;
  }
  EXPECT_EQ(Read(std::string((1 << 20) + 1, 'x')).error, "the input is longer than 1 MiB");
}

TEST(OfferInputTest, FindsLines) {
  EXPECT_EQ(Line("v=0\r\no=-\r\n", 2), "o=-");
  EXPECT_EQ(Line("v=0\no=-", 1), "v=0");
  EXPECT_EQ(Line("v=0\n", 0), "");
  EXPECT_EQ(Line("v=0\n", 2), "");
}

struct Made {
  google::protobuf::RepeatedPtrField<api::SinkSpec> sinks;
  std::string error;

  // "video 1 = 127.0.0.1 5004" for each sink.
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const auto& sink : sinks) {
      const auto& selector = sink.selector().kind_and_ordinal();
      all.push_back(sink.sink_id() + " = " +
                    (selector.kind() == api::MEDIA_KIND_VIDEO ? "video " : "audio ") +
                    std::to_string(selector.ordinal()) + " " + sink.destination().host() + " " +
                    std::to_string(sink.destination().port()));
    }
    return all;
  }
};

Made Make(const std::vector<std::string>& arguments) {
  SinkFlags sink_flags;
  FlagSet flags;
  sink_flags.AddFlags(&flags);
  Made made;
  made.error = flags.Parse(arguments).error;
  if (made.error.empty()) made.error = sink_flags.MakeSinks(&made.sinks);
  return made;
}

TEST(SinkFlagsTest, NoFlagIsNoSink) { EXPECT_TRUE(Make({}).sinks.empty()); }

TEST(SinkFlagsTest, SinkTakesFourPorts) {
  EXPECT_EQ(Make({"--sink", "127.0.0.1:5004"}).texts(),
            (std::vector<std::string>{"video = video 0 127.0.0.1 5004",
                                      "audio = audio 0 127.0.0.1 5006"}));
}

TEST(SinkFlagsTest, NamedSinksReplaceThatKind) {
  EXPECT_EQ(
      Make({"--sink", "127.0.0.1:5004", "--video-sink", "[::1]:6000"}).texts(),
      (std::vector<std::string>{"video = video 0 ::1 6000", "audio = audio 0 127.0.0.1 5006"}));
  EXPECT_EQ(
      Make({"--sink", "127.0.0.1:5004", "--audio-sink", "[::1]:6000"}).texts(),
      (std::vector<std::string>{"video = video 0 127.0.0.1 5004", "audio = audio 0 ::1 6000"}));
}

TEST(SinkFlagsTest, RepeatedSinksAreForFurtherTracks) {
  EXPECT_EQ(
      Make({"--video-sink", "127.0.0.1:1", "--video-sink", "127.0.0.1:3", "--audio-sink",
            "127.0.0.1:5", "--audio-sink", "127.0.0.1:7"})
          .texts(),
      (std::vector<std::string>{"video = video 0 127.0.0.1 1", "video-2 = video 1 127.0.0.1 3",
                                "audio = audio 0 127.0.0.1 5", "audio-2 = audio 1 127.0.0.1 7"}));
}

TEST(SinkFlagsTest, RefusesAddressesAndPortsThatDoNotFit) {
  EXPECT_EQ(Make({"--sink", "localhost:5004"}).error,
            "--sink takes an IP address and a port such as 127.0.0.1:5004, not 'localhost:5004'");
  EXPECT_EQ(Make({"--sink", "127.0.0.1:65532"}).error, "");
  EXPECT_NE(Make({"--sink", "127.0.0.1:65533"}).error, "");
  EXPECT_EQ(Make({"--video-sink", "127.0.0.1:65534"}).error, "");
  EXPECT_EQ(Make({"--video-sink", "127.0.0.1:65535"}).error,
            "--video-sink takes an IP address and a port such as 127.0.0.1:5004, not "
            "'127.0.0.1:65535'");
  EXPECT_NE(Make({"--audio-sink", ""}).error, "");
}

}  // namespace
}  // namespace pcd::pcctl
