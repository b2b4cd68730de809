// Runs pcctl's command lines in this process.
#ifndef CLIENTS_PCCTL_APP_FIXTURE_TESTING_H_
#define CLIENTS_PCCTL_APP_FIXTURE_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "clients/pcctl/fake_service.h"

namespace pcd::pcctl {

struct RunResult {
  int code = -1;
  std::string out;
  std::string err;
};

// A fake service and a process whose clock stands at kNow. PCCTL_SERVER names the service.
class AppFixture : public ::testing::Test {
 protected:
  // 2026-01-31T12:00:00Z in seconds since 1970.
  static constexpr int64_t kNow = 1769860800;

  RunResult Run(const std::vector<std::string>& arguments);

  FakeService service_;
  std::map<std::string, std::string> variables_ = {{"PCCTL_SERVER", service_.address()}};
  std::string input_;
  bool input_is_terminal_ = false;
  // Set by a verb that wants to know of Ctrl-C.
  std::function<void()> interrupt_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_APP_FIXTURE_TESTING_H_
