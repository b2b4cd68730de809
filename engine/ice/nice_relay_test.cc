// The libnice backend with TURN servers that this test plays: up to the relayed candidate.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/loop_runner.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/ice/turn/turn_server_testing.h"

namespace pcd::ice {
namespace {

using Strings = std::vector<std::string>;
using Urls = std::map<std::string, std::string>;

class RelayTest : public ::testing::Test {
 protected:
  explicit RelayTest(bool tcp) : tcp_(tcp) {
    config_.addresses = {*IpAddress::Parse("127.0.0.1")};
    config_.server_policy = ServerPolicy({*net::AddressRule::Parse("127.0.0.0/8")});
    runner_.Run([&] {
      one_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.1:5001", tcp_);
      two_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.2:5002", tcp_);
      three_ = std::make_unique<TurnServer>(runner_.loop(), "[2001:db8::3]:5003", tcp_);
    });
  }
  ~RelayTest() override {
    runner_.Run([&] { ice_.reset(); });
    // libnice gives its allocations back first.
    EXPECT_TRUE(runner_.Await([&] { return IsFree(host_) && connections() == 0; }));
    runner_.Run([&] {
      other_.reset();
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

  // To servers over TCP.
  size_t connections() {
    size_t count = 0;
    for (const auto& server : {&one_, &two_, &three_, &other_}) {
      if (*server != nullptr && (*server)->listener() != nullptr) {
        count += (*server)->listener()->connections();
      }
    }
    return count;
  }
  // Whether nobody has this socket any more.
  bool IsFree(const SocketAddress& address) {
    return runner_.loop().OpenDatagramSocket({.local = address}).ok();
  }

  const bool tcp_;
  LoopRunner runner_;
  NiceIceTransportFactory factory_;
  Config config_;
  std::string credential_ = "secret";
  SocketAddress host_ = *SocketAddress::Parse("127.0.0.1:0");
  std::unique_ptr<TurnServer> one_, two_, three_, other_;
  std::unique_ptr<IceTransport> ice_;
  std::optional<EventRecorder> record_;
};

// Over UDP and over TCP.
class NiceRelayTest : public RelayTest, public ::testing::WithParamInterface<bool> {
 protected:
  NiceRelayTest() : RelayTest(GetParam()) {}
};
INSTANTIATE_TEST_SUITE_P(Over, NiceRelayTest, ::testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "Tcp" : "Udp"); });

class NiceUdpRelayTest : public RelayTest {
 protected:
  NiceUdpRelayTest() : RelayTest(false) {}
};

class NiceTcpRelayTest : public RelayTest {
 protected:
  NiceTcpRelayTest() : RelayTest(true) {}
};

TEST_P(NiceRelayTest, IsGivenARelayedAddress) {
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

TEST_P(NiceRelayTest, TellsOfEachServerWhatItGave) {
  Gather({one_->url(), two_->url(), three_->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()},
                               {"203.0.113.2", two_->url()},
                               {"2001:db8::3", three_->url()}}));
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceUdpRelayTest, TurnServersTellReflexiveAddressesToo) {
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

TEST_P(NiceRelayTest, AnswersThatLieInTheSocketTogetherAreToldApart) {
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

TEST_P(NiceRelayTest, AnAddressThatItHasAlreadyIsNoFurtherCandidateAndNoError) {
  runner_.Run(
      [&] { other_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.1:5009", tcp_); });
  Gather({one_->url(), other_->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()}}));
  EXPECT_TRUE(record_->errors.empty());
}

TEST_P(NiceRelayTest, TellsThatTheCredentialIsWrong) {
  credential_ = "wrong";
  Gather({one_->url(), two_->url()});
  EXPECT_EQ(RelayUrls(), Urls());
  ASSERT_EQ(record_->errors.size(), 2u);
  EXPECT_EQ(record_->errors[0].url, one_->url());
  EXPECT_EQ(record_->errors[0].error_code, 401);
  EXPECT_EQ(record_->errors[1].url, two_->url());
  EXPECT_EQ(record_->errors[1].error_code, 401);
}

TEST_P(NiceRelayTest, WithRelaysOnlyItsOwnAddressIsNotTold) {
  config_.policy = IceTransportPolicy::kRelay;
  Gather({one_->url(), two_->url()});
  ASSERT_EQ(record_->candidates.size(), 2u);
  for (const Candidate& candidate : record_->candidates) {
    EXPECT_EQ(candidate.type, CandidateType::kRelay);
    EXPECT_EQ(candidate.related_address, "0.0.0.0");
    EXPECT_EQ(candidate.related_port, 0);
  }
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", one_->url()}, {"203.0.113.2", two_->url()}}));
  // No host candidate was told; a server over UDP has seen the socket.
  if (!tcp_) runner_.Run([&] { host_ = one_->answers.client(); });
}

TEST_P(NiceRelayTest, GivesItsAllocationsBackWhenItCloses) {
  Gather({one_->url(), two_->url()});
  runner_.Run([&] { ice_->Close(); });
  EXPECT_TRUE(runner_.Await(
      [&] { return one_->answers.refreshes() > 0 && two_->answers.refreshes() > 0; }));
}

TEST_F(NiceTcpRelayTest, WhatTheServerSeesOfAConnectionIsNoCandidate) {
  runner_.Run([&] { one_->answers.mapped = *SocketAddress::Parse("198.51.100.1:4001"); });
  Gather({one_->url()});
  ASSERT_EQ(record_->candidates.size(), 2u);
  EXPECT_EQ(record_->candidates[0].type, CandidateType::kHost);
  EXPECT_EQ(record_->candidates[1].type, CandidateType::kRelay);
  EXPECT_EQ(record_->candidates[1].related_address, "127.0.0.1");
}

TEST_F(NiceTcpRelayTest, OverUdpARelayIsPreferred) {
  runner_.Run([&] { other_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.9:5009"); });
  Gather({other_->url(), one_->url()});
  std::map<std::string, uint32_t> priorities;
  for (size_t i = 0; i < record_->candidates.size(); ++i) {
    priorities[record_->urls[i]] = record_->candidates[i].priority;
  }
  EXPECT_GT(priorities[other_->url()], priorities[one_->url()]);
  EXPECT_GT(priorities[one_->url()], 0u);
}

TEST_F(NiceTcpRelayTest, OfTheSameAddressTheOneOverUdpBecomesACandidate) {
  runner_.Run([&] { other_ = std::make_unique<TurnServer>(runner_.loop(), "203.0.113.1:5009"); });
  Gather({one_->url(), other_->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.1", other_->url()}}));
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceTcpRelayTest, AServerThatRefusesTheConnectionIsToldAndTheOthersAreUsed) {
  const std::string gone = one_->url();
  runner_.Run([&] { one_->listener()->Close(); });
  Gather({gone, two_->url()});
  EXPECT_EQ(RelayUrls(), (Urls{{"203.0.113.2", two_->url()}}));
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].url, gone);
  EXPECT_EQ(record_->errors[0].error_code, 701);
  EXPECT_NE(record_->errors[0].error_text.find("refused"), std::string::npos);
}

// Too long, no TURN at all, and the end of the connection in the middle of a message.
TEST_F(NiceTcpRelayTest, ServersThatAnswerNonsenseGiveNothing) {
  std::vector<std::unique_ptr<TurnListener>> servers(3);
  const std::vector<std::vector<uint8_t>> answers = {
      {0x41, 0x01, 0xFF, 0xFF, 1, 2, 3}, {0xFF, 0xFF, 0xFF, 0xFF}, {0x01, 0x03, 0, 8, 0x21}};
  Strings urls;
  runner_.Run([&] {
    for (size_t i = 0; i < servers.size(); ++i) {
      servers[i] =
          std::make_unique<TurnListener>(runner_.loop(), [&, i](ByteSpan, const SocketAddress&) {
            runner_.loop().Post([&, i] {
              servers[i]->SendRaw(answers[i]);
              if (i == 2) servers[i]->Close();
            });
          });
      urls.push_back("turn:" + servers[i]->address().ToString() + "?transport=tcp");
    }
  });
  Gather(urls);
  EXPECT_EQ(RelayUrls(), Urls());
  ASSERT_EQ(record_->errors.size(), 3u);
  for (size_t i = 0; i < urls.size(); ++i) {
    EXPECT_EQ(record_->errors[i].url, urls[i]);
    EXPECT_EQ(record_->errors[i].error_code, 701);
  }
  runner_.Run([&] { ice_->Close(); });
  EXPECT_TRUE(runner_.Await([&] { return servers[0]->connections() == 0; }));
  runner_.Run([&] { servers.clear(); });
}

TEST_F(NiceTcpRelayTest, IsClosedWhileItConnects) {
  config_.servers = {{.urls = {one_->url()}, .username = "user", .credential = "secret"}};
  runner_.Run([&] {
    ice_ = factory_.Create(runner_.loop(), config_).value();
    ice_->StartGathering();
    ice_->Close();
    ice_.reset();
  });
  runner_.Run([] {});
}

}  // namespace
}  // namespace pcd::ice
