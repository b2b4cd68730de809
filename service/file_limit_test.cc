#include "service/file_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace pcd::service {
namespace {

TEST(FileLimit, TheSoftLimitIsRaisedToTheHardOne) {
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit low{.rlim_cur = 64, .rlim_max = old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(RaiseFileLimit(), old.rlim_max);
  rlimit raised{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &raised), 0);
  EXPECT_EQ(raised.rlim_cur, old.rlim_max);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
}

TEST(FileLimit, ALimitThatIsTooLowForTheConnectionsIsWarnedOf) {
  EXPECT_EQ(FileLimitWarning(1 << 20, 2000, true), "");
  const std::string warning = FileLimitWarning(1024, 2000, false);
  EXPECT_NE(warning.find("at most 1024 open files"), std::string::npos) << warning;
  EXPECT_NE(warning.find("2000 connections"), std::string::npos) << warning;
  EXPECT_EQ(FileLimitWarning(1024, 96, false), "");
  EXPECT_NE(FileLimitWarning(1024, 97, false), "");
}

TEST(FileLimit, WithIceTcpAConnectionNeedsMore) {
  EXPECT_EQ(FileLimitWarning(1256, 100, true), "");
  EXPECT_NE(FileLimitWarning(1255, 100, true), "");
  EXPECT_EQ(FileLimitWarning(1056, 100, false), "");
}

}  // namespace
}  // namespace pcd::service
