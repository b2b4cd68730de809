// The verbs of `pcctl data` but receive.
#include <nlohmann/json.hpp>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class DataVerbsTest : public AppFixture {
 protected:
  DataVerbsTest() {
    api::DataChannel& chat = service_.state.data_channels.emplace_back();
    chat.set_data_channel_id("remote-dc-1");
    chat.set_label("chat\n");
    chat.set_id(0);
    chat.set_ordered(true);
    chat.set_ready_state(api::DATA_CHANNEL_STATE_OPEN);
    chat.mutable_counters()->set_messages_sent(3);
    chat.mutable_counters()->set_messages_received(4);
    chat.set_buffered_amount(5);
    api::DataChannel& game = service_.state.data_channels.emplace_back();
    game.set_data_channel_id("game");
    game.set_max_retransmits(0);
    game.set_protocol("p");
    game.set_ready_state(api::DATA_CHANNEL_STATE_CONNECTING);
    api::DataChannel& clock = service_.state.data_channels.emplace_back();
    clock.set_data_channel_id("clock");
    clock.set_ordered(true);
    clock.set_max_packet_life_time(500);
    clock.set_ready_state(api::DATA_CHANNEL_STATE_CONNECTING);
  }

  const api::DataChannelInit& Created(const std::vector<std::string>& arguments) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    return service_.state.create_data_channel_requests.back().init();
  }

  const api::SendRequest& Sent(const std::vector<std::string>& arguments) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    return service_.state.send_requests.back();
  }
};

TEST_F(DataVerbsTest, ListShowsChannels) {
  const RunResult result = Run({"data", "list", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out,
            "CHANNEL      STATE       STREAM  DELIVERY                  SENT  RECEIVED  BUFFERED  "
            "PROTOCOL  LABEL\n"
            "remote-dc-1  open        0       ordered                   3     4         5         "
            "-         chat\\x0a\n"
            "game         connecting  -       unordered, 0 retransmits  0     0         0         "
            "p         -\n"
            "clock        connecting  -       ordered, 500 ms           0     0         0         "
            "-         -\n");
  const Json json = Json::parse(Run({"data", "list", "abc", "-o", "json"}).out);
  EXPECT_EQ(json["dataChannels"].size(), 3u);
  EXPECT_EQ(json["dataChannels"][0]["label"], "chat\n");
}

TEST_F(DataVerbsTest, ListOfNothingIsNoError) {
  service_.state.data_channels.clear();
  const RunResult result = Run({"data", "list", "abc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "No data channels.\n");
}

TEST_F(DataVerbsTest, CreatePrintsTheIdAlone) {
  EXPECT_EQ(Run({"data", "create", "abc", "chat"}).out, "made\n");
  const auto& request = service_.state.create_data_channel_requests.at(0);
  EXPECT_EQ(request.peer_connection_id(), "abc");
  EXPECT_EQ(request.init().label(), "chat");
  EXPECT_FALSE(request.init().has_ordered());
  EXPECT_FALSE(request.init().has_max_retransmits());
  EXPECT_FALSE(request.init().has_max_packet_life_time());
  EXPECT_FALSE(request.init().has_id());
  const Json json = Json::parse(Run({"data", "create", "abc", "", "-o", "json"}).out);
  EXPECT_EQ(json["dataChannelId"], "made");
}

TEST_F(DataVerbsTest, CreatePassesItsFlags) {
  const api::DataChannelInit lossy =
      Created({"data", "create", "abc", "game", "--unordered", "--max-retransmits", "0",
               "--protocol", "p", "--negotiated", "--stream-id", "65534", "--name", "game"});
  EXPECT_FALSE(lossy.ordered());
  EXPECT_TRUE(lossy.has_ordered());
  EXPECT_TRUE(lossy.has_max_retransmits());
  EXPECT_EQ(lossy.max_retransmits(), 0u);
  EXPECT_EQ(lossy.protocol(), "p");
  EXPECT_TRUE(lossy.negotiated());
  EXPECT_EQ(lossy.id(), 65534u);
  EXPECT_EQ(service_.state.create_data_channel_requests.at(0).data_channel_id(), "game");
  EXPECT_EQ(Created({"data", "create", "abc", "x", "--max-packet-life-time", "500"})
                .max_packet_life_time(),
            500u);
}

TEST_F(DataVerbsTest, SendTakesTheMessageFromTheCommandLine) {
  const api::SendRequest text = Sent({"data", "send", "abc", "chat", "hello"});
  EXPECT_EQ(text.peer_connection_id(), "abc");
  EXPECT_EQ(text.data_channel_id(), "chat");
  EXPECT_EQ(text.message().text(), "hello");
  EXPECT_EQ(Sent({"data", "send", "abc", "chat", "hello", "--binary"}).message().binary(), "hello");
  EXPECT_TRUE(Sent({"data", "send", "abc", "chat", ""}).message().has_text());
  EXPECT_EQ(Run({"data", "send", "abc", "chat", "x", "-o", "json"}).out,
            "{\n  \"bufferedAmount\": \"7\"\n}\n");
}

TEST_F(DataVerbsTest, SendTakesTheWholeInput) {
  input_ = "two\nlines\n";
  EXPECT_EQ(Sent({"data", "send", "abc", "chat"}).message().text(), input_);
  EXPECT_EQ(Sent({"data", "send", "abc", "chat", "-"}).message().text(), input_);
  input_ = std::string("\xFF\0", 2);
  EXPECT_EQ(Sent({"data", "send", "abc", "chat", "--binary"}).message().binary(), input_);
  input_.clear();
  EXPECT_TRUE(Sent({"data", "send", "abc", "chat", "--binary"}).message().has_binary());
  input_is_terminal_ = true;
  EXPECT_THAT(Run({"data", "send", "abc", "chat"}).err, HasSubstr("Ctrl-D"));
}

TEST_F(DataVerbsTest, SendRefusesTextThatIsNoText) {
  input_ = "\xFF";
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"data", "send", "abc", "chat"}, {"data", "send", "abc", "chat", "\xFF"}}) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr("Error: the text is not UTF-8; --binary sends any bytes\n"));
  }
  input_ = std::string((16 << 20) + 1, 'x');
  EXPECT_EQ(Run({"data", "send", "abc", "chat"}).code, 2);
  EXPECT_TRUE(service_.state.send_requests.empty());
}

TEST_F(DataVerbsTest, CloseTriesAllAndReportsTheFirstFailure) {
  const RunResult result = Run({"data", "close", "abc", "missing", "game"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.out, "game closing\n");
  EXPECT_THAT(result.err, HasSubstr("Error: missing: NOT_FOUND (DATA_CHANNEL_NOT_FOUND): "));
  EXPECT_EQ(service_.state.close_data_channel_requests.at(0).peer_connection_id(), "abc");
  EXPECT_EQ(Json::parse(Run({"data", "close", "abc", "game", "-o", "json"}).out)["readyState"],
            "DATA_CHANNEL_STATE_CLOSING");
  EXPECT_EQ(
      Json::parse(Run({"data", "close", "abc", "game", "x", "-o", "json"}).out)["dataChannels"]
          .size(),
      1u);
}

TEST_F(DataVerbsTest, ErrorsOfTheServiceSetTheExitCode) {
  struct Case {
    std::vector<std::string> arguments;
    std::string method;
    int grpc_code;
    std::string reason;
    int exit_code;
  };
  const std::vector<Case> cases = {
      {{"data", "list", "abc"}, "ListDataChannels", 5, "PEER_CONNECTION_NOT_FOUND", 4},
      {{"data", "create", "abc", "x"}, "CreateDataChannel", 8, "NO_STREAM_ID", 7},
      {{"data", "send", "abc", "x", "y"}, "Send", 9, "DATA_CHANNEL_NOT_OPEN", 1},
      {{"data", "send", "abc", "x", "y"}, "Send", 8, "BUFFER_FULL", 7},
      {{"data", "send", "abc", "x", "y"}, "Send", 3, "MESSAGE_TOO_LARGE", 1},
  };
  for (const Case& each : cases) {
    service_.state.errors = {
        {each.method,
         {.code = each.grpc_code, .reason = each.reason, .message = "no", .metadata = {}}}};
    const RunResult result = Run(each.arguments);
    EXPECT_EQ(result.code, each.exit_code) << each.reason;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(" (" + each.reason + "): no\nHint: "));
  }
}

}  // namespace
}  // namespace pcd::pcctl
