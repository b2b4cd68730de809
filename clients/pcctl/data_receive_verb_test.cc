#include <nlohmann/json.hpp>
#include <sstream>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::StartsWith;
using Json = nlohmann::json;

class DataReceiveVerbTest : public AppFixture {
 protected:
  void AddText(const std::string& text) { service_.state.messages.emplace_back().set_text(text); }
  void AddBinary(const std::string& bytes) {
    service_.state.messages.emplace_back().set_binary(bytes);
  }
  // Credits given after the first one.
  std::vector<uint64_t> LaterCredits() const {
    std::vector<uint64_t> credits;
    for (const api::StreamRequest& request : service_.state.stream_requests) {
      if (!request.has_open()) credits.push_back(request.receive_credit());
    }
    return credits;
  }
};

TEST_F(DataReceiveVerbTest, PrintsMessagesUntilTheChannelCloses) {
  AddText("hello");
  AddText("two\nlines\x1b[2J");
  AddText("");
  AddBinary(std::string("\0\xFF", 2));
  AddBinary("");
  const RunResult result = Run({"data", "receive", "abc", "chat"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "hello\ntwo\\x0alines\\x1b[2J\n\nbinary, 2 bytes: 00ff\nbinary, 0 bytes\n");
  const auto& open = service_.state.stream_requests.at(0).open();
  EXPECT_EQ(open.peer_connection_id(), "abc");
  EXPECT_EQ(open.data_channel_id(), "chat");
  EXPECT_FALSE(open.take_over());
}

TEST_F(DataReceiveVerbTest, PrintsJsonLines) {
  AddText("a\nb");
  AddBinary("x");
  std::istringstream out(Run({"data", "receive", "abc", "chat", "-o", "json"}).out);
  std::vector<Json> lines;
  for (std::string line; std::getline(out, line);) lines.push_back(Json::parse(line));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["dataChannelId"], "chat");
  EXPECT_EQ(lines[0]["message"]["text"], "a\nb");
  EXPECT_EQ(lines[1]["message"]["binary"], "eA==");
}

TEST_F(DataReceiveVerbTest, KeepsItsCreditToppedUp) {
  // More than the whole credit: without more of it the stream would stand still.
  for (int i = 0; i < 5; ++i) AddText(std::string(400000, 'x'));
  const RunResult result = Run({"data", "receive", "abc", "chat", "--timeout", "30s"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out.size(), 5u * 400001u);
}

TEST_F(DataReceiveVerbTest, TakesNoMoreThanItsCount) {
  AddText("one");
  AddText("");
  AddText("three");
  AddText("four");
  const RunResult result = Run({"data", "receive", "abc", "chat", "--count", "3"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "one\n\nthree\n");
  EXPECT_EQ(service_.state.stream_requests.at(0).open().initial_receive_credit(), 1u);
  // What the first two cost; nothing for the third, so that the fourth stays where it is.
  EXPECT_EQ(LaterCredits(), (std::vector<uint64_t>{3, 1}));
}

TEST_F(DataReceiveVerbTest, FewerThanTheCountIsAFailure) {
  AddText("one");
  const RunResult closed = Run({"data", "receive", "abc", "chat", "--count", "2"});
  EXPECT_EQ(closed.code, 1);
  EXPECT_EQ(closed.out, "one\n");
  EXPECT_EQ(closed.err, "Error: the channel has closed after 1 of 2 messages\n");
  service_.state.errors["Stream"] = {.code = 4, .reason = "", .message = "late", .metadata = {}};
  const RunResult late = Run({"data", "receive", "abc", "chat", "--count", "2", "--timeout", "1h"});
  EXPECT_EQ(late.code, 5);
  EXPECT_EQ(late.err, "Error: the time is up after 1 of 2 messages\n");
}

TEST_F(DataReceiveVerbTest, EndsWithSuccessOnInterruptWhileItWaits) {
  service_.state.on_endless_stream = [this] { interrupt_(); };
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"data", "receive", "abc", "chat"},
                                             {"data", "receive", "abc", "chat", "--count", "2"}}) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "");
  }
}

TEST_F(DataReceiveVerbTest, TimeoutIsSuccessIfItWasAskedFor) {
  service_.state.errors["Stream"] = {.code = 4, .reason = "", .message = "late", .metadata = {}};
  EXPECT_EQ(Run({"data", "receive", "abc", "chat", "--timeout", "1h"}).code, 0);
  EXPECT_EQ(Run({"data", "receive", "abc", "chat"}).code, 5) << "nobody asked for a limit";
}

TEST_F(DataReceiveVerbTest, ReportsWhyTheServiceEndedIt) {
  service_.state.errors["Stream"] = {
      .code = 9, .reason = "STREAM_ALREADY_ATTACHED", .message = "taken", .metadata = {}};
  const RunResult result = Run({"data", "receive", "abc", "chat", "--take-over"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, StartsWith("Error: chat: FAILED_PRECONDITION (STREAM_ALREADY_ATTACHED): "
                                     "taken\nHint: "));
  EXPECT_TRUE(service_.state.stream_requests.at(0).open().take_over());
}

}  // namespace
}  // namespace pcd::pcctl
