// The shared port in the simulated network: routing, and what attackers get.
#include "engine/ice/shared_port.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "engine/ice/check_testing.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/shared_port_transport.h"
#include "engine/testing/sim_loop.h"

namespace pcd::ice {
namespace {

using namespace std::chrono_literals;
using testing::SimLoop;
using testing::SimNetwork;

const IceParameters kPeer{.ufrag = "peer", .pwd = "peers-password-22-chars"};
using Datagrams = std::vector<std::vector<uint8_t>>;
const std::vector<uint8_t> kDtls = {22, 254, 253, 0, 0};
const std::vector<uint8_t> kRtp = {0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};

// A socket of the outside.
class Outside : public net::DatagramHandler {
 public:
  Outside(SimLoop& loop, const SocketAddress& to) : loop_(loop), to_(to) {
    socket_ = std::move(loop.OpenDatagramSocket({.local = {loop.address(), 0}})).value();
    socket_->SetHandler(this);
  }

  void Send(const std::vector<uint8_t>& bytes) {
    socket_->Queue(loop_.packets().CopyOf(bytes), to_);
  }
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      received.emplace_back(packet->bytes().begin(), packet->bytes().end());
    }
  }
  SocketAddress address() const { return socket_->local_address(); }

  Datagrams received;

 private:
  SimLoop& loop_;
  const SocketAddress to_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

struct Connection {
  Connection(SharedPort& port, const Config& config) : ice(port, config), recorder(ice) {
    EXPECT_TRUE(ice.SetRemoteParameters(kPeer).ok());
    ice.StartGathering();
  }
  CheckToMake Check(bool use_candidate = true) const {
    return CheckFor(ice.local_parameters(), kPeer, use_candidate);
  }

  SharedPortTransport ice;
  EventRecorder recorder;
};

class SharedPortTest : public ::testing::Test {
 protected:
  SharedPortTest() : loop_(network_), outside_(network_) { Open({}); }

  void Open(SharedPortOptions options) {
    port_.reset();
    options.port = 5000;
    if (options.addresses.empty()) options.addresses = {loop_.address()};
    port_ = std::move(SharedPort::Open(loop_, options, 0)).value();
    to_ = {loop_.address(), 5000};
  }
  std::unique_ptr<Connection> Connect(const Config& config = {}) {
    return std::make_unique<Connection>(*port_, config);
  }
  void Settle() { network_.RunFor(10ms); }

  SimNetwork network_;
  SimLoop loop_, outside_;
  std::unique_ptr<SharedPort> port_;
  SocketAddress to_;
};

TEST_F(SharedPortTest, ConnectsAndCarriesDataBothWays) {
  const auto connection = Connect();
  Outside peer(outside_, to_);
  peer.Send(MakeCheck(connection->Check()));
  Settle();
  EXPECT_TRUE(connection->recorder.Reached(IceConnectionState::kConnected));
  ASSERT_EQ(peer.received.size(), 1u);
  const auto reply = stun::Parse(peer.received[0]);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->mapped_address, peer.address());
  EXPECT_TRUE(reply->VerifyIntegrity(connection->ice.local_parameters().pwd));
  peer.Send(kDtls);
  Settle();
  EXPECT_EQ(connection->recorder.packets, Datagrams{kDtls});
  EXPECT_TRUE(connection->ice.Send(kRtp));
  std::vector<PacketPtr> packets;
  packets.push_back(loop_.packets().CopyOf(kDtls));
  EXPECT_EQ(connection->ice.SendPackets(packets), 1u);
  Settle();
  ASSERT_EQ(peer.received.size(), 3u);
  EXPECT_EQ(peer.received[1], kRtp);
  EXPECT_EQ(peer.received[2], kDtls);
  ASSERT_EQ(connection->recorder.pairs.size(), 1u);
  EXPECT_EQ(connection->recorder.pairs[0].remote.type, CandidateType::kPeerReflexive);
  EXPECT_EQ(connection->recorder.pairs[0].local.port, 5000);
  const Stats stats = connection->ice.GetStats();
  EXPECT_EQ(stats.backend, IceBackend::kSharedPort);
  EXPECT_EQ(stats.packets_sent, 2u);
  EXPECT_EQ(stats.packets_received, 1u);
}

// W3C nominated: by the peer, which may use a pair before.
TEST_F(SharedPortTest, APairIsNominatedWhenThePeerHasSaidSo) {
  const auto connection = Connect();
  Outside first(outside_, to_), second(outside_, to_);
  first.Send(MakeCheck(connection->Check(false)));
  Settle();
  EXPECT_TRUE(connection->recorder.Reached(IceConnectionState::kConnected));
  ASSERT_EQ(connection->ice.GetStats().pairs.size(), 1u);
  EXPECT_FALSE(connection->ice.GetStats().pairs[0].nominated);
  second.Send(MakeCheck(connection->Check(true)));
  Settle();
  auto pairs = connection->ice.GetStats().pairs;
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_FALSE(pairs[0].nominated);
  EXPECT_TRUE(pairs[1].nominated);

  const auto other = Connect();
  Outside third(outside_, to_);
  third.Send(MakeCheck(other->Check(false)));
  Settle();
  EXPECT_FALSE(other->ice.GetStats().pairs.at(0).nominated);
  third.Send(MakeCheck(other->Check(true)));
  Settle();
  ASSERT_EQ(other->ice.GetStats().pairs.size(), 1u);
  EXPECT_TRUE(other->ice.GetStats().pairs[0].nominated);
}

TEST_F(SharedPortTest, EachPairCountsItsOwnChecksAndPackets) {
  const auto connection = Connect();
  Outside first(outside_, to_), second(outside_, to_);
  first.Send(MakeCheck(connection->Check(true)));
  second.Send(MakeCheck(connection->Check(false)));
  second.Send(MakeCheck(connection->Check(false)));
  CheckToMake wrong = connection->Check(false);
  wrong.password = "not-the-password-of-it";
  second.Send(MakeCheck(wrong));
  Settle();
  second.Send(kRtp);
  first.Send(kDtls);
  first.Send(kRtp);
  EXPECT_TRUE(connection->ice.Send(kRtp));
  Settle();
  const Stats stats = connection->ice.GetStats();
  ASSERT_EQ(stats.pairs.size(), 2u);
  const CandidatePairStats& other = stats.pairs[0];
  const CandidatePairStats& selected = stats.pairs[1];
  EXPECT_EQ(stats.selected_pair_id, selected.id);
  EXPECT_TRUE(selected.nominated);
  EXPECT_EQ(selected.requests_received, 1u);
  EXPECT_EQ(selected.responses_sent, 1u);
  EXPECT_EQ(selected.requests_sent, 0u);
  EXPECT_EQ(selected.consent_requests_sent, 0u);
  EXPECT_EQ(selected.packets_received, 2u);
  EXPECT_EQ(selected.bytes_received, kDtls.size() + kRtp.size());
  EXPECT_EQ(selected.packets_sent, 1u);
  EXPECT_EQ(other.state, CandidatePairState::kSucceeded);
  EXPECT_FALSE(other.nominated);
  EXPECT_EQ(other.requests_received, 2u);
  EXPECT_EQ(other.responses_sent, 2u);
  EXPECT_EQ(other.packets_received, 1u);
  EXPECT_EQ(other.packets_sent, 0u);
  EXPECT_FALSE(other.last_packet_sent_us.has_value());
  EXPECT_TRUE(other.last_packet_received_us.has_value());
}

TEST_F(SharedPortTest, APairKeepsItsCountsWhenItsPathIsGone) {
  const auto connection = Connect();
  Outside peer(outside_, to_), moved(outside_, to_);
  peer.Send(MakeCheck(connection->Check(true)));
  Settle();
  moved.Send(MakeCheck(connection->Check(true)));
  Settle();
  // Checks on the one, none on the other for longer than a path lives.
  for (int i = 0; i < 10; ++i) {
    network_.RunFor(4s);
    moved.Send(MakeCheck(connection->Check(true)));
  }
  Settle();
  EXPECT_EQ(port_->routes(), 1u);
  const auto counts = [&](const std::string& id) {
    for (const CandidatePairStats& pair : connection->ice.GetStats().pairs) {
      if (pair.id == id) return *pair.requests_received;
    }
    return uint64_t{0};
  };
  EXPECT_EQ(counts("P1"), 1u);
  EXPECT_EQ(counts("P2"), 11u);
  peer.Send(MakeCheck(connection->Check(false)));
  Settle();
  EXPECT_EQ(counts("P1"), 2u) << "the same pair again";
}

TEST_F(SharedPortTest, ASignalledAddressIsNotPeerReflexive) {
  const auto connection = Connect();
  Outside peer(outside_, to_);
  ASSERT_TRUE(connection->ice
                  .AddRemoteCandidate({.foundation = "1",
                                       .priority = 7,
                                       .address = peer.address().ip.ToString(),
                                       .port = peer.address().port})
                  .ok());
  peer.Send(MakeCheck(connection->Check()));
  Settle();
  ASSERT_EQ(connection->recorder.pairs.size(), 1u);
  EXPECT_EQ(connection->recorder.pairs[0].remote.type, CandidateType::kHost);
}

TEST_F(SharedPortTest, GathersItsCandidatesAtOnce) {
  const auto connection = Connect();
  Settle();
  ASSERT_EQ(connection->recorder.candidates.size(), 1u);
  const Candidate& candidate = connection->recorder.candidates[0];
  EXPECT_EQ(candidate.address, loop_.address().ToString());
  EXPECT_EQ(candidate.port, 5000);
  EXPECT_EQ(candidate.type, CandidateType::kHost);
  EXPECT_EQ(candidate.Ufrag(), connection->ice.local_parameters().ufrag);
  EXPECT_TRUE(connection->ice.local_parameters().lite);
  EXPECT_EQ(connection->recorder.gathering_states,
            (std::vector{IceGatheringState::kGathering, IceGatheringState::kComplete}));
}

std::vector<std::string> Shown(const SharedPort& port) {
  std::vector<std::string> shown;
  for (const Candidate& candidate : port.candidates()) {
    shown.push_back(candidate.address + " " + std::to_string(candidate.port));
  }
  return shown;
}

TEST_F(SharedPortTest, AnnouncedAddressesReplaceOrJoinTheLocalOnes) {
  const IpAddress v6 = *IpAddress::Parse("fd00::1");
  const IpAddress loopback = *IpAddress::Parse("127.0.0.1");
  const std::string local = loop_.address().ToString();
  SharedPortOptions options{.addresses = {loop_.address(), v6, loopback},
                            .announced = {*AnnouncedAddress::Parse("203.0.113.7")}};
  Open(options);
  EXPECT_EQ(Shown(*port_),
            (std::vector<std::string>{"203.0.113.7 5000", "fd00::1 5000", "127.0.0.1 5000"}));
  options.announced = {*AnnouncedAddress::Parse("+203.0.113.7")};
  Open(options);
  EXPECT_EQ(Shown(*port_), (std::vector<std::string>{"203.0.113.7 5000", local + " 5000",
                                                     "fd00::1 5000", "127.0.0.1 5000"}));
  options.announced = {*AnnouncedAddress::Parse(local + "=203.0.113.8:40000"),
                       *AnnouncedAddress::Parse("203.0.113.9"),
                       *AnnouncedAddress::Parse("[2001:db8::7]:40000")};
  Open(options);
  EXPECT_EQ(Shown(*port_), (std::vector<std::string>{"203.0.113.8 40000", "203.0.113.9 5000",
                                                     "2001:db8::7 40000", "127.0.0.1 5000"}));
}

TEST_F(SharedPortTest, TheSecondLoopTakesTheNextPort) {
  const SharedPortOptions options{.port = 6000,
                                  .addresses = {outside_.address()},
                                  .announced = {*AnnouncedAddress::Parse("203.0.113.7:40000")}};
  const auto second = SharedPort::Open(outside_, options, 1);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ((*second)->port(), 6001);
  EXPECT_EQ(Shown(**second), (std::vector<std::string>{"203.0.113.7 40001"}));
  EXPECT_FALSE(
      SharedPort::Open(outside_, {.port = 65535, .addresses = {outside_.address()}}, 1).ok());
  // Taken.
  EXPECT_FALSE(SharedPort::Open(outside_, options, 1).ok());
}

TEST_F(SharedPortTest, EachDatagramFindsItsConnection) {
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<std::unique_ptr<Outside>> peers;
  for (int i = 0; i < 50; ++i) {
    connections.push_back(Connect());
    peers.push_back(std::make_unique<Outside>(outside_, to_));
    peers.back()->Send(MakeCheck(connections.back()->Check()));
  }
  Settle();
  for (uint8_t round = 0; round < 3; ++round) {
    for (uint8_t i = 0; i < 50; ++i) peers[i]->Send({0x80, i, round});
  }
  Settle();
  for (uint8_t i = 0; i < 50; ++i) {
    EXPECT_EQ(connections[i]->recorder.packets,
              (Datagrams{{0x80, i, 0}, {0x80, i, 1}, {0x80, i, 2}}));
  }
  EXPECT_EQ(port_->routes(), 50u);
  EXPECT_EQ(port_->ufrags(), 50u);
  connections.clear();
  EXPECT_EQ(port_->routes(), 0u);
  EXPECT_EQ(port_->ufrags(), 0u);
}

TEST_F(SharedPortTest, NothingButStunIsTakenFromWhoPassedNoCheck) {
  const auto connection = Connect();
  Outside peer(outside_, to_), stranger(outside_, to_);
  peer.Send(MakeCheck(connection->Check()));
  Settle();
  stranger.Send(kDtls);
  stranger.Send(kRtp);
  CheckToMake wrong = connection->Check();
  wrong.password += "x";
  stranger.Send(MakeCheck(wrong));
  stranger.Send(kDtls);
  Settle();
  EXPECT_TRUE(connection->recorder.packets.empty());
  EXPECT_EQ(port_->counters().unvalidated, 3u);
  EXPECT_EQ(port_->counters().refused, 1u);
  EXPECT_EQ(port_->routes(), 1u);
}

TEST_F(SharedPortTest, WhoProvedNothingGetsNoMoreThanItSent) {
  const auto connection = Connect();
  Outside stranger(outside_, to_);
  CheckToMake check = connection->Check();
  std::vector<CheckToMake> checks(5, check);
  checks[0].password += "x";
  checks[1].password.clear();
  checks[2].username = "nobody:peer";
  checks[3] = {.priority = {}, .controlling = {}, .fingerprint = false};  // A bare header.
  checks[4].username.clear();
  for (const CheckToMake& each : checks) {
    const auto request = MakeCheck(each);
    stranger.received.clear();
    stranger.Send(request);
    Settle();
    for (const auto& reply : stranger.received) EXPECT_LE(reply.size(), request.size());
  }
  EXPECT_EQ(port_->counters().withheld, 1u);
  EXPECT_EQ(port_->counters().unknown_ufrag, 3u);
}

// The shortest request that is signed and wrong. Its reply would be 4 bytes longer.
TEST_F(SharedPortTest, ASignedErrorIsNoLongerThanItsRequestEither) {
  const SharedPortTransport ice(*port_, {});  // The peer's ufrag is not known yet.
  Outside peer(outside_, to_);
  CheckToMake check{.username = ice.local_parameters().ufrag + ":",
                    .password = ice.local_parameters().pwd,
                    .priority = {},
                    .controlling = {},
                    .unknown = {0x0042},
                    .unknown_size = 0,
                    .fingerprint = false};
  EXPECT_EQ(MakeCheck(check).size(), 64u);
  peer.Send(MakeCheck(check));
  Settle();
  EXPECT_TRUE(peer.received.empty());
  EXPECT_EQ(port_->counters().withheld, 1u);
  check.fingerprint = true;
  peer.Send(MakeCheck(check));
  Settle();
  ASSERT_EQ(peer.received.size(), 1u);
  EXPECT_EQ(stun::Parse(peer.received[0])->error_code, 420);
  EXPECT_EQ(port_->counters().refused, 2u);
}

TEST_F(SharedPortTest, StunThatIsNoCheckIsDropped) {
  const auto connection = Connect();
  Outside peer(outside_, to_);
  auto check = MakeCheck(connection->Check());
  auto indication = MakeCheck({.fingerprint = false});
  indication[1] |= 0x10;
  peer.Send(indication);
  auto allocate = MakeCheck({.fingerprint = false});
  allocate[1] = 0x03;
  peer.Send(allocate);
  check.back() ^= 1;
  peer.Send(check);
  peer.Send({0, 1});
  Settle();
  EXPECT_TRUE(peer.received.empty());
  EXPECT_EQ(port_->counters().not_requests, 2u);
  EXPECT_EQ(port_->counters().malformed, 2u);
}

TEST_F(SharedPortTest, AFloodFromTenThousandPortsLeavesNothingBehind) {
  const auto connection = Connect();
  Outside peer(outside_, to_);
  peer.Send(MakeCheck(connection->Check()));
  Settle();
  const size_t packets = loop_.packets().outstanding();
  CheckToMake wrong = connection->Check();
  wrong.password += "x";
  CheckToMake foreign = connection->Check();
  foreign.username = "nobody:peer";
  const Datagrams attacks = {MakeCheck(wrong), MakeCheck(foreign), kDtls, kRtp};
  for (int round = 0; round < 100; ++round) {
    std::vector<std::unique_ptr<Outside>> attackers;
    for (size_t i = 0; i < 100; ++i) {
      attackers.push_back(std::make_unique<Outside>(outside_, to_));
      attackers.back()->Send(attacks[i % attacks.size()]);
    }
    network_.RunFor(1ms);
  }
  Settle();
  EXPECT_EQ(port_->counters().unvalidated, 5000u);
  EXPECT_EQ(port_->counters().refused, 2500u);
  EXPECT_EQ(port_->counters().unknown_ufrag, 2500u);
  EXPECT_EQ(port_->routes(), 1u);
  EXPECT_EQ(port_->ufrags(), 1u);
  EXPECT_EQ(connection->ice.GetStats().pairs.size(), 1u);
  EXPECT_LE(loop_.packets().outstanding(), packets + 64);
  // Refusals are rationed, too: at most one second has begun after another.
  EXPECT_LE(port_->socket_counters().packets_sent, 2 * SharedPort::kMaxRefusalsPerSecond + 1);
  // The peer never noticed.
  peer.Send(kRtp);
  Settle();
  EXPECT_EQ(connection->recorder.packets, Datagrams{kRtp});
}

TEST_F(SharedPortTest, APeerOnManyAddressesIsKeptToTheCap) {
  const auto connection = Connect();
  std::vector<std::unique_ptr<Outside>> sockets;
  for (int i = 0; i < 100; ++i) {
    sockets.push_back(std::make_unique<Outside>(outside_, to_));
    sockets.back()->Send(MakeCheck(connection->Check(i == 0)));
    network_.RunFor(1ms);
  }
  Settle();
  EXPECT_EQ(port_->routes(), LiteAgent::kMaxPaths);
  sockets[1]->Send(kRtp);
  sockets[99]->Send(kRtp);
  sockets[0]->Send(kRtp);
  Settle();
  EXPECT_EQ(connection->recorder.packets.size(), 2u);
}

TEST_F(SharedPortTest, ThePairCapBoundsAddressesAndWhatIsRemembered) {
  Config config;
  config.max_candidate_pairs = 3;
  const auto connection = Connect(config);
  std::vector<std::unique_ptr<Outside>> sockets;
  for (int i = 0; i < 20; ++i) {
    sockets.push_back(std::make_unique<Outside>(outside_, to_));
    sockets.back()->Send(MakeCheck(connection->Check(i == 0)));
    network_.RunFor(1ms);
  }
  Settle();
  EXPECT_EQ(port_->routes(), 3u);
  const Stats stats = connection->ice.GetStats();
  ASSERT_EQ(stats.pairs.size(), 3u);
  EXPECT_EQ(stats.selected_pair_id, "P1");
  EXPECT_EQ(stats.pairs.back().id, "P1");
  EXPECT_EQ(stats.candidates.size(), port_->candidates().size() + 3);
}

// The same bytes, USE-CANDIDATE and all, from another address.
TEST_F(SharedPortTest, AReplayedCheckIsNoCheck) {
  const auto connection = Connect();
  Outside peer(outside_, to_), attacker(outside_, to_);
  const auto check = MakeCheck(connection->Check());
  peer.Send(check);
  Settle();
  attacker.Send(check);
  attacker.Send(kDtls);
  peer.Send(check);  // A retransmission.
  Settle();
  EXPECT_TRUE(connection->ice.Send(kRtp));
  Settle();
  EXPECT_EQ(peer.received.size(), 3u) << "two answers and what was sent";
  EXPECT_EQ(peer.received.back(), kRtp);
  EXPECT_TRUE(attacker.received.empty());
  EXPECT_TRUE(connection->recorder.packets.empty());
  EXPECT_EQ(port_->counters().replayed, 1u);
  EXPECT_EQ(port_->counters().unvalidated, 1u);
  EXPECT_EQ(port_->routes(), 1u);
}

// A record that is older than what the agent remembers, of a peer that nominates once.
TEST_F(SharedPortTest, AReplayOfAForgottenCheckHoldsMediaForOneIntervalAtMost) {
  const auto connection = Connect();
  Outside peer(outside_, to_), attacker(outside_, to_);
  const auto check = MakeCheck(connection->Check());
  peer.Send(check);
  const auto next_check = [&] {
    network_.RunFor(2500ms);
    peer.Send(MakeCheck(connection->Check(false)));
    Settle();
  };
  for (size_t i = 0; i < SeenTransactions::kCapacity; ++i) next_check();
  attacker.Send(check);
  Settle();
  EXPECT_TRUE(connection->ice.Send(kDtls));
  next_check();
  EXPECT_TRUE(connection->ice.Send(kRtp));
  Settle();
  EXPECT_EQ(attacker.received.back(), kDtls);
  EXPECT_EQ(peer.received.back(), kRtp);
  attacker.Send(check);
  attacker.Send(kDtls);
  Settle();
  EXPECT_TRUE(connection->ice.Send(kRtp));
  Settle();
  EXPECT_EQ(peer.received.size(), 1 + SeenTransactions::kCapacity + 1 + 2);
}

TEST_F(SharedPortTest, NoConnectionTakesAnAddressThatAnotherUses) {
  const auto victim = Connect(), thief = Connect();
  Outside peer(outside_, to_);
  peer.Send(MakeCheck(victim->Check()));
  Settle();
  // As with a forged source address.
  peer.Send(MakeCheck(thief->Check()));
  peer.Send(kRtp);
  Settle();
  EXPECT_EQ(victim->recorder.packets, Datagrams{kRtp});
  EXPECT_FALSE(thief->ice.writable());
  EXPECT_EQ(port_->counters().foreign, 1u);
  // A peer that is gone gives its address free.
  network_.RunFor(8s);
  peer.Send(MakeCheck(thief->Check()));
  peer.Send(kRtp);
  Settle();
  EXPECT_EQ(thief->recorder.packets, Datagrams{kRtp});
  EXPECT_FALSE(victim->ice.writable());
  EXPECT_EQ(port_->routes(), 1u);
}

TEST_F(SharedPortTest, TransportsOfOneOwnerHandAddressesOverAtOnce) {
  const int owner = 0;
  Config config;
  config.owner = &owner;
  const auto before = Connect(config), after = Connect(config);
  Outside peer(outside_, to_);
  peer.Send(MakeCheck(before->Check()));
  Settle();
  peer.Send(MakeCheck(after->Check()));
  peer.Send(kRtp);
  Settle();
  EXPECT_EQ(after->recorder.packets, Datagrams{kRtp});
}

TEST_F(SharedPortTest, FollowsAPeerWhoseAddressChanges) {
  const auto connection = Connect();
  auto peer = std::make_unique<Outside>(outside_, to_);
  peer->Send(MakeCheck(connection->Check()));
  Settle();
  Outside moved(outside_, to_);
  moved.Send(MakeCheck(connection->Check()));
  moved.Send(kRtp);
  Settle();
  EXPECT_EQ(connection->recorder.packets, Datagrams{kRtp});
  EXPECT_TRUE(connection->ice.Send(kDtls));
  Settle();
  EXPECT_EQ(moved.received.back(), kDtls);
  EXPECT_FALSE(connection->recorder.Reached(IceConnectionState::kDisconnected));
}

TEST_F(SharedPortTest, WithoutChecksMediaStopsAfterThirtySeconds) {
  const auto connection = Connect();
  Outside peer(outside_, to_);
  peer.Send(MakeCheck(connection->Check()));
  Settle();
  network_.RunFor(9s);
  EXPECT_TRUE(connection->recorder.Reached(IceConnectionState::kDisconnected));
  EXPECT_TRUE(connection->ice.Send(kRtp));
  network_.RunFor(21s);
  EXPECT_TRUE(connection->recorder.Reached(IceConnectionState::kFailed));
  EXPECT_FALSE(connection->ice.Send(kRtp));
  peer.Send(kRtp);
  Settle();
  EXPECT_TRUE(connection->recorder.packets.empty());
  EXPECT_EQ(port_->counters().unvalidated, 1u);
}

TEST_F(SharedPortTest, ARestartLosesNothing) {
  const auto connection = Connect();
  Outside peer(outside_, to_), restarted(outside_, to_);
  const CheckToMake old_check = connection->Check();
  peer.Send(MakeCheck(old_check));
  Settle();
  ASSERT_TRUE(connection->ice.Restart().ok());
  connection->ice.StartGathering();
  EXPECT_EQ(port_->ufrags(), 2u);
  peer.Send(kRtp);
  peer.Send(MakeCheck(old_check));
  Settle();
  EXPECT_EQ(connection->recorder.packets.size(), 1u);
  const IceParameters next{.ufrag = "pnxt", .pwd = "peers-next-password-22c"};
  ASSERT_TRUE(connection->ice.SetRemoteParameters(next).ok());
  restarted.Send(MakeCheck(CheckFor(connection->ice.local_parameters(), next, true)));
  restarted.Send(kRtp);
  peer.Send(kDtls);  // Late.
  Settle();
  EXPECT_EQ(connection->recorder.packets.size(), 3u);
  EXPECT_EQ(port_->ufrags(), 1u);
  EXPECT_TRUE(connection->ice.Send(kRtp));
  Settle();
  EXPECT_EQ(restarted.received.back(), kRtp);
  EXPECT_FALSE(connection->recorder.Reached(IceConnectionState::kDisconnected));
  EXPECT_EQ(connection->recorder.gathering_states.size(), 4u);
}

TEST_F(SharedPortTest, AFlooderIsCutAndTheOthersAreServed) {
  const auto flooded = Connect(), other = Connect();
  Outside flooder(outside_, to_), peer(outside_, to_);
  flooder.Send(MakeCheck(flooded->Check()));
  peer.Send(MakeCheck(other->Check()));
  Settle();
  // No read empties the socket: 64 datagrams a millisecond, two batches.
  constexpr size_t kFlood = 62, kMilliseconds = 100;
  for (size_t i = 0; i < kMilliseconds; ++i) {
    for (size_t k = 0; k < kFlood; ++k) flooder.Send(kRtp);
    peer.Send(kRtp);
    peer.Send(MakeCheck(other->Check()));
    network_.RunFor(1ms);
  }
  Settle();
  EXPECT_EQ(other->recorder.packets.size(), kMilliseconds);
  EXPECT_EQ(peer.received.size(), 1 + kMilliseconds);
  const size_t cut = kMilliseconds * kFlood - flooded->recorder.packets.size();
  EXPECT_GT(cut, kMilliseconds * kFlood / 4);
  EXPECT_EQ(port_->counters().over_share, cut);
  // With the flood the cut ends.
  flooder.Send(kRtp);
  Settle();
  EXPECT_EQ(port_->counters().over_share, cut);
}

TEST_F(SharedPortTest, NothingIsDeliveredOrSentAfterClose) {
  const auto connection = Connect();
  Outside peer(outside_, to_);
  peer.Send(MakeCheck(connection->Check()));
  Settle();
  // From within the delivery of a batch.
  connection->recorder.on_packets = [&] { connection->ice.Close(); };
  peer.Send(kRtp);
  peer.Send(MakeCheck(connection->Check()));
  peer.Send(kRtp);
  Settle();
  EXPECT_EQ(connection->recorder.packets.size(), 1u);
  EXPECT_FALSE(connection->ice.Send(kRtp));
  EXPECT_EQ(connection->recorder.states.back(), IceConnectionState::kClosed);
  EXPECT_FALSE(connection->ice.SetRemoteParameters(kPeer).ok());
  EXPECT_FALSE(connection->ice.Restart().ok());
}

}  // namespace
}  // namespace pcd::ice
