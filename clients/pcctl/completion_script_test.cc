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

// The same in zsh, where words are as they were typed, and what completes is a builtin of the line
// editor.
constexpr char kZshDriver[] = R"(
compdef() { [[ "$*" == '_pcctl pcctl' ]] && registered=yes }
compadd() { [[ $1 == -- ]] && offered=("${@[2,-1]}") }
_files() { offered=('(files)') }
if [[ $1 == source ]]; then
  source <(pcctl completion zsh) || exit 1
  [[ -n $registered ]] || exit 1
else  # compinit has found the file in a folder of $fpath.
  pcctl completion zsh > "$1/_pcctl" || exit 1
  fpath=("$1")
  autoload -Uz _pcctl
fi
words=("${@[2,-1]}")
CURRENT=$#words
_pcctl
print -rl -- "${offered[@]}"
)";

class CompletionScriptTest : public ::testing::Test {
 protected:
  CompletionScriptTest() : folder_(getenv("TEST_TMPDIR")) {
    service_.state.connections = {MakeConnection("vm.a"), MakeConnection("vm.b")};
    std::ofstream(folder_ + "/driver.sh") << kDriver;
    std::ofstream(folder_ + "/driver.zsh") << kZshDriver;
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

  std::string OfferedByZsh(const std::string& words) {
    return Output("zsh -f " + folder_ + "/driver.zsh source " + words);
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

TEST_F(CompletionScriptTest, ZshOffersVerbsFlagsAndIds) {
  EXPECT_EQ(OfferedByZsh("pcctl desc"), "describe\n");
  EXPECT_EQ(OfferedByZsh("pcctl sink re"), "resume\n");
  EXPECT_EQ(OfferedByZsh("pcctl close --gr"), "--graceful\n");
  EXPECT_EQ(OfferedByZsh("pcctl get ''"), "vm.a\nvm.b\n");
  EXPECT_EQ(OfferedByZsh("pcctl list nothing"), "\n");
}

// zsh takes neither "=" nor ":" for the end of a word.
TEST_F(CompletionScriptTest, ZshIsOfferedWholeWords) {
  EXPECT_EQ(OfferedByZsh("pcctl list --output=j"), "--output=json\n");
  EXPECT_EQ(OfferedByZsh("pcctl --server " + service_.address() + " get ''"), "vm.a\nvm.b\n");
}

TEST_F(CompletionScriptTest, ZshUnquotesWhatWasTyped) {
  EXPECT_EQ(OfferedByZsh("pcctl --server \"'" + service_.address() + "'\" get ''"), "vm.a\nvm.b\n");
}

TEST_F(CompletionScriptTest, ZshHasItsOwnFiles) {
  EXPECT_EQ(OfferedByZsh("pcctl list --tls-ca ''"), "(files)\n");
}

TEST_F(CompletionScriptTest, ZshLoadsTheScriptAsAFunction) {
  const std::string command = "zsh -f " + folder_ + "/driver.zsh " + folder_ + " ";
  EXPECT_EQ(Output(command + "pcctl desc"), "describe\n");
  EXPECT_EQ(Output(command + "pcctl get ''"), "vm.a\nvm.b\n");
}

TEST_F(CompletionScriptTest, ShellsTakeTheSyntaxOfTheirScripts) {
  for (const std::string& shell : {std::string("bash"), std::string("zsh")}) {
    EXPECT_GT(Output("pcctl completion " + shell).size(), 100u);
    EXPECT_EQ(Output("sh -c 'pcctl completion " + shell + " | " + shell + " -n'"), "");
  }
}

}  // namespace
}  // namespace pcd::pcctl
