#include "engine/net/system_host_resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>

#include "engine/net/event_loop.h"

namespace pcd::net {
namespace {

class SystemHostResolverTest : public ::testing::Test {
 protected:
  SystemHostResolverTest() : loop_(EventLoop::Create().value()) {
    if (!loop_->Start().ok()) std::abort();
  }

  std::future<std::vector<IpAddress>> Start(const std::string& host) {
    auto answer = std::make_shared<std::promise<std::vector<IpAddress>>>();
    loop_->Post([this, host, answer] {
      resolver_->Resolve(*loop_, host, [this, answer](const std::vector<IpAddress>& addresses) {
        EXPECT_TRUE(loop_->IsCurrent());
        answer->set_value(addresses);
      });
    });
    return answer->get_future();
  }
  std::vector<IpAddress> Ask(const std::string& host) { return Start(host).get(); }

  void Use(SystemHostResolver::Lookup lookup, SystemHostResolver::Options options = {}) {
    resolver_.emplace(std::move(lookup), options);
  }

  std::unique_ptr<EventLoop> loop_;
  std::atomic<int> asked_ = 0;
  std::optional<SystemHostResolver> resolver_;
};

constexpr Duration kLong = std::chrono::hours(1);

TEST_F(SystemHostResolverTest, AsksTheSystem) {
  resolver_.emplace();
  EXPECT_EQ(Ask("127.0.0.1"), std::vector{*IpAddress::Parse("127.0.0.1")});
}

TEST_F(SystemHostResolverTest, KeepsAnswersForAWhile) {
  const auto lookup = [&](const std::string& host) {
    ++asked_;
    return host == "none" ? std::vector<IpAddress>() : std::vector{*IpAddress::Parse("192.0.2.1")};
  };
  Use(lookup, {.keep = kLong, .keep_none = Duration::zero()});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask("a").size(), 1u);
  EXPECT_EQ(asked_, 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Ask("none").empty());
  EXPECT_EQ(asked_, 4);
  Use(lookup, {.keep = Duration::zero(), .keep_none = kLong});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask("a").size(), 1u);
  EXPECT_EQ(asked_, 7);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Ask("none").empty());
  EXPECT_EQ(asked_, 8);
}

TEST_F(SystemHostResolverTest, AsksOnceForAllThatWait) {
  std::promise<void> go;
  auto gone = go.get_future().share();
  Use([&, gone](const std::string&) {
    ++asked_;
    gone.wait();
    return std::vector{*IpAddress::Parse("192.0.2.1")};
  });
  auto first = Start("a");
  auto second = Start("a");
  go.set_value();
  EXPECT_EQ(first.get().size(), 1u);
  EXPECT_EQ(second.get().size(), 1u);
  EXPECT_EQ(asked_, 1);
}

TEST_F(SystemHostResolverTest, ForgetsOldNamesForNewOnes) {
  Use([&](const std::string&) {
    ++asked_;
    return std::vector<IpAddress>{};
  });
  for (size_t i = 0; i < SystemHostResolver::kMaxNames + 10; ++i) Ask("n" + std::to_string(i));
  EXPECT_EQ(asked_, static_cast<int>(SystemHostResolver::kMaxNames) + 10);
}

TEST_F(SystemHostResolverTest, AnswersEmptyWhenTooManyWait) {
  std::promise<void> go;
  auto gone = go.get_future().share();
  Use([gone](const std::string&) {
    gone.wait();
    return std::vector{*IpAddress::Parse("192.0.2.1")};
  });
  // Two run and 256 wait; what comes later is told at once.
  std::vector<std::future<std::vector<IpAddress>>> answers;
  for (int i = 0; i < 300; ++i) answers.push_back(Start("n" + std::to_string(i)));
  EXPECT_TRUE(answers.back().get().empty());
  go.set_value();
  EXPECT_EQ(answers.front().get().size(), 1u);
  answers.pop_back();
  resolver_.reset();
}

}  // namespace
}  // namespace pcd::net
