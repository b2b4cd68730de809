// The libnice backend with TURN servers that this test plays: up to the relayed candidate.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ice/event_recorder.h"
#include "engine/ice/loop_runner.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/ice/turn_server_testing.h"

namespace pcd::ice {
namespace {

using Strings = std::vector<std::string>;
using Urls = std::map<std::string, std::string>;

class NiceRelayTest : public ::testing::Test {
 protected:
  NiceRelayTest() {
    config_.addresses = {*IpAddress::Parse("127.0.0.1")};
    config_.server_policy = ServerPolicy({*net::AddressRule::Parse("127.0.0.0/8")});
    runner_.Run([&] {
      one_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.1:5001");
      two_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.2:5002");
      three_ = std::make_unique<TurnServer>(runner_.loop(), "[2001:db8::3]:5003");
    });
  }
  ~NiceRelayTest() override {
    runner_.Run([&] { ice_.reset(); });
    // libnice gives its allocations back first.
    EXPECT_TRUE(runner_.Await([&] { return IsFree(host_); }));
    runner_.Run([&] {
      one_.reset();
      two_.reset();
      three_.reset();
    });
  }

  void Gather(const Strings& urls) {
    config_.servers = {{.urls = urls, .username = "user", .credential = credential_}};
    runner_.Run([&] {
      ice_ = factory_.Create(runner_.loop(), config_).value();
      record_.emplace(*ice_);
      ice_->StartGathering();
    });
    EXPECT_TRUE(runner_.Await([&] {
      return !record_->gathering_states.empty() &&
             record_->gathering_states.back() == IceGatheringState::kComplete;
    }));
    for (const Candidate& candidate : record_->candidates) {
      if (candidate.type == CandidateType::kHost) {
        host_ = SocketAddress{*IpAddress::Parse(candidate.address), candidate.port};
      }
    }
  }
  // Of the candidates of one type, by their addresses.
  Urls UrlsOf(CandidateType type) const {
    Urls urls;
    for (size_t i = 0; i < record_->candidates.size(); ++i) {
      const Candidate& candidate = record_->candidates[i];
      if (candidate.type == type) urls[candidate.address] = record_->urls[i];
    }
    return urls;
  }
  Urls RelayUrls() const { return UrlsOf(CandidateType::kRelay); }

  // Whether nobody has this socket any more.
  bool IsFree(const SocketAddress& address) {
    return runner_.loop().OpenDatagramSocket({.local = address}).ok();
  }

  LoopRunner runner_;
  NiceIceTransportFactory factory_;
  Config config_;
  std::string credential_ = "secret";
  SocketAddress host_ = *SocketAddress::Parse("127.0.0.1:0");
  std::unique_ptr<TurnServer> one_, two_, three_;
  std::unique_ptr<IceTransport> ice_;
  std::optional<EventRecorder> record_;
};

TEST_F(NiceRelayTest, IsGivenARelayedAddress) {
  Gather({one_->url()});
  ASSERT_EQ(record_->candidates.size(), 2u);  // What the server sees is the host candidate.
  const Candidate& host = record_->candidates[0];
  const Candidate& relay = record_->candidates[1];
  EXPECT_EQ(host.type, CandidateType::kHost);
  EXPECT_EQ(relay.type, CandidateType::kRelay);
  EXPECT_EQ(relay.address, "203.0.113.1");
  EXPECT_EQ(relay.port, 5001);
  EXPECT_EQ(relay.related_address, host.address);
  EXPECT_EQ(relay.related_port, host.port);
  EXPECT_LT(relay.priority, host.priority);
  EXPECT_EQ(record_->urls, (Strings{"", one_->url()}));
  EXPECT_GT(one_->answers.refused(), 0);
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceRelayTest, TellsOfEachServerWhatItGave) {
  Gather({one_->url(), two_->url(), three_->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()},
                               {"203.0.113.2", two_->url()},
                               {"2001:db8::3", three_->url()}}));
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceRelayTest, TurnServersTellReflexiveAddressesToo) {
  const auto outside = [](const char* text) { return *SocketAddress::Parse(text); };
  runner_.Run([&] {
    one_->answers.mapped = outside("198.51.100.1:4001");
    two_->answers.mapped = outside("198.51.100.2:4002");
  });
  Gather({one_->url(), two_->url()});
  EXPECT_EQ(UrlsOf(CandidateType::kServerReflexive),
            (Urls{{"198.51.100.1", one_->url()}, {"198.51.100.2", two_->url()}}));
  for (const Candidate& candidate : record_->candidates) {
    if (candidate.type != CandidateType::kRelay) continue;
    // The address that a server saw.
    EXPECT_TRUE(candidate.related_address.starts_with("198.51.100.")) << candidate.related_address;
  }
}

TEST_F(NiceRelayTest, AnswersThatLieInTheSocketTogetherAreToldApart) {
  const auto release = [&] {
    if (!one_->holds() || !two_->holds()) return;
    one_->Release();
    two_->Release();
  };
  runner_.Run([&] {
    one_->Hold(release);
    two_->Hold(release);
  });
  Gather({one_->url(), two_->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()}, {"203.0.113.2", two_->url()}}));
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceRelayTest, AnAddressThatItHasAlreadyIsNoFurtherCandidateAndNoError) {
  std::unique_ptr<TurnServer> same;
  runner_.Run([&] { same = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.1:5009"); });
  Gather({one_->url(), same->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()}}));
  EXPECT_TRUE(record_->errors.empty());
  runner_.Run([&] { ice_->Close(); });
  EXPECT_TRUE(runner_.Await([&] { return IsFree(host_); }));
  runner_.Run([&] { same.reset(); });
}

TEST_F(NiceRelayTest, TellsThatTheCredentialIsWrong) {
  credential_ = "wrong";
  Gather({one_->url(), two_->url()});
  EXPECT_EQ(RelayUrls(), Urls());
  ASSERT_EQ(record_->errors.size(), 2u);
  EXPECT_EQ(record_->errors[0].url, one_->url());
  EXPECT_EQ(record_->errors[0].error_code, 401);
  EXPECT_EQ(record_->errors[1].url, two_->url());
  EXPECT_EQ(record_->errors[1].error_code, 401);
}

TEST_F(NiceRelayTest, WithRelaysOnlyItsOwnAddressIsNotTold) {
  config_.policy = IceTransportPolicy::kRelay;
  Gather({one_->url(), two_->url()});
  ASSERT_EQ(record_->candidates.size(), 2u);
  for (const Candidate& candidate : record_->candidates) {
    EXPECT_EQ(candidate.type, CandidateType::kRelay);
    EXPECT_EQ(candidate.related_address, "0.0.0.0");
    EXPECT_EQ(candidate.related_port, 0);
  }
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()}, {"203.0.113.2", two_->url()}}));
  // No host candidate was told; the server has seen the socket.
  runner_.Run([&] { host_ = one_->answers.client(); });
}

TEST_F(NiceRelayTest, GivesItsAllocationsBackWhenItCloses) {
  Gather({one_->url(), two_->url()});
  runner_.Run([&] { ice_->Close(); });
  EXPECT_TRUE(runner_.Await(
      [&] { return one_->answers.refreshes() > 0 && two_->answers.refreshes() > 0; }));
}

}  // namespace
}  // namespace pcd::ice
