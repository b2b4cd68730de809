#include "service/flag_set.h"

#include <gtest/gtest.h>

namespace pcd::service {
namespace {

class FlagSetTest : public ::testing::Test {
 protected:
  FlagSetTest() {
    flags_.AddString("listen", &listen_, "Where to listen.");
    flags_.AddList("sink-allow", &allow_, "Allowed networks.");
    flags_.AddSwitch("insecure", &insecure_, "Plain text.");
    flags_.AddInteger("media-loops", &loops_, 0, 64, "Loops.");
    flags_.AddSize("max-sinks", &sinks_, 1, 100, "Sinks.");
    flags_.AddDuration("timeout", &timeout_, "Time.");
  }
  std::string Error(const std::vector<std::string>& arguments) {
    return std::string(flags_.Parse(arguments).message());
  }

  std::string listen_ = "127.0.0.1:1";
  std::vector<std::string> allow_{"127.0.0.0/8"};
  bool insecure_ = false;
  int64_t loops_ = 0;
  size_t sinks_ = 16;
  std::chrono::microseconds timeout_ = std::chrono::seconds(30);
  FlagSet flags_;
};

TEST_F(FlagSetTest, WithoutArgumentsTheDefaultsStay) {
  EXPECT_TRUE(flags_.Parse({}).ok());
  EXPECT_EQ(listen_, "127.0.0.1:1");
  EXPECT_EQ(allow_, std::vector<std::string>{"127.0.0.0/8"});
  EXPECT_EQ(sinks_, 16u);
}

TEST_F(FlagSetTest, AValueComesAfterAnEqualsSignOrAsTheNextArgument) {
  EXPECT_TRUE(flags_.Parse({"--listen=[::1]:5", "--media-loops", "3"}).ok());
  EXPECT_EQ(listen_, "[::1]:5");
  EXPECT_EQ(loops_, 3);
}

TEST_F(FlagSetTest, ASwitchIsTurnedOnAndOff) {
  EXPECT_TRUE(flags_.Parse({"--insecure"}).ok());
  EXPECT_TRUE(insecure_);
  EXPECT_TRUE(flags_.Parse({"--no-insecure"}).ok());
  EXPECT_FALSE(insecure_);
  EXPECT_TRUE(flags_.Parse({"--insecure=true"}).ok());
  EXPECT_TRUE(insecure_);
}

TEST_F(FlagSetTest, AListReplacesItsDefaultAndThenGrows) {
  EXPECT_TRUE(flags_.Parse({"--sink-allow=a,b", "--sink-allow=c"}).ok());
  EXPECT_EQ(allow_, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(FlagSetTest, AnEmptyListIsPossible) {
  EXPECT_TRUE(flags_.Parse({"--sink-allow="}).ok());
  EXPECT_TRUE(allow_.empty());
}

TEST_F(FlagSetTest, DurationsHaveUnits) {
  EXPECT_TRUE(flags_.Parse({"--timeout=250ms"}).ok());
  EXPECT_EQ(timeout_, std::chrono::milliseconds(250));
  EXPECT_TRUE(flags_.Parse({"--timeout=5m"}).ok());
  EXPECT_EQ(timeout_, std::chrono::minutes(5));
  EXPECT_TRUE(flags_.Parse({"--timeout=7"}).ok());
  EXPECT_EQ(timeout_, std::chrono::seconds(7));
}

TEST_F(FlagSetTest, MistakesAreNamed) {
  EXPECT_EQ(Error({"--lisen=x"}), "there is no flag --lisen");
  EXPECT_EQ(Error({"listen"}), "\"listen\" is not a flag");
  EXPECT_EQ(Error({"--"}), "\"--\" is not a flag");
  EXPECT_EQ(Error({"--listen"}), "--listen needs a value");
  EXPECT_EQ(Error({"--media-loops=65"}), "--media-loops: \"65\" is not a number from 0 to 64");
  EXPECT_EQ(Error({"--media-loops=1x"}), "--media-loops: \"1x\" is not a number from 0 to 64");
  EXPECT_EQ(Error({"--max-sinks=0"}), "--max-sinks: \"0\" is not a number from 1 to 100");
  EXPECT_EQ(Error({"--insecure=maybe"}), "--insecure: \"maybe\" is neither true nor false");
  EXPECT_EQ(Error({"--timeout=5h"}),
            "--timeout: \"5h\" is not a duration such as 250ms, 30s or 5m");
  EXPECT_EQ(Error({"--no-listen"}), "there is no flag --no-listen");
}

TEST_F(FlagSetTest, TheHelpNamesEachFlagWithItsDefault) {
  const std::string help = flags_.Help();
  EXPECT_NE(help.find("--listen=127.0.0.1:1"), std::string::npos);
  EXPECT_NE(help.find("--timeout=30s"), std::string::npos);
  EXPECT_NE(help.find("Plain text. Default: false."), std::string::npos);
}

}  // namespace
}  // namespace pcd::service
