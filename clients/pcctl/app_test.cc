#include "clients/pcctl/app.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/pcctl/app_fixture_testing.h"
#include "clients/pcctl/help.h"

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
    EXPECT_EQ(result.out, ProgramHelp());
    EXPECT_EQ(result.err, "");
  }
  const std::string help = ProgramHelp();
  for (const char* verb : {"create", "get", "list", "close", "watch", "stats", "accept-offer"}) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(verb) + " "));
  }
  EXPECT_THAT(help, HasSubstr("--tls-ca FILE"));
  EXPECT_THAT(help, HasSubstr("\n  2  wrong command line or no offer on the input;"));
  EXPECT_THAT(help, HasSubstr("\n  3  the service cannot be reached"));
}

TEST_F(AppTest, EveryVerbHasHelp) {
  for (const VerbEntry* entry : Verbs()) {
    const std::string name(entry->name);
    const RunResult result = Run({name, "--help"});
    EXPECT_EQ(result.code, 0);
    EXPECT_THAT(result.out, HasSubstr("Usage: pcctl " + name + " "));
    EXPECT_EQ(Run({"help", name}).out, result.out);
    EXPECT_EQ(Run({name, "-h", "whatever", "--unknown"}).code, 0) << "help wins over errors";
  }
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
  EXPECT_EQ(result.err, ProgramHelp());
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
  };
  for (const auto& arguments : wrong) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "") << result.err;
    EXPECT_THAT(result.err, StartsWith("Error: "));
  }
  EXPECT_TRUE(service_.state.create_requests.empty());
  EXPECT_TRUE(service_.state.list_requests.empty());
  EXPECT_TRUE(service_.state.accept_offer_requests.empty());
}

TEST_F(AppTest, UsageErrorsNameTheHelp) {
  EXPECT_EQ(Run({"close"}).err,
            "Error: close needs an id; \"pcctl list\" shows them\n"
            "See \"pcctl close --help\".\n");
  EXPECT_EQ(Run({"crate"}).err, "Error: no verb 'crate'\nSee \"pcctl help\".\n");
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
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"list"}, {"get", "a", "b"}, {"close", "a", "b"}, {"watch", "--all"}}) {
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
