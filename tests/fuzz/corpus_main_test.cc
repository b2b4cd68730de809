// What becomes of a fuzz target with a fault, and of one without, in the test that each has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <string>

namespace pcd::fuzz {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class CorpusMainTest : public ::testing::Test {
 protected:
  CorpusMainTest() : folder_(std::filesystem::path(getenv("TEST_TMPDIR")) / "kept") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }

  // Runs a target with the folder of a file as its corpus.
  void Run(const std::string& target, const std::string& file) {
    const std::string command = "TEST_UNDECLARED_OUTPUTS_DIR=" + folder_.string() + " tests/fuzz/" +
                                target + " " + file + " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    output_.clear();
    char buffer[4096];
    for (size_t count; (count = fread(buffer, 1, sizeof(buffer), pipe)) > 0;)
      output_.append(buffer, count);
    status_ = pclose(pipe);
  }

  const std::filesystem::path folder_;
  std::string output_;
  int status_ = 0;
};

constexpr char kCorpus[] = "tests/fuzz/planted_corpus/one";

TEST_F(CorpusMainTest, ATargetWithoutFaultPasses) {
  Run("sound_target", kCorpus);
  EXPECT_EQ(status_, 0) << output_;
  EXPECT_THAT(output_, HasSubstr("eight (8 bytes)"));
  EXPECT_THAT(output_, ContainsRegex("[0-9]+ inputs made of the corpus, FUZZ_SEED=1"));
}

TEST_F(CorpusMainTest, AFaultThatNoFileMeetsIsFoundAndItsInputKept) {
  Run("planted_target", kCorpus);
  EXPECT_TRUE(WIFEXITED(status_) && WEXITSTATUS(status_) == 1) << status_;
  EXPECT_THAT(output_, ContainsRegex("signal 6 at input [0-9]+ of FUZZ_SEED=1,"));
  ASSERT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);

  // Which is what it takes: as a file of the corpus it ends the target before anything is made.
  Run("planted_target", std::filesystem::directory_iterator(folder_)->path().string());
  EXPECT_NE(status_, 0);
  EXPECT_THAT(output_, Not(HasSubstr("FUZZ_SEED")));
}

TEST_F(CorpusMainTest, AnotherSeedMakesOtherInputs) {
  Run("planted_target", kCorpus);
  const std::string first = output_;
  setenv("FUZZ_SEED", "7", 1);
  Run("planted_target", kCorpus);
  unsetenv("FUZZ_SEED");
  EXPECT_THAT(output_, HasSubstr("FUZZ_SEED=7"));
  EXPECT_NE(output_, first);
}

TEST_F(CorpusMainTest, NothingToRunIsAFailure) {
  Run("sound_target", (folder_ / "none").string());
  EXPECT_NE(status_, 0);
}

}  // namespace
}  // namespace pcd::fuzz
