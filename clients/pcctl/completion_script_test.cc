// The scripts in the shells themselves, with the program as users have it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "clients/pcctl/fake_service.h"

namespace pcd::pcctl {
namespace {

// Has bash complete the words, where COMP_WORDBREAKS has cut them, and prints what it offers.
constexpr char kDriver[] = R"(
source <(pcctl completion bash) || exit 1
complete -p pcctl >/dev/null || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_pcctl
printf '%s\n' "${COMPREPLY[@]}"
)";

class CompletionScriptTest : public ::testing::Test {
 protected:
  CompletionScriptTest() : folder_(getenv("TEST_TMPDIR")) {
    service_.state.connections = {MakeConnection("vm.a"), MakeConnection("vm.b")};
    std::ofstream(folder_ + "/driver.sh") << kDriver;
  }

  // Standard output of a shell command that finds pcctl; "failed" if its status is not 0.
  std::string Output(const std::string& command) {
    const std::string whole =
        "PATH=\"$PWD/clients/pcctl:$PATH\" PCCTL_SERVER=" + service_.address() + " " + command +
        " 2>&1";
    FILE* pipe = popen(whole.c_str(), "r");
    if (pipe == nullptr) return "failed";
    std::string text;
    char buffer[4096];
    for (size_t count; (count = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
      text.append(buffer, count);
    }
    return pclose(pipe) == 0 ? text : "failed: " + text;
  }

  // `words` in shell syntax.
  std::string Offered(const std::string& words) {
    return Output("bash --norc " + folder_ + "/driver.sh " + words);
  }

  const std::string folder_;
  FakeService service_;
};

TEST_F(CompletionScriptTest, BashOffersVerbsFlagsAndIds) {
  EXPECT_EQ(Offered("pcctl desc"), "describe\n");
  EXPECT_EQ(Offered("pcctl sink re"), "resume\n");
  EXPECT_EQ(Offered("pcctl close --gr"), "--graceful\n");
  EXPECT_EQ(Offered("pcctl get ''"), "vm.a\nvm.b\n");
  EXPECT_EQ(Offered("pcctl list nothing"), "\n");
}

TEST_F(CompletionScriptTest, BashOffersThePartAfterAnEqualsSign) {
  EXPECT_EQ(Offered("pcctl list --output = j"), "json\n");
  EXPECT_EQ(Offered("pcctl list --output ="), "table\njson\n");
}

TEST_F(CompletionScriptTest, BashPutsAddressesTogetherAgain) {
  const std::string& address = service_.address();
  const size_t colon = address.find(':');
  EXPECT_EQ(Offered("pcctl --server " + address.substr(0, colon) + " : " +
                    address.substr(colon + 1) + " get ''"),
            "vm.a\nvm.b\n");
  EXPECT_EQ(Offered("pcctl get --server = " + address.substr(0, colon) + " : " +
                    address.substr(colon + 1) + " ''"),
            "vm.a\nvm.b\n");
}

TEST_F(CompletionScriptTest, BashLeavesFilesToReadline) {
  EXPECT_EQ(Offered("pcctl list --tls-ca ''"), "\n");
}

// zsh is no part of what the tests need; where it is, it reads its script.
TEST_F(CompletionScriptTest, ShellsTakeTheSyntaxOfTheirScripts) {
  const std::string shells =
      Output("sh -c 'for s in bash zsh; do command -v $s >/dev/null && echo $s; done; true'");
  EXPECT_EQ(shells.substr(0, 5), "bash\n");
  for (const std::string& shell : {std::string("bash"), std::string("zsh")}) {
    EXPECT_GT(Output("pcctl completion " + shell).size(), 100u);
    if (shells.find(shell) == std::string::npos) continue;
    EXPECT_EQ(Output("sh -c 'pcctl completion " + shell + " | " + shell + " -n'"), "");
  }
}

}  // namespace
}  // namespace pcd::pcctl
