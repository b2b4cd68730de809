#include "service/key_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace pcd::service {
namespace {

std::string FreshPath(const std::string& name) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::remove(path.c_str());
  return path;
}

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

mode_t ModeOf(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST(KeyLog, LinesAreAppendedAndNobodyElseMayReadThem) {
  const std::string path = FreshPath("keys");
  for (const char* line : {"first", "second"}) {
    const auto log = KeyLog::Open(path);
    ASSERT_TRUE(log.ok()) << log.status();
    (*log)->Write(line);
  }
  EXPECT_EQ(LinesOf(path), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(ModeOf(path), 0600u);
}

TEST(KeyLog, AFileThatEverybodyCouldReadIsTakenFromThem) {
  const std::string path = FreshPath("open_keys");
  std::ofstream(path) << "before\n";
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  ASSERT_TRUE(KeyLog::Open(path).ok());
  EXPECT_EQ(ModeOf(path), 0600u);
  EXPECT_EQ(LinesOf(path), std::vector<std::string>{"before"});
}

TEST(KeyLog, WhatCannotBeOpenedIsAnErrorThatNamesIt) {
  const auto log = KeyLog::Open("/no/such/folder/keys");
  ASSERT_TRUE(absl::IsInvalidArgument(log.status()));
  EXPECT_NE(std::string(log.status().message()).find("--insecure-key-log=/no/such/folder/keys"),
            std::string::npos);
}

TEST(KeyLog, LinesOfSeveralThreadsDoNotMix) {
  const std::string path = FreshPath("threads");
  constexpr size_t kLines = 500;
  const auto log = KeyLog::Open(path);
  ASSERT_TRUE(log.ok());
  std::vector<std::thread> threads;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    threads.emplace_back([&log, letter] {
      for (size_t i = 0; i < kLines; ++i) (*log)->Write(std::string(175, letter));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> lines = LinesOf(path);
  EXPECT_EQ(lines.size(), 4 * kLines);
  for (const std::string& line : lines) {
    ASSERT_EQ(line.size(), 175u);
    ASSERT_EQ(std::ranges::count(line, line[0]), 175);
  }
}

}  // namespace
}  // namespace pcd::service
