#include "tests/impair/udp_relay.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/testing/hex.h"
#include "engine/testing/sim_loop.h"
#include "engine/testing/status_matchers.h"

namespace pcd::impair {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::BytesOf;
using testing::TextOf;

// A socket that notes what comes, and when; an echo sends it back.
class End : public net::DatagramHandler {
 public:
  explicit End(testing::SimLoop& loop, bool echo = false)
      : loop_(loop), echo_(echo), socket_(loop.OpenDatagramSocket({}).value()) {
    socket_->SetHandler(this);
  }
  void Send(std::string_view text, const SocketAddress& to) {
    socket_->Queue(loop_.packets().CopyOf(BytesOf(text)), to);
    loop_.Post([] {});
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress> from) override {
    for (size_t i = 0; i < packets.size(); ++i) {
      texts.push_back(TextOf(packets[i]->bytes()));
      times.push_back(loop_.Now());
      sources.push_back(from[i]);
      if (echo_) socket_->Queue(std::move(packets[i]), from[i]);
    }
  }
  SocketAddress address() const { return socket_->local_address(); }

  std::vector<std::string> texts;
  std::vector<Timestamp> times;
  std::vector<SocketAddress> sources;

 private:
  testing::SimLoop& loop_;
  const bool echo_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

class UdpRelayTest : public ::testing::Test {
 protected:
  void Start(RelayOptions options = {}) {
    options.target = server_.address();
    auto relay = UdpRelay::Create(relay_loop_, options);
    ASSERT_THAT(relay, testing::IsOk());
    relay_ = std::move(*relay);
  }
  // One each millisecond.
  void SendMany(int count, size_t bytes = 4) {
    for (int i = 0; i < count; ++i) {
      client_.Send(std::to_string(i) + std::string(bytes - 4, '.'), relay_->local_address());
      network_.RunFor(milliseconds(1));
    }
  }

  testing::SimNetwork network_;
  testing::SimLoop relay_loop_{network_}, client_loop_{network_}, server_loop_{network_};
  End client_{client_loop_}, other_{client_loop_};
  End server_{server_loop_, true};
  std::unique_ptr<UdpRelay> relay_;
};

TEST_F(UdpRelayTest, PassesBothWaysAndKeepsClientsApart) {
  Start();
  client_.Send("a", relay_->local_address());
  other_.Send("b", relay_->local_address());
  network_.RunFor(milliseconds(10));
  EXPECT_EQ(server_.texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(client_.texts, std::vector<std::string>{"a"});
  EXPECT_EQ(other_.texts, std::vector<std::string>{"b"});
  EXPECT_EQ(relay_->counters().clients, 2u);
  EXPECT_EQ(relay_->counters().up.delivered, 2u);
  EXPECT_EQ(relay_->counters().down.delivered, 2u);
}

TEST_F(UdpRelayTest, RebindingShowsTheTargetAnotherAddressAndTheClientNone) {
  Start();
  client_.Send("a", relay_->local_address());
  network_.RunFor(milliseconds(10));
  relay_->Rebind();
  client_.Send("b", relay_->local_address());
  network_.RunFor(milliseconds(10));
  EXPECT_EQ(client_.texts, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(server_.sources.size(), 2u);
  EXPECT_NE(server_.sources[0], server_.sources[1]);
  EXPECT_EQ(relay_->counters().clients, 1u);
}

TEST_F(UdpRelayTest, LosesTheShareThatWasAskedForAndTheSameForASeed) {
  Start({.up = {.loss = 0.1}, .seed = 5});
  SendMany(2000);
  network_.RunFor(milliseconds(10));
  const std::vector<std::string> first = server_.texts;
  EXPECT_GT(first.size(), 1740u);
  EXPECT_LT(first.size(), 1860u);
  EXPECT_EQ(relay_->counters().up.lost, 2000 - first.size());
  EXPECT_EQ(client_.texts.size(), first.size());  // No loss on the way back.
  server_.texts.clear();
  Start({.up = {.loss = 0.1}, .seed = 5});
  SendMany(2000);
  network_.RunFor(milliseconds(10));
  EXPECT_EQ(server_.texts, first);
}

TEST_F(UdpRelayTest, DelaysEachDirectionByItsOwn) {
  Start({.up = {.delay = milliseconds(30)}, .down = {.delay = milliseconds(50)}});
  const Timestamp begin = network_.Now();
  client_.Send("a", relay_->local_address());
  network_.RunFor(seconds(1));
  ASSERT_EQ(client_.times.size(), 1u);
  EXPECT_GE(server_.times[0] - begin, milliseconds(30));
  EXPECT_LT(server_.times[0] - begin, milliseconds(35));
  EXPECT_GE(client_.times[0] - begin, milliseconds(80));
  EXPECT_LT(client_.times[0] - begin, milliseconds(90));
}

TEST_F(UdpRelayTest, CapsTheRateAndDropsWhatTheQueueCannotHold) {
  // 8 Mbit/s offered, 1 Mbit/s passes: 125 packets of 1000 bytes a second.
  Start({.up = {.rate_bps = 1'000'000, .queue_bytes = 20'000}});
  SendMany(2000, 1000);
  EXPECT_GT(server_.texts.size(), 230u);
  EXPECT_LT(server_.texts.size(), 260u);
  EXPECT_GT(relay_->counters().up.queue_full, 1600u);
}

TEST_F(UdpRelayTest, ReordersAndDuplicates) {
  Start({.up = {.reorder = 0.1, .reorder_delay = milliseconds(5), .duplicate = 0.1}});
  SendMany(1000);
  network_.RunFor(milliseconds(50));
  EXPECT_EQ(server_.texts.size(), 1000 + relay_->counters().up.duplicated);
  EXPECT_GT(relay_->counters().up.duplicated, 60u);
  EXPECT_GT(relay_->counters().up.reordered, 60u);
  int backwards = 0;
  for (size_t i = 1; i < server_.texts.size(); ++i) {
    backwards += std::stoi(server_.texts[i]) < std::stoi(server_.texts[i - 1]) ? 1 : 0;
  }
  EXPECT_GT(backwards, 60);
}

TEST_F(UdpRelayTest, ABlackoutPassesNothingAndEnds) {
  Start();
  SendMany(10);
  relay_->BlackOut(milliseconds(100));
  SendMany(90);
  network_.RunFor(milliseconds(20));
  EXPECT_EQ(server_.texts.size(), 10u);
  SendMany(10);
  network_.RunFor(milliseconds(10));
  EXPECT_EQ(server_.texts.size(), 20u);
  EXPECT_EQ(relay_->counters().up.blacked_out, 90u);
}

TEST_F(UdpRelayTest, ClientsBeyondTheLimitAreRefused) {
  Start({.max_clients = 1});
  client_.Send("a", relay_->local_address());
  network_.RunFor(milliseconds(5));
  other_.Send("b", relay_->local_address());
  network_.RunFor(milliseconds(5));
  EXPECT_EQ(server_.texts, std::vector<std::string>{"a"});
  EXPECT_EQ(relay_->counters().refused, 1u);
}

TEST_F(UdpRelayTest, ImpairmentCanChangeWhileItRuns) {
  Start();
  SendMany(10);
  relay_->SetImpairment({.loss = 1}, {});
  SendMany(10);
  relay_->SetImpairment({}, {});
  SendMany(10);
  network_.RunFor(milliseconds(10));
  EXPECT_EQ(server_.texts.size(), 20u);
}

TEST(UdpRelayOptionsTest, ATargetWithoutAPortIsRefused) {
  testing::SimNetwork network;
  testing::SimLoop loop(network);
  EXPECT_FALSE(UdpRelay::Create(loop, {}).ok());
}

}  // namespace
}  // namespace pcd::impair
