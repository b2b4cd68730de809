// The libnice backend with a STUN server that this test plays.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/loop_runner.h"
#include "engine/ice/nice_ice_transport_factory.h"

namespace pcd::ice {
namespace {

// Answers Binding requests: with an address, with an error, or not at all.
class StunServer : public net::DatagramHandler {
 public:
  explicit StunServer(net::Loop& loop) : loop_(loop) {
    socket_ = loop.OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
    socket_->SetHandler(this);
  }

  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    for (size_t i = 0; i < packets.size(); ++i) {
      if (packets[i]->size() < 20 || LoadU16(packets[i]->data()) != 1 || silent) continue;
      ++asked;
      std::vector<uint8_t> attribute;
      if (error == 0) {  // MAPPED-ADDRESS.
        attribute = {0, 1, 0, 8};
        Append(attribute, mapped.value_or(from[i]));
      } else {
        attribute = {0, 9, 0, 4, 0, 0, uint8_t(error / 100), uint8_t(error % 100)};
      }
      if (alternate != nullptr) {  // ALTERNATE-SERVER, RFC 8489 section 14.15.
        for (const uint8_t byte : {0x80, 0x23, 0, 8}) attribute.push_back(byte);
        Append(attribute, alternate->address());
      }
      PacketPtr reply = loop_.packets().Get();
      const uint8_t header[] = {1, uint8_t(error == 0 ? 1 : 0x11), 0, uint8_t(attribute.size())};
      std::memcpy(reply->data(), header, 4);
      std::memcpy(reply->data() + 4, packets[i]->data() + 4, 16);  // As RFC 3489: all is the id.
      std::memcpy(reply->data() + 20, attribute.data(), attribute.size());
      reply->set_size(20 + attribute.size());
      socket_->Queue(std::move(reply), from[i]);
    }
  }

  SocketAddress address() const { return socket_->local_address(); }
  std::string url() const { return "stun:" + address().ToString(); }

  bool silent = false;
  int error = 0;
  const StunServer* alternate = nullptr;
  std::optional<SocketAddress> mapped{};
  int asked = 0;

 private:
  static void Append(std::vector<uint8_t>& bytes, const SocketAddress& address) {
    const auto& ip = address.ip.bytes();
    for (const uint8_t byte : {uint8_t{0}, uint8_t{1}, uint8_t(address.port >> 8),
                               uint8_t(address.port), ip[0], ip[1], ip[2], ip[3]}) {
      bytes.push_back(byte);
    }
  }

  net::Loop& loop_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

class FixedResolver : public net::HostResolver {
 public:
  void Resolve(net::Loop& loop, const std::string& host, Callback callback) override {
    std::vector<IpAddress> addresses;
    if (host == "stun.example") addresses.push_back(*IpAddress::Parse("127.0.0.1"));
    loop.Post([callback = std::move(callback), addresses]() mutable { callback(addresses); });
  }
};

class NiceServersTest : public ::testing::Test {
 protected:
  NiceServersTest() {
    config_.addresses = {*IpAddress::Parse("127.0.0.1")};
    config_.server_policy = ServerPolicy({*net::AddressRule::Parse("127.0.0.0/8")});
    config_.resolver = &resolver_;
    runner_.Run([&] {
      server_ = std::make_unique<StunServer>(runner_.loop());
      other_ = std::make_unique<StunServer>(runner_.loop());
    });
  }
  ~NiceServersTest() override {
    runner_.Run([&] {
      ice_.reset();
      server_.reset();
      other_.reset();
    });
  }

  void Gather(const std::vector<std::string>& urls) {
    config_.servers = {{.urls = urls, .username = "u", .credential = "c"}};
    runner_.Run([&] {
      ice_ = factory_.Create(runner_.loop(), config_).value();
      record_.emplace(*ice_);
      ice_->StartGathering();
    });
    EXPECT_TRUE(runner_.Await([&] {
      return !record_->gathering_states.empty() &&
             record_->gathering_states.back() == IceGatheringState::kComplete;
    }));
  }
  std::vector<std::string> Types() const {
    std::vector<std::string> types;
    for (const Candidate& candidate : record_->candidates) {
      types.emplace_back(ToString(candidate.type));
    }
    return types;
  }

  LoopRunner runner_;
  FixedResolver resolver_;
  NiceIceTransportFactory factory_;
  Config config_;
  std::unique_ptr<StunServer> server_, other_;
  std::unique_ptr<IceTransport> ice_;
  std::optional<EventRecorder> record_;
};

using Strings = std::vector<std::string>;

TEST_F(NiceServersTest, LearnsItsReflexiveAddress) {
  server_->mapped = *SocketAddress::Parse("203.0.113.5:4444");
  Gather({server_->url()});
  ASSERT_EQ(Types(), (Strings{"host", "srflx"}));
  const Candidate& host = record_->candidates[0];
  const Candidate& reflexive = record_->candidates[1];
  EXPECT_EQ(reflexive.address, "203.0.113.5");
  EXPECT_EQ(reflexive.port, 4444);
  EXPECT_EQ(reflexive.related_address, host.address);
  EXPECT_EQ(reflexive.related_port, host.port);
  EXPECT_EQ(record_->urls, (Strings{"", server_->url()}));
  EXPECT_LT(reflexive.priority, host.priority);
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceServersTest, FindsAServerByName) {
  server_->mapped = *SocketAddress::Parse("203.0.113.5:4444");
  const std::string url = "stun:stun.example:" + std::to_string(server_->address().port);
  Gather({"stun:none.example", url});
  ASSERT_EQ(Types(), (Strings{"host", "srflx"}));
  EXPECT_EQ(record_->urls[1], url);
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].url, "stun:none.example");
  EXPECT_EQ(record_->errors[0].error_code, 701);
}

TEST_F(NiceServersTest, AnAddressOfItsOwnIsNoFurtherCandidate) {
  Gather({server_->url()});
  EXPECT_EQ(Types(), Strings{"host"});
  EXPECT_TRUE(record_->errors.empty());
}

TEST_F(NiceServersTest, TellsWhenAServerDoesNotAnswer) {
  server_->silent = true;
  Gather({server_->url()});
  EXPECT_EQ(Types(), Strings{"host"});
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].url, server_->url());
  EXPECT_EQ(record_->errors[0].error_code, 701);
}

TEST_F(NiceServersTest, TellsTheErrorOfAServer) {
  server_->error = 500;
  Gather({server_->url()});
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].error_code, 500);
}

TEST_F(NiceServersTest, DoesNotFollowToAServerThatNobodyJudged) {
  server_->error = 300;
  server_->alternate = other_.get();
  Gather({server_->url()});
  EXPECT_GT(server_->asked, 0);
  EXPECT_EQ(other_->asked, 0);
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].error_code, 300);
}

TEST_F(NiceServersTest, ThePolicyIsAskedBeforeTheServer) {
  config_.server_policy = ServerPolicy();
  Gather({server_->url()});
  EXPECT_EQ(server_->asked, 0);
  EXPECT_EQ(Types(), Strings{"host"});
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].error_code, 701);
}

TEST_F(NiceServersTest, RelayOnlyTellsNoOtherCandidate) {
  server_->mapped = *SocketAddress::Parse("203.0.113.5:4444");
  config_.policy = IceTransportPolicy::kRelay;
  Gather({server_->url(), "turn:" + other_->address().ToString()});
  EXPECT_EQ(Types(), Strings{});
  EXPECT_EQ(server_->asked, 0);
  // The other end answers no Allocate request.
  ASSERT_GE(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors.back().url, "turn:" + other_->address().ToString());
}

TEST_F(NiceServersTest, WithoutATcpConnectionGatheringEnds) {
  const std::string url = "turn:" + server_->address().ToString() + "?transport=tcp";
  Gather({url});  // Only UDP listens there.
  EXPECT_EQ(Types(), Strings{"host"});
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].url, url);
  EXPECT_EQ(record_->errors[0].error_code, 701);
}

TEST_F(NiceServersTest, ServersOverTlsAreToldBesideTheOneThatAnswers) {
  server_->mapped = *SocketAddress::Parse("203.0.113.5:4444");
  Gather({"turns:turn.example", server_->url(), "stuns:127.0.0.1"});
  EXPECT_EQ(Types(), (Strings{"host", "srflx"}));
  ASSERT_EQ(record_->errors.size(), 2u);
  EXPECT_EQ(record_->errors[0].url, "turns:turn.example");
  EXPECT_EQ(record_->errors[1].url, "stuns:127.0.0.1");
  for (const CandidateError& error : record_->errors) {
    EXPECT_EQ(error.error_code, 701);
    EXPECT_EQ(error.error_text, "TLS to STUN and TURN servers is not implemented");
  }
}

TEST_F(NiceServersTest, WithServersOverTlsOnlyThereAreHostCandidates) {
  Gather({"turns:127.0.0.1:443?transport=tcp"});
  EXPECT_EQ(Types(), Strings{"host"});
  ASSERT_EQ(record_->errors.size(), 1u);
  EXPECT_EQ(record_->errors[0].error_code, 701);
}

TEST_F(NiceServersTest, IsClosedWhileANameIsLookedUp) {
  config_.servers = {{.urls = {"stun:stun.example"}}};
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
