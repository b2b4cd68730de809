// What those get on TCP who are silent, slow, many or wrong, and that the others do not notice.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ice/tcp/tcp_bench_testing.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

// A UDP peer and a TCP peer with connections of their own, who want to notice nothing.
class TcpAbuseTest : public TcpBench {
 protected:
  TcpAbuseTest() : by_udp_(Connect()), by_tcp_(Connect()), udp_(loop_, to_, {kLoopback, 0}) {
    udp_.Send(by_udp_->CheckBytes());
    EXPECT_TRUE(loop_.TurnUntil([&] { return udp_.received.size() == 1; }));
    tcp_ = Checked(*by_tcp_);
  }
  void ExpectOthersServed() {
    for (const auto& connection : {by_udp_.get(), by_tcp_.get()}) {
      connection->recorder.packets.clear();
    }
    udp_.Send(kRtp);
    tcp_->Send(kDtls);
    EXPECT_TRUE(Received(*by_udp_, 1));
    EXPECT_TRUE(Received(*by_tcp_, 1));
    EXPECT_EQ(by_udp_->recorder.packets, Datagrams{kRtp});
    EXPECT_EQ(by_tcp_->recorder.packets, Datagrams{kDtls});
  }

  std::unique_ptr<TcpConnection> by_udp_, by_tcp_;
  UdpPeer udp_;
  std::unique_ptr<TcpPeer> tcp_;
};

TEST_F(TcpAbuseTest, ASilentConnectionIsClosedAfterFiveSeconds) {
  TcpPeer silent(to_);
  ASSERT_TRUE(Accepted(2));
  const size_t packets = loop_.packets().outstanding();
  loop_.Advance(TcpAdmission::kFirstFrameWithin - 1ms);
  EXPECT_FALSE(silent.Closed());
  EXPECT_EQ(loop_.packets().outstanding(), packets);  // It costs no buffer.
  loop_.Advance(1ms);
  EXPECT_TRUE(Closed(silent));
  EXPECT_EQ(tcp().expired, 1u);
  ExpectOthersServed();
}

TEST_F(TcpAbuseTest, AByteNowAndThenIsNoFrame) {
  TcpPeer slow(to_);
  const auto check = by_tcp_->CheckBytes();
  const auto header = TcpFrameHeader(check.size());
  slow.SendRaw(header);
  ASSERT_TRUE(Accepted(2));
  const size_t packets = loop_.packets().outstanding();
  for (size_t i = 0; i < 4; ++i) {
    slow.SendRaw(ByteSpan(check).subspan(i, 1));
    loop_.Advance(1s);
    EXPECT_FALSE(slow.Closed());
  }
  EXPECT_LE(loop_.packets().outstanding(), packets + 1);
  loop_.Advance(1s);
  EXPECT_TRUE(Closed(slow));
  EXPECT_EQ(tcp().expired, 1u);
  EXPECT_LE(loop_.packets().outstanding(), packets);
  ExpectOthersServed();
}

TEST_F(TcpAbuseTest, WhoSaysItControlsNothingIsToldSoAndHasTimeToTurn) {
  CheckToMake check = by_tcp_->Check();
  check.controlled = check.controlling;
  check.controlling.reset();
  TcpPeer peer(to_), turning(to_);
  peer.Send(MakeCheck(check));
  turning.Send(MakeCheck(check));
  ASSERT_TRUE(Answered(peer));
  ASSERT_TRUE(Answered(turning));
  const auto reply = stun::Parse(peer.received[0]);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->error_code, stun::kRoleConflict);
  EXPECT_EQ(port_->routes(), 2u);
  loop_.Advance(TcpAdmission::kProofWithin - 1ms);
  turning.Send(by_tcp_->CheckBytes());
  ASSERT_TRUE(Answered(turning, 2));
  loop_.Advance(1ms);
  EXPECT_TRUE(Closed(peer));
  EXPECT_FALSE(turning.Closed());
  EXPECT_EQ(port_->routes(), 3u);
}

struct Wrong {
  std::string name{};
  bool framed = true;
  std::vector<uint8_t> bytes{};
};

TEST_F(TcpAbuseTest, WhoseFirstFrameProvesNothingIsClosedAtOnce) {
  CheckToMake wrong_password = by_tcp_->Check(), wrong_ufrag = by_tcp_->Check(),
              unsigned_check = by_tcp_->Check();
  wrong_password.password += "x";
  wrong_ufrag.username = "nobody:peer";
  unsigned_check.password.clear();
  auto indication = MakeCheck({.fingerprint = false});
  indication[1] |= 0x10;
  auto damaged = by_tcp_->CheckBytes();
  damaged.back() ^= 1;
  const std::string_view http = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string_view tls = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc";
  const auto vector_of = [](std::string_view text) {
    return std::vector<uint8_t>(text.begin(), text.end());
  };
  const std::vector<Wrong> table = {
      {"wrong password", true, MakeCheck(wrong_password)},
      {"wrong ufrag", true, MakeCheck(wrong_ufrag)},
      {"unsigned", true, MakeCheck(unsigned_check)},
      {"an indication", true, indication},
      {"a wrong fingerprint", true, damaged},
      {"RTP", true, kRtp},
      {"DTLS", true, kDtls},
      {"one byte", true, {0}},
      {"too long", false, {0xFF, 0xFF}},
      {"a byte too long", false, {Packet::kMaxPayload >> 8, (Packet::kMaxPayload & 0xFF) + 1}},
      {"HTTP", false, vector_of(http)},
      {"TLS", false, vector_of(tls)},
  };
  const size_t packets = loop_.packets().outstanding();
  for (const Wrong& wrong : table) {
    TcpPeer peer(to_);
    if (wrong.framed) {
      peer.Send(wrong.bytes);
    } else {
      peer.SendRaw(wrong.bytes);
    }
    EXPECT_TRUE(Closed(peer)) << wrong.name;
    // No more than it sent.
    for (const auto& reply : peer.received) EXPECT_LE(reply.size(), wrong.bytes.size());
  }
  EXPECT_EQ(tcp().refused, table.size());
  EXPECT_EQ(port_->routes(), 2u);
  EXPECT_LE(loop_.packets().outstanding(), packets);
  ExpectOthersServed();
}

TEST_F(TcpAbuseTest, NothingFollowsAFrameThatProvedNothing) {
  TcpPeer peer(to_);
  peer.Send(kDtls);
  peer.Send(by_tcp_->CheckBytes());
  EXPECT_TRUE(Closed(peer));
  EXPECT_TRUE(peer.received.empty());
  EXPECT_EQ(port_->routes(), 2u);
}

TEST_F(TcpAbuseTest, AThousandConnectionsAtOnceAreKeptToTheCaps) {
  std::vector<std::unique_ptr<TcpPeer>> crowd;
  const size_t packets = loop_.packets().outstanding();
  const std::array<uint8_t, 3> begin_of_frame = {1, 0, 7};
  for (size_t i = 0; i < 1000; ++i) {
    crowd.push_back(std::make_unique<TcpPeer>(to_));
    crowd.back()->SendRaw(begin_of_frame);
    loop_.Turn();
    EXPECT_LE(port_->tcp()->unproven(), TcpAdmission::kMaxUnprovenFromOne);
    EXPECT_LE(loop_.packets().outstanding(), packets + TcpAdmission::kMaxUnprovenFromOne);
  }
  ASSERT_TRUE(Accepted(1001));
  EXPECT_EQ(tcp().evicted, 1000 - TcpAdmission::kMaxUnprovenFromOne);
  ExpectOthersServed();
  // Who means it gets in.
  const auto late = Connect();
  const auto peer = Checked(*late);
  EXPECT_TRUE(late->ice.writable());
  size_t open = 0;
  for (const auto& each : crowd) open += each->Closed() ? 0 : 1;
  EXPECT_EQ(open, TcpAdmission::kMaxUnprovenFromOne - 1);
  loop_.Advance(TcpAdmission::kFirstFrameWithin);
  for (const auto& each : crowd) EXPECT_TRUE(Closed(*each));
  EXPECT_EQ(port_->tcp()->unproven(), 0u);
  EXPECT_EQ(port_->tcp()->connections(), 2u);
  EXPECT_LE(loop_.packets().outstanding(), packets);
  ExpectOthersServed();
}

TEST_F(TcpAbuseTest, AFloodOnOneConnectionLeavesTheOthersTheirTurns) {
  const auto flooded = Connect();
  const auto flooder = Checked(*flooded);
  flooded->recorder.packets.clear();
  std::vector<uint8_t> flood;
  for (int i = 0; i < 10'000; ++i) flood.insert(flood.end(), {0, 1, 0x80});
  flooder->SendRaw(flood);
  const size_t at_once = TcpPort::kReadPerTurn / 3 + 1;
  size_t before = 0;
  ASSERT_TRUE(loop_.TurnUntil([&] {
    const size_t now = flooded->recorder.packets.size();
    EXPECT_LE(now - before, at_once);
    before = now;
    return now == 10'000;
  }));
  ExpectOthersServed();
}

TEST_F(TcpAbuseTest, FramesThatAreTooLongAreSkippedOnceThereIsProof) {
  tcp_->Send(std::vector<uint8_t>(Packet::kMaxPayload + 1, 0x80));
  tcp_->Send(std::vector<uint8_t>(30'000, 0x80));
  tcp_->Send(kRtp);
  ASSERT_TRUE(Received(*by_tcp_, 1));
  EXPECT_EQ(by_tcp_->recorder.packets, Datagrams{kRtp});
  EXPECT_EQ(tcp().receive_drops, 2u);
  ExpectOthersServed();
}

TEST_F(TcpAbuseTest, WhoDoesNotReadLosesPacketsAndNobodyWaits) {
  const auto connection = Connect();
  TcpPeer lazy(to_, {}, 4096);
  lazy.Send(connection->CheckBytes());
  ASSERT_TRUE(loop_.TurnUntil([&] { return connection->ice.writable(); }));
  constexpr size_t kSize = 1100;
  size_t sent = 0;
  // The kernel takes some, the queue some, and then none fits.
  while (tcp().send_drops < 100 && sent < 100'000) {
    std::vector<uint8_t> packet(kSize, 0x80);
    StoreU32(packet.data() + 4, static_cast<uint32_t>(sent++));
    EXPECT_TRUE(connection->ice.Send(packet));
  }
  ASSERT_EQ(tcp().send_drops, 100u);
  // 128 KiB that the kernel has not sent, its buffers at both ends, and ours.
  EXPECT_LT((sent - 100) * kSize, 16u << 20);
  ExpectOthersServed();
  // What it got in the end is whole, and in order.
  EXPECT_TRUE(Answered(lazy, 1 + sent - 100));
  EXPECT_EQ(lazy.received.size(), 1 + sent - 100);
  for (size_t i = 1; i < lazy.received.size(); ++i) {
    ASSERT_EQ(lazy.received[i].size(), kSize);
    EXPECT_EQ(LoadU32(lazy.received[i].data() + 4), i - 1);
  }
  EXPECT_TRUE(connection->ice.Send(kRtp));
  EXPECT_TRUE(Answered(lazy, 2 + sent - 100));
  EXPECT_EQ(lazy.received.back(), kRtp);
}

TEST_F(TcpAbuseTest, RefusalsAreRationed) {
  CheckToMake wrong = by_tcp_->Check();
  wrong.password += "x";
  const auto check = MakeCheck(wrong);
  size_t answered = 0;
  for (size_t i = 0; i < SharedPort::kMaxRefusalsPerSecond + 50; ++i) {
    TcpPeer peer(to_);
    peer.Send(check);
    EXPECT_TRUE(Closed(peer));
    answered += peer.received.size();
  }
  EXPECT_EQ(answered, SharedPort::kMaxRefusalsPerSecond);
  EXPECT_EQ(port_->counters().withheld, 50u);
}

}  // namespace
}  // namespace pcd::ice
