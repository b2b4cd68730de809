#include "clients/pcctl/app.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>

#include "clients/pcctl/app_fixture_testing.h"
#include "clients/pcctl/help.h"
#include "clients/pcctl/verb_table.h"

namespace pcd::pcctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class AppTest : public AppFixture {};

TEST_F(AppTest, HelpListsVerbsFlagsAndExitCodes) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"help"}, {"--help"}, {"-h"}}) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.out, Help(Program()));
    EXPECT_EQ(result.err, "");
  }
  const std::string help = Help(Program());
  for (const char* verb : {"create", "get", "describe", "list", "close", "watch", "stats",
                           "accept-offer", "sink", "candidate", "data", "completion"}) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(verb) + " "));
  }
  EXPECT_THAT(help, HasSubstr("--tls-ca FILE"));
  EXPECT_THAT(help, HasSubstr("\n  2  wrong command line or input;"));
  EXPECT_THAT(help, HasSubstr("\n  3  the service cannot be reached"));
}

// All verbs and groups below this one.
std::vector<const VerbEntry*> AllBelow(const VerbEntry& group) {
  std::vector<const VerbEntry*> all;
  for (const VerbEntry* entry : group.verbs) {
    all.push_back(entry);
    const auto below = AllBelow(*entry);
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

TEST_F(AppTest, EveryVerbHasHelp) {
  const auto all = AllBelow(Program());
  EXPECT_GT(all.size(), 20u);
  for (const VerbEntry* entry : all) {
    const std::string name(entry->name);
    std::vector<std::string> words;
    std::istringstream stream(name);
    for (std::string word; stream >> word;) words.push_back(word);
    const auto with = [&](std::vector<std::string> more) {
      more.insert(more.begin(), words.begin(), words.end());
      return more;
    };
    const RunResult result = Run(with({"--help"}));
    EXPECT_EQ(result.code, 0);
    EXPECT_THAT(result.out, HasSubstr("Usage: pcctl " + name + " "));
    EXPECT_FALSE(entry->summary.empty()) << name;
    words.insert(words.begin(), "help");
    EXPECT_EQ(Run(words).out, result.out);
    words.erase(words.begin());
    EXPECT_EQ(Run(with({"-h", "whatever", "--unknown"})).code, 0) << "help wins over errors";
  }
}

TEST_F(AppTest, HelpOfAGroupListsItsVerbs) {
  const std::string help = Run({"sink", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("\nVerbs:\n  list    "));
  EXPECT_THAT(help, HasSubstr("\n  sdp     "));
  EXPECT_EQ(help.find("Exit status"), std::string::npos);
  const RunResult alone = Run({"sink"});
  EXPECT_EQ(alone.code, 2);
  EXPECT_EQ(alone.err, help);
  EXPECT_EQ(alone.out, "");
}

TEST_F(AppTest, GlobalFlagsStandBeforeAndBetweenTheWordsOfAVerb) {
  variables_["PCCTL_SERVER"] = "127.0.0.1:1";
  const std::string address = service_.address();
  EXPECT_EQ(Run({"--server", address, "sink", "list", "abc"}).code, 0);
  EXPECT_EQ(Run({"sink", "--server", address, "list", "abc"}).code, 0);
  EXPECT_EQ(Run({"sink", "list", "--server", address, "abc"}).code, 0);
}

TEST_F(AppTest, VersionIsPrintedBothWays) {
  EXPECT_EQ(Run({"version"}).out, std::string("pcctl ") + kVersion + "\n");
  EXPECT_EQ(Run({"version", "-o", "json"}).out,
            std::string("{\n  \"clientVersion\": \"") + kVersion + "\"\n}\n");
}

TEST_F(AppTest, NoVerbShowsHelpAsAnError) {
  const RunResult result = Run({});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, Help(Program()));
}

TEST_F(AppTest, WrongCommandLinesMakeNoCall) {
  const std::vector<std::vector<std::string>> wrong = {
      {"unknown"},
      {"help", "unknown"},
      {"version", "--unknown"},
      {"--unknown", "list"},
      {"create", "argument"},
      {"create", "--label", "no-value"},
      {"create", "--server", ""},
      {"create", "--tls-cert", "a.pem"},
      {"create", "--tls-ca", "/does/not/exist"},
      {"create", "--timeout", "soon"},
      {"create", "-o", "yaml"},
      {"get"},
      {"list", "argument"},
      {"close"},
      {"watch"},
      {"watch", "--all", "abc"},
      {"watch", "--all", "-l", "a=b"},
      {"stats"},
      {"stats", "a", "b"},
      {"stats", "a", "--type", "nonsense"},
      {"accept-offer", "argument"},
      {"accept-offer", "--sink", "nowhere"},
      {"accept-offer", "--sink-sdp", "file"},
      {"accept-offer", "--label", "=b"},
      {"accept-offer"},
      {"describe"},
      {"describe", "a", "b"},
      {"describe", "a", "--events", "1001"},
      {"sink", "unknown"},
      {"sink", "--unknown", "list", "a"},
      {"sink", "list"},
      {"sink", "list", "a", "b"},
      {"sink", "create", "a"},
      {"sink", "create", "--to", "127.0.0.1:1", "--mid", "0"},
      {"sink", "create", "a", "--to", "host:1", "--mid", "0"},
      {"sink", "create", "a", "--to", "127.0.0.1:65535", "--mid", "0"},
      {"sink", "create", "a", "--to", "127.0.0.1:1"},
      {"sink", "create", "a", "--to", "127.0.0.1:1", "--mid", "0", "--track", "t"},
      {"sink", "create", "a", "--to", "127.0.0.1:1", "--mid", "0", "--ordinal", "1"},
      {"sink", "create", "a", "--to", "127.0.0.1:1", "--kind", "text"},
      {"sink", "create", "a", "--to", "127.0.0.1:1", "--mid", "0", "--payload-type", "128"},
      {"sink", "pause", "a"},
      {"sink", "delete"},
      {"sink", "sdp"},
      {"candidate", "list"},
      {"candidate", "add", "a"},
      {"candidate", "add", "a", "v=0", "--mid", "0"},
      {"candidate", "add", "a", "candidate:x"},
      {"candidate", "add", "a", "candidate:x", "--mid", "0", "--mline-index", "0"},
      {"candidate", "end"},
      {"candidate", "end", "a", "b"},
      {"candidate", "end", "a", "--mid", "0", "--mline-index", "0"},
      {"data", "list"},
      {"data", "create", "a"},
      {"data", "create", "a", "b", "--max-retransmits", "1", "--max-packet-life-time", "1"},
      {"data", "create", "a", "b", "--negotiated"},
      {"data", "create", "a", "b", "--stream-id", "1"},
      {"data", "create", "a", "b", "--max-retransmits", "65536"},
      {"data", "send", "a"},
      {"data", "send", "a", "b", "c", "d"},
      {"data", "receive", "a"},
      {"data", "receive", "a", "b", "--count", "0"},
      {"data", "close", "a"},
      {"completion"},
      {"completion", "fish"},
  };
  for (const auto& arguments : wrong) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "") << result.err;
    EXPECT_THAT(result.err, StartsWith("Error: "));
  }
  EXPECT_TRUE(service_.state.create_requests.empty());
  EXPECT_TRUE(service_.state.create_sink_requests.empty());
  EXPECT_TRUE(service_.state.add_ice_candidate_requests.empty());
  EXPECT_TRUE(service_.state.send_requests.empty());
  EXPECT_TRUE(service_.state.stream_requests.empty());
  EXPECT_TRUE(service_.state.list_requests.empty());
  EXPECT_TRUE(service_.state.accept_offer_requests.empty());
}

TEST_F(AppTest, UsageErrorsNameTheHelp) {
  EXPECT_EQ(Run({"close"}).err,
            "Error: close needs an id; \"pcctl list\" shows them\n"
            "See \"pcctl close --help\".\n");
  EXPECT_EQ(Run({"crate"}).err, "Error: no verb 'crate'\nSee \"pcctl help\".\n");
  EXPECT_EQ(Run({"sink", "crate"}).err,
            "Error: no verb 'sink crate'\nSee \"pcctl sink --help\".\n");
  EXPECT_THAT(Run({"sink", "list"}).err, HasSubstr("\nSee \"pcctl sink list --help\".\n"));
}

TEST_F(AppTest, ServerFlagWinsOverTheVariableBeforeAndAfterTheVerb) {
  variables_["PCCTL_SERVER"] = "127.0.0.1:1";
  EXPECT_EQ(Run({"--server", service_.address(), "create"}).code, 0);
  EXPECT_EQ(Run({"create", "-s", service_.address()}).code, 0);
}

// A port that is bound and does not listen refuses connections, and nobody else can take it.
TEST_F(AppTest, AnUnreachableServerIsReported) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  const std::string server = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"list"},
                                             {"get", "a", "b"},
                                             {"close", "a", "b"},
                                             {"watch", "--all"},
                                             {"describe", "a"},
                                             {"sink", "pause", "a", "b", "c"},
                                             {"candidate", "end", "a"},
                                             {"data", "close", "a", "b", "c"},
                                             {"data", "receive", "a", "b"}}) {
    variables_["PCCTL_SERVER"] = server;
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 3);
    EXPECT_THAT(result.err, StartsWith("Error: "));
    EXPECT_THAT(result.err, HasSubstr("UNAVAILABLE: "));
    EXPECT_THAT(result.err, HasSubstr("Hint: Does peerconnectiond run at " + server + "?"));
    EXPECT_EQ(result.err.find("Error:", 1), std::string::npos) << "it is said once";
  }
  close(fd);
}

TEST_F(AppTest, ASilentServerIsReportedAfterTheTimeout) {
  service_.state.silent["Create"] = true;
  const RunResult result = Run({"create", "--timeout", "100ms"});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.err, HasSubstr("DEADLINE_EXCEEDED"));
  EXPECT_THAT(result.err, HasSubstr("within 100 ms"));
}

TEST_F(AppTest, ErrorsOfTheServiceSetTheExitCode) {
  struct Case {
    int grpc_code;
    std::string reason;
    int exit_code;
  };
  for (const Case& each :
       {Case{3, "INVALID_ARGUMENT", 1}, Case{12, "FIELD_NOT_IMPLEMENTED", 1},
        Case{7, "PERMISSION_DENIED", 6}, Case{8, "LIMIT_EXCEEDED", 7}, Case{14, "DRAINING", 7}}) {
    service_.state.errors["Create"] = {
        .code = each.grpc_code, .reason = each.reason, .message = "words", .metadata = {}};
    const RunResult result = Run({"create"});
    EXPECT_EQ(result.code, each.exit_code) << each.reason;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(" (" + each.reason + "): words\nHint: "));
  }
}

}  // namespace
}  // namespace pcd::pcctl
