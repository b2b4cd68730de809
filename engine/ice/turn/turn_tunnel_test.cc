#include "engine/ice/turn/turn_tunnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ice/loop_runner.h"
#include "engine/ice/turn/turn_listener_testing.h"
#include "engine/ice/turn/turn_tunnels.h"

namespace pcd::ice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Bytes = std::vector<uint8_t>;

const IpAddress kOne = IpAddress::V4({127, 0, 0, 1});
const IpAddress kTwo = IpAddress::V4({127, 0, 0, 2});

Bytes Request(uint8_t id) {
  Bytes bytes(20, id);
  bytes[0] = bytes[2] = bytes[3] = 0;
  bytes[1] = 3;
  return bytes;
}

Bytes ChannelData(size_t size) {
  Bytes bytes(4 + size, 9);
  StoreU16(bytes.data(), 0x4001);
  StoreU16(bytes.data() + 2, static_cast<uint16_t>(size));
  return bytes;
}

// A socket as libnice has them.
class Client : public net::DatagramHandler {
 public:
  Client(net::Loop& loop, const IpAddress& ip)
      : loop_(loop), socket_(loop.OpenDatagramSocket({.local = {ip, 0}}).value()) {
    socket_->SetHandler(this);
  }

  SocketAddress address() const { return socket_->local_address(); }
  void Send(const Bytes& bytes, const TurnTunnel& tunnel) {
    socket_->Queue(loop_.packets().CopyOf(bytes), tunnel.address());
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    for (size_t i = 0; i < packets.size(); ++i) {
      received.emplace_back(packets[i]->bytes().begin(), packets[i]->bytes().end());
      sources.push_back(from[i]);
    }
  }

  std::vector<Bytes> received{};
  std::vector<SocketAddress> sources{};

 private:
  net::Loop& loop_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

class TurnTunnelTest : public ::testing::Test {
 protected:
  TurnTunnelTest() {
    runner_.Run([this] {
      server_ = std::make_unique<TurnListener>(
          runner_.loop(), [this](ByteSpan message, const SocketAddress& source) {
            arrived_.emplace_back(message.begin(), message.end());
            from_.push_back(source);
          });
      one_ = std::make_unique<Client>(runner_.loop(), kOne);
      two_ = std::make_unique<Client>(runner_.loop(), kTwo);
    });
  }
  ~TurnTunnelTest() override {
    runner_.Run([this] {
      tunnels_.reset();
      tunnel_.reset();
      one_.reset();
      two_.reset();
      server_.reset();
    });
  }

  // Connected, or failed.
  void Make(const std::vector<IpAddress>& local) {
    runner_.Run([&] {
      tunnel_ = std::make_unique<TurnTunnel>(
          runner_.loop(), TurnTunnelOptions{.server = server_->address(), .local = local},
          [this] { ++changes_; });
    });
    EXPECT_TRUE(runner_.Await([&] {
      return tunnel_->failed() || (tunnel_->ready() && server_->connections() == local.size() &&
                                   changes_ == static_cast<int>(local.size()));
    }));
  }
  void OpenFor(const std::vector<SocketAddress>& sources) {
    runner_.Run([&] {
      tunnel_->SetSources(sources);
      tunnel_->Open();
    });
  }

  LoopRunner runner_;
  std::unique_ptr<TurnListener> server_;
  std::vector<Bytes> arrived_;  // At the server.
  std::vector<SocketAddress> from_;
  std::unique_ptr<Client> one_, two_;
  std::unique_ptr<TurnTunnel> tunnel_;
  std::unique_ptr<TurnTunnels> tunnels_;
  int changes_ = 0;
};

TEST_F(TurnTunnelTest, CarriesMessagesBothWays) {
  Make({kOne});
  EXPECT_FALSE(tunnel_->failed());
  OpenFor({one_->address()});
  runner_.Run([&] {
    one_->Send(Request(1), *tunnel_);
    one_->Send(ChannelData(1), *tunnel_);
    one_->Send(ChannelData(1200), *tunnel_);
  });
  EXPECT_TRUE(runner_.Await([&] { return arrived_.size() == 3; }));
  EXPECT_THAT(arrived_, ElementsAre(Request(1), ChannelData(1), ChannelData(1200)));
  runner_.Run([&] {
    EXPECT_TRUE(server_->Send(Request(2), from_[0]));
    EXPECT_TRUE(server_->Send(ChannelData(7), from_[0]));
  });
  EXPECT_TRUE(runner_.Await([&] { return one_->received.size() == 2; }));
  EXPECT_THAT(one_->received, ElementsAre(Request(2), ChannelData(7)));
  EXPECT_EQ(one_->sources[0], tunnel_->address());
}

TEST_F(TurnTunnelTest, EachSocketHasAConnectionOfItsOwn) {
  Make({kOne, kTwo});
  OpenFor({two_->address(), one_->address()});
  runner_.Run([&] { one_->Send(Request(1), *tunnel_); });
  EXPECT_TRUE(runner_.Await([&] { return arrived_.size() == 1; }));
  runner_.Run([&] { two_->Send(Request(2), *tunnel_); });
  EXPECT_TRUE(runner_.Await([&] { return arrived_.size() == 2; }));
  EXPECT_THAT(arrived_, ElementsAre(Request(1), Request(2)));
  EXPECT_EQ(from_[0].ip, kOne);
  EXPECT_EQ(from_[1].ip, kTwo);
  runner_.Run([&] {
    EXPECT_TRUE(server_->Send(Request(3), from_[0]));
    EXPECT_TRUE(server_->Send(Request(4), from_[1]));
  });
  EXPECT_TRUE(runner_.Await([&] { return !one_->received.empty() && !two_->received.empty(); }));
  EXPECT_THAT(one_->received, ElementsAre(Request(3)));
  EXPECT_THAT(two_->received, ElementsAre(Request(4)));
}

TEST_F(TurnTunnelTest, KeepsTheLatestRequestUntilItIsOpened) {
  Make({kOne});
  runner_.Run([&] {
    tunnel_->SetSources(std::vector{one_->address()});
    one_->Send(Request(1), *tunnel_);
    one_->Send(Request(2), *tunnel_);
  });
  EXPECT_TRUE(runner_.Await([&] { return tunnel_->drops().not_connected == 1; }));
  EXPECT_THAT(arrived_, IsEmpty());
  runner_.Run([&] { tunnel_->Open(); });
  EXPECT_TRUE(runner_.Await([&] { return arrived_.size() == 1; }));
  EXPECT_THAT(arrived_, ElementsAre(Request(2)));
}

TEST_F(TurnTunnelTest, DropsWhatIsNotFromASocketOfLibniceOrNoMessage) {
  Make({kOne, kTwo});
  OpenFor({one_->address()});
  // A connection for nobody is closed.
  EXPECT_TRUE(runner_.Await([&] { return server_->connections() == 1; }));
  std::unique_ptr<Client> stranger;
  runner_.Run([&] {
    stranger = std::make_unique<Client>(runner_.loop(), kOne);
    stranger->Send(Request(1), *tunnel_);
    two_->Send(Request(2), *tunnel_);
  });
  EXPECT_TRUE(runner_.Await([&] { return tunnel_->drops().strangers == 2; }));
  runner_.Run([&] {
    stranger.reset();
    one_->Send({22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}, *tunnel_);
    one_->Send(Request(3), *tunnel_);
  });
  EXPECT_TRUE(runner_.Await([&] { return !arrived_.empty(); }));
  EXPECT_THAT(arrived_, ElementsAre(Request(3)));
  EXPECT_EQ(tunnel_->drops().malformed, 1u);
}

TEST_F(TurnTunnelTest, WhatComesBeforeAnybodyAskedIsDropped) {
  Make({kOne});
  runner_.Run([&] { server_->SendRaw(Request(1)); });
  EXPECT_TRUE(runner_.Await([&] { return tunnel_->drops().nobody_waiting == 1; }));
  EXPECT_TRUE(tunnel_->ready());
}

TEST_F(TurnTunnelTest, TellsWhyItFailed) {
  runner_.Run([&] { server_->Close(); });
  Make({kOne, kTwo});
  EXPECT_TRUE(tunnel_->failed());
  EXPECT_FALSE(tunnel_->ready());
  EXPECT_THAT(tunnel_->problem(), HasSubstr("refused"));
  Make({IpAddress::V6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})});
  EXPECT_THAT(tunnel_->problem(), HasSubstr("family"));
}

TEST_F(TurnTunnelTest, AServerThatDoesNotSpeakTurnIsLeft) {
  Make({kOne});
  OpenFor({one_->address()});
  runner_.Run([&] { server_->SendRaw(Bytes{0x90, 1, 2, 3}); });
  EXPECT_TRUE(runner_.Await([&] { return tunnel_->failed() && server_->connections() == 0; }));
  EXPECT_THAT(tunnel_->problem(), HasSubstr("TURN"));
}

TEST_F(TurnTunnelTest, AConnectionThatIsLostIsNotMadeAgain) {
  Make({kOne});
  OpenFor({one_->address()});
  runner_.Run([&] {
    server_->SendRaw(Bytes{1, 3, 0, 8, 0x21});  // In mid message.
    server_->Close();
  });
  EXPECT_TRUE(runner_.Await([&] { return tunnel_->failed(); }));
  runner_.Run([&] { one_->Send(Request(1), *tunnel_); });
  EXPECT_TRUE(runner_.Await([&] { return tunnel_->drops().not_connected == 1; }));
  EXPECT_THAT(one_->received, IsEmpty());
}

TEST_F(TurnTunnelTest, OfServersOverUdpNothingIsTunnelled) {
  int done = 0;
  runner_.Run([&] {
    tunnels_ = std::make_unique<TurnTunnels>(runner_.loop());
    tunnels_->Start({{.url = "turn:a", .turn = true, .address = server_->address()}}, {kOne}, 0,
                    [&] { ++done; });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(tunnels_->servers()[0].asked_at(), server_->address());
  });
}

TEST_F(TurnTunnelTest, AllServersOverTcpAreWaitedFor) {
  std::optional<TurnListener> gone;
  int done = 0;
  runner_.Run([&] {
    gone.emplace(runner_.loop(), [](ByteSpan, const SocketAddress&) {});
    gone->Close();
    tunnels_ = std::make_unique<TurnTunnels>(runner_.loop());
    tunnels_->Start({{.url = "turn:a", .turn = true, .tcp = true, .address = server_->address()},
                     {.url = "turn:b", .turn = true, .tcp = true, .address = gone->address()}},
                    {kOne}, 0, [&] { ++done; });
    EXPECT_EQ(done, 0);
  });
  EXPECT_TRUE(runner_.Await([&] { return done == 1; }));
  const ResolvedServer& there = tunnels_->servers()[0];
  EXPECT_EQ(there.asked_at().ip, kOne);
  EXPECT_NE(there.asked_at(), server_->address());
  EXPECT_EQ(there.unreachable, "");
  EXPECT_THAT(tunnels_->servers()[1].unreachable, HasSubstr("refused"));
}

TEST_F(TurnTunnelTest, NobodyIsToldAfterItIsCancelled) {
  int done = 0;
  runner_.Run([&] {
    tunnels_ = std::make_unique<TurnTunnels>(runner_.loop());
    tunnels_->Start({{.url = "turn:a", .turn = true, .tcp = true, .address = server_->address()}},
                    {kOne}, 0, [&] { ++done; });
    tunnels_->Cancel();
  });
  EXPECT_TRUE(runner_.Await([&] { return server_->connections() == 1; }));
  runner_.Run([] {});
  EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace pcd::ice
