#include "engine/ice/server_resolution.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "engine/testing/sim_loop.h"

namespace pcd::ice {
namespace {

// Answers when told to.
class ManualResolver : public net::HostResolver {
 public:
  void Resolve(net::Loop& loop, const std::string& host, Callback callback) override {
    EXPECT_EQ(&loop, expected);
    asked[host].push_back(std::move(callback));
  }
  void Answer(const std::string& host, const std::vector<std::string>& addresses) {
    std::vector<IpAddress> parsed;
    for (const std::string& text : addresses) parsed.push_back(*IpAddress::Parse(text));
    for (Callback& callback : asked[host]) callback(parsed);
    asked.erase(host);
  }
  net::Loop* expected = nullptr;
  std::map<std::string, std::vector<Callback>> asked{};
};

class ServerResolutionTest : public ::testing::Test {
 protected:
  ServerResolutionTest() {
    resolver_.expected = &loop_;
    resolution_ = std::make_unique<ServerResolution>(loop_, &resolver_, ServerPolicy());
  }

  void Start(std::vector<std::string> urls) {
    const IceServer server{.urls = std::move(urls), .username = "u", .credential = "c"};
    resolution_->Start({&server, 1}, std::chrono::seconds(5), [this] { ++done_; });
  }
  std::vector<std::string> Resolved() const {
    std::vector<std::string> result;
    for (const ResolvedServer& server : resolution_->servers()) {
      result.push_back(server.url + " " + server.address.ToString() + " " + server.username);
    }
    return result;
  }
  std::vector<std::string> Failed() const {
    std::vector<std::string> result;
    for (const CandidateError& error : resolution_->errors()) {
      EXPECT_EQ(error.error_code, 701);
      EXPECT_FALSE(error.error_text.empty());
      result.push_back(error.url);
    }
    return result;
  }

  testing::SimNetwork network_;
  testing::SimLoop loop_{network_};
  ManualResolver resolver_;
  std::unique_ptr<ServerResolution> resolution_;
  int done_ = 0;
};

using Strings = std::vector<std::string>;

TEST_F(ServerResolutionTest, IsDoneAtOnceWithAddresses) {
  Start({"stun:192.0.2.1", "turn:[2001:db8::1]:80?transport=tcp"});
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(Resolved(), (Strings{"stun:192.0.2.1 192.0.2.1:3478 ",
                                 "turn:[2001:db8::1]:80?transport=tcp [2001:db8::1]:80 u"}));
  EXPECT_TRUE(resolution_->servers()[1].tcp);
}

TEST_F(ServerResolutionTest, WaitsForAllNames) {
  Start({"stun:a", "turn:b"});
  resolver_.Answer("b", {"2001:db8::2", "192.0.2.2", "192.0.2.3"});
  EXPECT_EQ(done_, 0);
  resolver_.Answer("a", {"2001:db8::1", "192.0.2.1"});
  EXPECT_EQ(done_, 1);
  // IPv4 of STUN; of TURN one of each family.
  EXPECT_EQ(Resolved(), (Strings{"stun:a 192.0.2.1:3478 ", "turn:b 192.0.2.2:3478 u",
                                 "turn:b [2001:db8::2]:3478 u"}));
}

TEST_F(ServerResolutionTest, TurnServersOverUdpComeLast) {
  Start({"turn:192.0.2.1", "turn:192.0.2.2?transport=tcp", "stun:192.0.2.3", "turn:192.0.2.4"});
  EXPECT_EQ(
      Resolved(),
      (Strings{"turn:192.0.2.2?transport=tcp 192.0.2.2:3478 u", "stun:192.0.2.3 192.0.2.3:3478 ",
               "turn:192.0.2.1 192.0.2.1:3478 u", "turn:192.0.2.4 192.0.2.4:3478 u"}));
}

TEST_F(ServerResolutionTest, TakesTheFirstStunServerThatHasAnAddress) {
  Start({"stun:a", "stun:b", "stun:c"});
  resolver_.Answer("c", {"192.0.2.3"});
  resolver_.Answer("b", {"192.0.2.2"});
  resolver_.Answer("a", {});
  EXPECT_EQ(Resolved(), Strings{"stun:b 192.0.2.2:3478 "});
  EXPECT_EQ(Failed(), Strings{"stun:a"});
}

TEST_F(ServerResolutionTest, GoesOnWithoutNamesThatAreLate) {
  Start({"stun:a", "turn:b"});
  resolver_.Answer("b", {"192.0.2.2"});
  loop_.RunFor(std::chrono::milliseconds(4900));
  EXPECT_EQ(done_, 0);
  loop_.RunFor(std::chrono::milliseconds(200));
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(Resolved(), Strings{"turn:b 192.0.2.2:3478 u"});
  EXPECT_EQ(Failed(), Strings{"stun:a"});
  resolver_.Answer("a", {"192.0.2.1"});
  EXPECT_EQ(done_, 1);
}

TEST_F(ServerResolutionTest, ObeysThePolicyWhateverANameResolvesTo) {
  Start({"stun:a", "turn:b", "turn:127.0.0.1"});
  resolver_.Answer("a", {"169.254.169.254"});
  resolver_.Answer("b", {"127.0.0.1", "::1", "192.0.2.2"});
  EXPECT_EQ(Resolved(), Strings{"turn:b 192.0.2.2:3478 u"});
  EXPECT_EQ(Failed(), (Strings{"stun:a", "turn:127.0.0.1"}));
}

TEST_F(ServerResolutionTest, UsesEightTurnAddresses) {
  Strings urls;
  for (int i = 1; i <= 9; ++i) urls.push_back("turn:192.0.2." + std::to_string(i));
  Start(urls);
  EXPECT_EQ(Resolved().size(), 8u);
  EXPECT_EQ(Failed(), Strings{"turn:192.0.2.9"});
}

TEST_F(ServerResolutionTest, ServersOverTlsAreErrorsBesideTheOthers) {
  Start({"turns:a", "turn:b", "stuns:192.0.2.1", "stun:192.0.2.2"});
  EXPECT_EQ(resolver_.asked.count("a"), 0u);
  resolver_.Answer("b", {"192.0.2.3"});
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(Resolved(), (Strings{"stun:192.0.2.2 192.0.2.2:3478 ", "turn:b 192.0.2.3:3478 u"}));
  EXPECT_EQ(Failed(), (Strings{"turns:a", "stuns:192.0.2.1"}));
  EXPECT_EQ(resolution_->errors()[0].error_text, "TLS to STUN and TURN servers is not implemented");
}

TEST_F(ServerResolutionTest, IsDoneAtOnceWhenAllServersAreOverTls) {
  Start({"turns:a", "stuns:b", "turns:a"});
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(Resolved(), Strings{});
  EXPECT_EQ(Failed(), (Strings{"turns:a", "stuns:b"}));
}

TEST_F(ServerResolutionTest, ForgetsItsQuestionsWhenItEnds) {
  Start({"stun:a"});
  resolution_.reset();
  resolver_.Answer("a", {"192.0.2.1"});
  EXPECT_EQ(done_, 0);
}

}  // namespace
}  // namespace pcd::ice
