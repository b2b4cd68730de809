#include "clients/pcctl/flag_set.h"

#include <gtest/gtest.h>

namespace pcd::pcctl {
namespace {

using std::chrono::milliseconds;

class FlagSetTest : public ::testing::Test {
 protected:
  FlagSetTest() {
    flags_.AddString({.name = "server", .short_name = 's', .value_name = "HOST:PORT", .help = "S."},
                     &server_);
    flags_.AddList({.name = "label", .value_name = "K=V", .help = "L.\nMore."}, &labels_);
    flags_.AddSwitch({.name = "graceful", .short_name = 'g', .help = "G."}, &graceful_);
    flags_.AddDuration({.name = "timeout", .value_name = "TIME", .help = "T."}, &timeout_);
    flags_.AddChoice({.name = "output", .short_name = 'o', .value_name = "F", .help = "O."},
                     {"table", "json"}, &output_);
    flags_.AddNumber({.name = "count", .value_name = "N", .help = "C."}, 1, 65535, &count_);
  }

  FlagSet flags_;
  std::string server_ = "default";
  std::vector<std::string> labels_;
  bool graceful_ = false;
  std::optional<milliseconds> timeout_;
  std::string output_ = "table";
  std::optional<uint32_t> count_;
};

TEST_F(FlagSetTest, KeepsDefaultsWithoutArguments) {
  const auto result = flags_.Parse({});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(server_, "default");
  EXPECT_EQ(timeout_, std::nullopt);
}

TEST_F(FlagSetTest, TakesEveryFormOfAValue) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--server", "a:1"}, {"--server=a:1"}, {"-s", "a:1"}, {"-sa:1"}, {"-s=a:1"}}) {
    server_.clear();
    EXPECT_EQ(flags_.Parse(arguments).error, "") << arguments[0];
    EXPECT_EQ(server_, "a:1") << arguments[0];
  }
}

TEST_F(FlagSetTest, MixesFlagsAndPositionals) {
  const auto result = flags_.Parse({"one", "--graceful", "two", "--label", "a=b", "--label=c=d"});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.positionals, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(graceful_);
  EXPECT_EQ(labels_, (std::vector<std::string>{"a=b", "c=d"}));
}

TEST_F(FlagSetTest, EndsFlagsAtTwoDashes) {
  const auto result = flags_.Parse({"--", "--graceful", "-"});
  EXPECT_EQ(result.positionals, (std::vector<std::string>{"--graceful", "-"}));
  EXPECT_FALSE(graceful_);
}

TEST_F(FlagSetTest, StopsAtThePositionalIfAsked) {
  const auto result = flags_.Parse({"--server", "a:1", "list", "--unknown"}, true);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.next, 2u);
}

TEST_F(FlagSetTest, SwitchesTakeAValueOnlyWithEqualsSign) {
  graceful_ = true;
  EXPECT_EQ(flags_.Parse({"--graceful=false", "false"}).positionals.size(), 1u);
  EXPECT_FALSE(graceful_);
  EXPECT_EQ(flags_.Parse({"--graceful=maybe"}).error,
            "--graceful takes true or false, not 'maybe'");
}

TEST_F(FlagSetTest, NamesWhatIsWrong) {
  EXPECT_EQ(flags_.Parse({"--nope"}).error, "unknown flag --nope");
  EXPECT_EQ(flags_.Parse({"-x"}).error, "unknown flag -x");
  EXPECT_EQ(flags_.Parse({"--server"}).error, "--server needs a value: HOST:PORT");
  EXPECT_EQ(flags_.Parse({"-o", "yaml"}).error, "-o takes one of table json, not 'yaml'");
  EXPECT_EQ(flags_.Parse({"--timeout=0"}).error,
            "--timeout takes a time above zero such as 500ms, 30s or 5m, not '0'");
}

TEST_F(FlagSetTest, AlignsHelp) {
  EXPECT_EQ(flags_.Help(),
            "  -s, --server HOST:PORT  S.\n"
            "      --label K=V         L.\n"
            "                          More.\n"
            "  -g, --graceful          G.\n"
            "      --timeout TIME      T.\n"
            "  -o, --output F          O.\n"
            "      --count N           C.\n");
}

TEST_F(FlagSetTest, ReadsNumbersWithinTheirRange) {
  EXPECT_EQ(flags_.Parse({"--count", "65535"}).error, "");
  EXPECT_EQ(count_, 65535u);
  for (const char* text :
       {"", "0", "65536", "-1", "+1", "1x", " 1", "1.5", "0x10", "99999999999999999999"}) {
    EXPECT_EQ(flags_.Parse({"--count", text}).error,
              "--count takes a number from 1 to 65535, not '" + std::string(text) + "'");
  }
  EXPECT_EQ(count_, 65535u) << "what is wrong is not taken";
}

TEST_F(FlagSetTest, TellsTheFlagWhoseValueIsStillToCome) {
  EXPECT_EQ(flags_.Parse({"one", "-o"}).incomplete, "output");
  EXPECT_EQ(flags_.Parse({"--server"}).incomplete, "server");
  EXPECT_EQ(flags_.Parse({"--graceful"}).incomplete, "") << "it takes none";
  EXPECT_EQ(flags_.Parse({"--server", "a:1"}).incomplete, "");
  EXPECT_EQ(flags_.Parse({"--nope"}).incomplete, "");
  EXPECT_EQ(flags_.Parse({"--", "--server"}).incomplete, "");
}

TEST_F(FlagSetTest, KnowsWhatEachFlagTakes) {
  ASSERT_EQ(flags_.flags().size(), 6u);
  EXPECT_EQ(flags_.flags()[0].spec.name, "server");
  EXPECT_EQ(flags_.Find("output")->choices, (std::vector<std::string>{"table", "json"}));
  EXPECT_TRUE(flags_.Find("graceful")->is_switch);
  EXPECT_FALSE(flags_.Find("label")->is_switch);
  EXPECT_EQ(flags_.Find("nope"), nullptr);
  FlagSet set;
  set.AddList({.name = "type", .value_name = "T", .help = "T."}, &labels_, {"a", "b"});
  EXPECT_EQ(set.flags()[0].choices, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(set.Parse({"--type", "c"}).error, "") << "a list only offers them";
}

TEST(ParseDurationTest, ReadsUnits) {
  EXPECT_EQ(ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(ParseDuration("30s"), milliseconds(30000));
  EXPECT_EQ(ParseDuration("30"), milliseconds(30000));
  EXPECT_EQ(ParseDuration("5m"), milliseconds(300000));
  EXPECT_EQ(ParseDuration("1000h"), milliseconds(3600000000));
}

TEST(ParseDurationTest, RefusesWhatIsNoTimeOrTooLong) {
  for (const char* text : {"", "s", "-1s", "0", "1.5s", "1 s", "1d", "1001h", "3600001000ms",
                           "99999999999999999999s"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pcd::pcctl
