// The shared port over TCP: candidates, routing, and what ends a connection.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/ice/tcp/tcp_bench_testing.h"
#include "engine/net/tcp_listener.h"
#include "engine/net/unique_fd.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;

using SharedPortTcpTest = TcpBench;

TEST_F(SharedPortTcpTest, ConnectsAndCarriesDataBothWays) {
  const auto connection = Connect();
  const auto peer = Checked(*connection);
  const auto reply = stun::Parse(peer->received[0]);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->mapped_address, peer->address());
  EXPECT_TRUE(reply->VerifyIntegrity(connection->ice.local_parameters().pwd));
  peer->Send(kDtls);
  peer->Send(kRtp);
  ASSERT_TRUE(Received(*connection, 2));
  EXPECT_EQ(connection->recorder.packets, (Datagrams{kDtls, kRtp}));
  EXPECT_TRUE(connection->recorder.Reached(IceConnectionState::kConnected));
  EXPECT_TRUE(connection->ice.Send(kRtp));
  std::vector<PacketPtr> packets;
  packets.push_back(loop_.packets().CopyOf(kDtls));
  EXPECT_EQ(connection->ice.SendPackets(packets), 1u);
  ASSERT_TRUE(Answered(*peer, 3));
  EXPECT_EQ(peer->received[1], kRtp);
  EXPECT_EQ(peer->received[2], kDtls);
  const auto counters = port_->socket_counters();
  EXPECT_EQ(counters.packets_received, 3u);
  EXPECT_EQ(counters.packets_sent, 3u);
}

TEST_F(SharedPortTcpTest, ThePairAndTheStatisticsSayTcp) {
  const auto connection = Connect();
  const auto peer = Checked(*connection);
  ASSERT_TRUE(loop_.TurnUntil([&] { return connection->recorder.pairs.size() == 1; }));
  const auto& [local, remote] = connection->recorder.pairs[0];
  EXPECT_EQ(local.transport, "tcp");
  EXPECT_EQ(local.tcp_type, "passive");
  EXPECT_EQ(local.port, port_->port());
  EXPECT_EQ(remote.transport, "tcp");
  EXPECT_EQ(remote.tcp_type, "active");
  EXPECT_EQ(remote.type, CandidateType::kPeerReflexive);
  EXPECT_EQ(remote.port, peer->address().port);
  const Stats stats = connection->ice.GetStats();
  ASSERT_EQ(stats.pairs.size(), 1u);
  const auto of_pair = std::ranges::find(stats.candidates, stats.pairs[0].local_candidate_id,
                                         &IceCandidateStats::id);
  ASSERT_NE(of_pair, stats.candidates.end());
  EXPECT_EQ(of_pair->candidate.transport, "tcp");
  // Those of UDP and TCP have one address and one port.
  EXPECT_EQ(std::ranges::count(stats.candidates, false, &IceCandidateStats::remote), 2);
}

TEST_F(SharedPortTcpTest, OffersBothProtocolsOnOneNumber) {
  const auto connection = Connect();
  ASSERT_TRUE(loop_.TurnUntil([&] { return connection->recorder.candidates.size() == 2; }));
  const Candidate& udp = connection->recorder.candidates[0];
  const Candidate& tcp = connection->recorder.candidates[1];
  EXPECT_EQ(udp.transport, "udp");
  EXPECT_EQ(udp.tcp_type, "");
  EXPECT_EQ(tcp.transport, "tcp");
  EXPECT_EQ(tcp.tcp_type, "passive");
  EXPECT_EQ(tcp.type, CandidateType::kHost);
  EXPECT_EQ(tcp.component, 1);
  EXPECT_EQ(tcp.address, udp.address);
  EXPECT_EQ(tcp.port, udp.port);
  EXPECT_NE(tcp.foundation, udp.foundation);
  EXPECT_LT(tcp.priority, udp.priority);
  // RFC 6544 section 4.2: type 90, direction 4 (passive), the only address.
  EXPECT_EQ(tcp.priority, (90u << 24) + (((4u << 13) + 8191u) << 8) + 255u);
  EXPECT_EQ(tcp.Ufrag(), connection->ice.local_parameters().ufrag);
}

TEST_F(SharedPortTcpTest, WithoutTheOptionNobodyListens) {
  port_.reset();
  port_ = std::move(SharedPort::Open(loop_, {.addresses = {kLoopback}}, 0)).value();
  EXPECT_EQ(port_->tcp(), nullptr);
  ASSERT_EQ(port_->candidates().size(), 1u);
  EXPECT_EQ(port_->candidates()[0].transport, "udp");
  const TcpPeer peer({kLoopback, port_->port()});
  EXPECT_FALSE(peer.connected());
}

struct Nobody : net::TcpListener::Handler {
  void OnAccepted(net::UniqueFd, const SocketAddress&) override {}
};

TEST_F(SharedPortTcpTest, ANumberThatIsTakenOnTcpAloneIsAnError) {
  Nobody nobody;
  const auto taken = net::TcpListener::Open(loop_, {.local = {kLoopback, 0}}, nobody);
  ASSERT_TRUE(taken.ok());
  SharedPortOptions options{.port = (*taken)->local_address().port, .addresses = {kLoopback}};
  EXPECT_TRUE(SharedPort::Open(loop_, options, 0).ok());
  options.tcp = true;
  const auto opened = SharedPort::Open(loop_, options, 0);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.status().message().find("(TCP)"), std::string_view::npos);
}

TEST_F(SharedPortTcpTest, WorksOverIpv6) {
  Open({.addresses = {*IpAddress::Parse("::1")}});
  const auto connection = Connect();
  const auto peer = Checked(*connection);
  EXPECT_TRUE(peer->address().ip.is_v6());
  peer->Send(kRtp);
  EXPECT_TRUE(Received(*connection, 1));
}

TEST_F(SharedPortTcpTest, UdpAndTcpOfOneAddressAreTwoPaths) {
  const auto by_udp = Connect(), by_tcp = Connect();
  UdpPeer udp(loop_, to_, {kLoopback, 0});
  udp.Send(by_udp->CheckBytes());
  ASSERT_TRUE(loop_.TurnUntil([&] { return udp.received.size() == 1; }));
  const auto tcp = Checked(*by_tcp, true, udp.address());
  EXPECT_EQ(tcp->address(), udp.address());
  EXPECT_EQ(port_->routes(), 2u);
  udp.Send(kRtp);
  tcp->Send(kDtls);
  ASSERT_TRUE(Received(*by_udp, 1));
  ASSERT_TRUE(Received(*by_tcp, 1));
  EXPECT_EQ(by_udp->recorder.packets, Datagrams{kRtp});
  EXPECT_EQ(by_tcp->recorder.packets, Datagrams{kDtls});
  tcp->Close();
  ASSERT_TRUE(loop_.TurnUntil([&] { return port_->routes() == 1; }));
  EXPECT_FALSE(by_tcp->ice.writable());
  EXPECT_TRUE(by_udp->ice.writable());
}

TEST_F(SharedPortTcpTest, ManyConnectionsEachFindTheirs) {
  std::vector<std::unique_ptr<TcpConnection>> connections;
  std::vector<std::unique_ptr<TcpPeer>> peers;
  for (int i = 0; i < 40; ++i) {
    connections.push_back(Connect());
    peers.push_back(Checked(*connections.back()));
  }
  for (uint8_t round = 0; round < 3; ++round) {
    for (uint8_t i = 0; i < 40; ++i) peers[i]->Send(std::array<uint8_t, 3>{0x80, i, round});
  }
  for (uint8_t i = 0; i < 40; ++i) {
    ASSERT_TRUE(Received(*connections[i], 3));
    EXPECT_EQ(connections[i]->recorder.packets,
              (Datagrams{{0x80, i, 0}, {0x80, i, 1}, {0x80, i, 2}}));
  }
  EXPECT_EQ(port_->tcp()->connections(), 40u);
  connections.clear();
  EXPECT_EQ(port_->routes(), 0u);
  EXPECT_EQ(port_->tcp()->connections(), 0u);
  for (const auto& peer : peers) EXPECT_TRUE(Closed(*peer));
}

TEST_F(SharedPortTcpTest, FramesArriveWholeHoweverTheyAreCut) {
  const auto connection = Connect();
  const auto peer = Checked(*connection);
  Datagrams sent;
  std::vector<uint8_t> stream;
  for (size_t i = 0; i < 100; ++i) {
    sent.emplace_back(1 + i * 13 % 1200, static_cast<uint8_t>(0x80 + i % 40));
    const auto header = TcpFrameHeader(sent.back().size());
    stream.insert(stream.end(), header.begin(), header.end());
    stream.insert(stream.end(), sent.back().begin(), sent.back().end());
  }
  for (size_t at = 0; at < stream.size(); at += 997) {
    peer->SendRaw(ByteSpan(stream).subspan(at, std::min<size_t>(997, stream.size() - at)));
    loop_.Turn();
  }
  ASSERT_TRUE(Received(*connection, sent.size()));
  EXPECT_EQ(connection->recorder.packets, sent);
}

TEST_F(SharedPortTcpTest, AReplayedCheckIsNoCheckAndEndsTheConnection) {
  const auto by_tcp = Connect(), by_udp = Connect();
  TcpPeer peer(to_);
  const auto recorded_of_tcp = by_tcp->CheckBytes();
  peer.Send(recorded_of_tcp);
  ASSERT_TRUE(Answered(peer));
  UdpPeer udp(loop_, to_, {kLoopback, 0});
  const auto recorded_of_udp = by_udp->CheckBytes();
  udp.Send(recorded_of_udp);
  ASSERT_TRUE(loop_.TurnUntil([&] { return udp.received.size() == 1; }));

  TcpPeer attacker(to_), other_attacker(to_);
  attacker.Send(recorded_of_tcp);
  EXPECT_TRUE(Closed(attacker));
  other_attacker.Send(recorded_of_udp);
  EXPECT_TRUE(Closed(other_attacker));
  EXPECT_TRUE(attacker.received.empty());
  EXPECT_EQ(port_->counters().replayed, 2u);
  EXPECT_EQ(port_->routes(), 2u);
  EXPECT_TRUE(by_tcp->ice.Send(kRtp));
  EXPECT_TRUE(by_udp->ice.Send(kDtls));
  ASSERT_TRUE(Answered(peer, 2));
  EXPECT_EQ(peer.received.back(), kRtp);
  ASSERT_TRUE(loop_.TurnUntil([&] { return udp.received.size() == 2; }));
  EXPECT_EQ(udp.received.back(), kDtls);
}

TEST_F(SharedPortTcpTest, UdpIsPreferredWhereThePeerNominatesBoth) {
  const auto connection = Connect();
  const auto tcp = Checked(*connection);
  UdpPeer udp(loop_, to_, {kLoopback, 0});
  udp.Send(connection->CheckBytes());
  ASSERT_TRUE(loop_.TurnUntil([&] { return connection->recorder.pairs.size() == 2; }));
  EXPECT_EQ(connection->recorder.pairs[1].local.transport, "udp");
  EXPECT_TRUE(connection->ice.Send(kRtp));
  ASSERT_TRUE(loop_.TurnUntil([&] { return udp.received.size() == 2; }));
  EXPECT_EQ(udp.received[1], kRtp);
}

TEST_F(SharedPortTcpTest, WhatThePeerClosesItMayConnectAgain) {
  const auto connection = Connect();
  const auto first = Checked(*connection);
  EXPECT_TRUE(connection->ice.writable());
  first->Close();
  ASSERT_TRUE(loop_.TurnUntil([&] { return !connection->ice.writable(); }));
  EXPECT_FALSE(connection->ice.Send(kRtp));
  const auto second = Checked(*connection);
  EXPECT_TRUE(connection->ice.writable());
  second->Send(kDtls);
  ASSERT_TRUE(Received(*connection, 1));
  EXPECT_TRUE(connection->ice.Send(kRtp));
  ASSERT_TRUE(Answered(*second, 2));
  EXPECT_EQ(second->received[1], kRtp);
  EXPECT_FALSE(connection->recorder.Reached(IceConnectionState::kDisconnected));
}

TEST_F(SharedPortTcpTest, AConnectionEndsWithItsTransport) {
  const auto connection = Connect();
  const auto peer = Checked(*connection);
  // From within the delivery of a batch.
  connection->recorder.on_packets = [&] { connection->ice.Close(); };
  peer->Send(kRtp);
  peer->Send(connection->CheckBytes());
  peer->Send(kRtp);
  EXPECT_TRUE(Closed(*peer));
  EXPECT_LE(connection->recorder.packets.size(), 2u);
  EXPECT_EQ(port_->tcp()->connections(), 0u);
}

TEST_F(SharedPortTcpTest, WithoutConsentItIsClosed) {
  const auto connection = Connect();
  const auto peer = Checked(*connection);
  for (int i = 0; i < 29; ++i) {
    peer->Send(kRtp);  // Data is no consent.
    ASSERT_TRUE(Received(*connection, connection->recorder.packets.size() + 1));
    loop_.Advance(1s);
  }
  EXPECT_FALSE(peer->Closed());
  loop_.Advance(1s);
  EXPECT_TRUE(Closed(*peer));
  EXPECT_TRUE(connection->recorder.Reached(IceConnectionState::kFailed));
}

TEST_F(SharedPortTcpTest, OneThatIsNotSelectedIsClosedWithoutConsent) {
  const auto connection = Connect();
  UdpPeer udp(loop_, to_, {kLoopback, 0});
  udp.Send(connection->CheckBytes());
  ASSERT_TRUE(loop_.TurnUntil([&] { return connection->ice.writable(); }));
  const auto tcp = Checked(*connection, false);
  for (int i = 0; i < 20; ++i) {
    udp.Send(connection->CheckBytes());
    ASSERT_TRUE(loop_.TurnUntil([&] { return udp.received.size() == size_t(i) + 2; }));
    loop_.Advance(2s);
  }
  EXPECT_TRUE(Closed(*tcp));
  EXPECT_TRUE(connection->ice.writable());
  EXPECT_EQ(port_->routes(), 1u);
}

TEST_F(SharedPortTcpTest, TransportsOfOneOwnerHandAConnectionOver) {
  const int owner = 0;
  Config config;
  config.owner = &owner;
  const auto before = Connect(config), after = Connect(config);
  const auto peer = Checked(*before);
  peer->Send(after->CheckBytes());
  ASSERT_TRUE(Answered(*peer, 2));
  peer->Send(kRtp);
  ASSERT_TRUE(Received(*after, 1));
  EXPECT_FALSE(before->ice.writable());
  EXPECT_FALSE(peer->Closed());
  // Of others it is refused.
  const auto thief = Connect();
  peer->Send(thief->CheckBytes());
  peer->Send(kDtls);
  ASSERT_TRUE(Received(*after, 2));
  EXPECT_FALSE(thief->ice.writable());
  EXPECT_EQ(port_->counters().foreign, 1u);
}

TEST_F(SharedPortTcpTest, ATransportHasNoMoreConnectionsThanPaths) {
  const auto connection = Connect();
  std::vector<std::unique_ptr<TcpPeer>> peers;
  for (size_t i = 0; i < LiteAgent::kMaxPaths + 4; ++i) {
    peers.push_back(Checked(*connection, i == 0));
    loop_.Advance(1ms);
  }
  EXPECT_EQ(port_->tcp()->connections(), LiteAgent::kMaxPaths);
  // The one in use stays; of the others those that were silent longest make room.
  EXPECT_FALSE(peers[0]->Closed());
  for (size_t i = 1; i <= 4; ++i) EXPECT_TRUE(Closed(*peers[i])) << i;
  EXPECT_FALSE(peers[5]->Closed());
}

TEST_F(SharedPortTcpTest, RemoteCandidatesOfTcpAreNoError) {
  const auto connection = Connect();
  Candidate remote{.foundation = "1",
                   .transport = "tcp",
                   .priority = 7,
                   .address = "127.0.0.1",
                   .port = 9,
                   .tcp_type = "active"};
  EXPECT_TRUE(connection->ice.AddRemoteCandidate(remote).ok());
  remote.tcp_type = "passive";
  remote.port = 4000;
  EXPECT_TRUE(connection->ice.AddRemoteCandidate(remote).ok());
  const auto peer = Checked(*connection);
  EXPECT_TRUE(connection->ice.writable());
}

}  // namespace
}  // namespace pcd::ice
