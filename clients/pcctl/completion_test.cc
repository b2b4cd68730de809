#include "clients/pcctl/completion.h"

#include <set>

#include "clients/pcctl/app_fixture_testing.h"

namespace pcd::pcctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class CompletionTest : public AppFixture {
 protected:
  CompletionTest() {
    service_.state.connections = {MakeConnection("vm.a.cam-1"), MakeConnection("vm.b"),
                                  MakeConnection("other"), MakeConnection("$(evil)"),
                                  MakeConnection("-flag")};
    service_.state.sinks.emplace_back().set_sink_id("video");
    service_.state.sinks.emplace_back().set_sink_id("audio");
    service_.state.data_channels.emplace_back().set_data_channel_id("chat");
  }

  // What pcctl prints for these words.
  std::vector<std::string> Words(std::vector<std::string> words) {
    words.insert(words.begin(), std::string(kCompleteWord));
    const RunResult result = Run(words);
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.err, "");
    std::istringstream lines(result.out);
    std::vector<std::string> found;
    for (std::string line; std::getline(lines, line);) found.push_back(line);
    return found;
  }
};

TEST_F(CompletionTest, CompletesVerbs) {
  const std::vector<std::string> all = Words({""});
  for (const char* verb : {"create", "list", "describe", "sink", "candidate", "data", "completion",
                           "help", "version"}) {
    EXPECT_THAT(all, Contains(verb));
  }
  EXPECT_THAT(all, Not(Contains(std::string(kCompleteWord))));
  EXPECT_THAT(Words({"c"}), ElementsAre("create", "close", "candidate", "completion"));
  EXPECT_THAT(Words({"--server", "a:1", "desc"}), ElementsAre("describe"));
}

TEST_F(CompletionTest, CompletesVerbsOfGroupsAndHelp) {
  EXPECT_THAT(Words({"sink", ""}),
              ElementsAre("list", "create", "pause", "resume", "delete", "sdp"));
  EXPECT_THAT(Words({"sink", "re"}), ElementsAre("resume"));
  EXPECT_THAT(Words({"help", "da"}), ElementsAre("data"));
  EXPECT_THAT(Words({"help", "data", "s"}), ElementsAre("send"));
  EXPECT_THAT(Words({"help", "list", ""}), IsEmpty());
}

TEST_F(CompletionTest, CompletesFlagsOfTheVerbAndOfAll) {
  EXPECT_THAT(Words({"close", "--"}), Contains("--graceful"));
  EXPECT_THAT(Words({"close", "--"}), Contains("--tls-ca"));
  EXPECT_THAT(Words({"list", "--"}), Not(Contains("--graceful")));
  EXPECT_THAT(Words({"--o"}), ElementsAre("--output"));
  EXPECT_THAT(Words({"sink", "--o"}), ElementsAre("--output"));
  EXPECT_THAT(Words({"sink", "create", "abc", "--pa"}), ElementsAre("--paused", "--payload-type"));
  EXPECT_THAT(Words({"close", "--", "--"}), IsEmpty()) << "flags have ended";
}

TEST_F(CompletionTest, CompletesValuesOfFlags) {
  EXPECT_THAT(Words({"-o", ""}), ElementsAre("table", "json"));
  EXPECT_THAT(Words({"list", "--output", "j"}), ElementsAre("json"));
  EXPECT_THAT(Words({"list", "--output=j"}), ElementsAre("--output=json"));
  EXPECT_THAT(Words({"sink", "create", "abc", "--kind", ""}), ElementsAre("video", "audio"));
  EXPECT_THAT(Words({"stats", "abc", "--type", "local-"}), ElementsAre("local-candidate"));
  EXPECT_THAT(Words({"list", "--tls-ca", "some"}), ElementsAre(std::string(kCompleteFiles)));
  EXPECT_THAT(Words({"--tls-ca", ""}), ElementsAre(std::string(kCompleteFiles)));
  EXPECT_THAT(Words({"list", "--server", ""}), IsEmpty());
  EXPECT_THAT(Words({"list", "--nope="}), IsEmpty());
}

TEST_F(CompletionTest, CompletesIdsOfTheService) {
  EXPECT_THAT(Words({"get", ""}), ElementsAre("vm.a.cam-1", "vm.b", "other"))
      << "nothing that a shell could take for something else";
  EXPECT_THAT(Words({"get", "vm.b", "o"}), ElementsAre("other"));
  EXPECT_THAT(Words({"stats", "vm.b", ""}), IsEmpty()) << "it takes one";
  EXPECT_THAT(Words({"sink", "pause", "vm"}), ElementsAre("vm.a.cam-1", "vm.b"));
  EXPECT_THAT(Words({"sink", "pause", "vm.b", ""}), ElementsAre("video", "audio"));
  EXPECT_THAT(Words({"sink", "pause", "vm.b", "video", "a"}), ElementsAre("audio"));
  EXPECT_THAT(Words({"data", "send", "vm.b", ""}), ElementsAre("chat"));
  EXPECT_THAT(Words({"data", "send", "vm.b", "chat", ""}), IsEmpty());
  EXPECT_THAT(Words({"completion", ""}), ElementsAre("bash", "zsh"));
  EXPECT_THAT(Words({"create", ""}), IsEmpty());
}

TEST_F(CompletionTest, AsksTheServerThatTheWordsName) {
  variables_["PCCTL_SERVER"] = "127.0.0.1:1";
  EXPECT_THAT(Words({"get", "--server", service_.address(), "o"}), ElementsAre("other"));
  EXPECT_THAT(Words({"-s", service_.address(), "get", "o"}), ElementsAre("other"));
}

TEST_F(CompletionTest, SaysNothingWhereNothingFits) {
  EXPECT_THAT(Words({}), IsEmpty());
  EXPECT_THAT(Words({"nope", ""}), IsEmpty());
  EXPECT_THAT(Words({"sink", "nope", ""}), IsEmpty());
  EXPECT_THAT(Words({"--nope", ""}), IsEmpty());
  EXPECT_THAT(Words({"get", "--nope", ""}), IsEmpty());
  EXPECT_THAT(Words({"get", "--tls-cert", "a.pem", ""}), IsEmpty());
  EXPECT_THAT(Words({"get", "--tls-ca", "/does/not/exist", ""}), IsEmpty());
  service_.state.errors["List"] = {.code = 13, .reason = "", .message = "no", .metadata = {}};
  service_.state.errors["ListSinks"] = service_.state.errors["List"];
  service_.state.errors["ListDataChannels"] = service_.state.errors["List"];
  EXPECT_THAT(Words({"get", ""}), IsEmpty());
  EXPECT_THAT(Words({"sink", "sdp", "vm.b", ""}), IsEmpty());
  EXPECT_THAT(Words({"data", "close", "vm.b", ""}), IsEmpty());
}

TEST_F(CompletionTest, DoesNotWaitForASilentServer) {
  service_.state.silent["List"] = true;
  EXPECT_THAT(Words({"get", "--timeout", "50ms", ""}), IsEmpty());
}

}  // namespace
}  // namespace pcd::pcctl
