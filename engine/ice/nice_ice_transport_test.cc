#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/ice/check_testing.h"
#include "engine/ice/event_recorder.h"
#include "engine/ice/loop_runner.h"
#include "engine/ice/nice_ice_transport_factory.h"
#include "engine/ice/stun_message.h"
#include "engine/testing/tos_socket.h"

namespace pcd::ice {
namespace {

using State = IceConnectionState;
using std::chrono::seconds;

Config LoopbackOnly() {
  Config config;
  config.addresses = {*IpAddress::Parse("127.0.0.1")};
  return config;
}

// An end and its owner; lives and dies on the loop.
struct End {
  End(NiceIceTransportFactory& factory, net::Loop& loop, const Config& config)
      : ice(factory.Create(loop, config).value()), record(*ice) {}
  std::unique_ptr<IceTransport> ice;
  EventRecorder record;
};

// Error codes of answers to checks of ours; 0: success.
struct StunAnswers : net::DatagramHandler {
  void OnDatagrams(std::span<PacketPtr> packets, std::span<const SocketAddress>) override {
    for (const PacketPtr& packet : packets) {
      const auto message = stun::Parse(packet->bytes());
      if (!message || message->message_class == stun::Class::kRequest) continue;
      errors.push_back(message->error_code);
    }
  }
  std::vector<int> errors;
};

class NiceIceTransportTest : public ::testing::Test {
 protected:
  void SetUp() override { MakeEnds(LoopbackOnly(), LoopbackOnly()); }
  void TearDown() override {
    runner_.Run([&] {
      a_.reset();
      b_.reset();
      foreign_.reset();
    });
  }

  void MakeEnds(const Config& a, const Config& b) {
    runner_.Run([&] {
      a_ = std::make_unique<End>(factory_, runner_.loop(), a);
      b_ = std::make_unique<End>(factory_, runner_.loop(), b);
    });
  }

  // Trickles both ways, `a_` controlling.
  void Start() {
    runner_.Run([&] {
      a_->record.trickle_to = b_->ice.get();
      b_->record.trickle_to = a_->ice.get();
      a_->ice->SetRole(IceRole::kControlling);
      a_->ice->StartGathering();
      b_->ice->StartGathering();
      ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
      ASSERT_TRUE(b_->ice->SetRemoteParameters(a_->ice->local_parameters()).ok());
    });
  }

  bool AwaitWritable() {
    return runner_.Await([&] { return a_->ice->writable() && b_->ice->writable(); });
  }
  bool Await(std::function<bool()> condition) { return runner_.Await(std::move(condition)); }

  // Both directions, each packet once, in order, counted by both ends.
  void ExchangePackets(size_t count) {
    runner_.Run([&] {
      for (size_t i = 0; i < count; ++i) {
        const std::vector<uint8_t> packet = {0x80, static_cast<uint8_t>(i >> 8),
                                             static_cast<uint8_t>(i)};
        ASSERT_TRUE(a_->ice->Send(packet));
        ASSERT_TRUE(b_->ice->Send(packet));
      }
    });
    ASSERT_TRUE(Await(
        [&] { return a_->record.packets.size() >= count && b_->record.packets.size() >= count; }));
    runner_.Run([&] {
      for (End* end : {a_.get(), b_.get()}) {
        ASSERT_EQ(end->record.packets.size(), count);
        for (size_t i = 0; i < count; ++i) {
          const auto& packet = end->record.packets[i];
          ASSERT_EQ(packet.size(), 3u);
          EXPECT_EQ(packet[1] << 8 | packet[2], static_cast<int>(i));
        }
        const Stats stats = end->ice->GetStats();
        EXPECT_EQ(stats.packets_sent, count);
        EXPECT_EQ(stats.packets_received, count);
        EXPECT_EQ(stats.bytes_received, 3 * count);
        EXPECT_EQ(stats.send_refused, 0u);
      }
    });
  }

  LoopRunner runner_;
  NiceIceTransportFactory factory_;
  std::unique_ptr<End> a_, b_;
  std::unique_ptr<net::DatagramSocket> foreign_;
};

TEST_F(NiceIceTransportTest, ConnectsWithTrickledCandidatesAndCountsPacketsExactly) {
  Start();
  ASSERT_TRUE(Await([&] {
    return a_->record.Reached(State::kCompleted) && b_->record.Reached(State::kCompleted);
  }));
  runner_.Run([&] {
    const std::vector<State> expected = {State::kChecking, State::kConnected, State::kCompleted};
    EXPECT_EQ(a_->record.states, expected);
    EXPECT_EQ(b_->record.states, expected);
    EXPECT_TRUE(a_->record.trickle_ok);
    EXPECT_EQ(a_->record.gathering_states,
              (std::vector<IceGatheringState>{IceGatheringState::kGathering,
                                              IceGatheringState::kComplete}));
    ASSERT_EQ(a_->record.candidates.size(), 1u);
    const Candidate& candidate = a_->record.candidates[0];
    EXPECT_EQ(candidate.address, "127.0.0.1");
    EXPECT_NE(candidate.port, 0);
    EXPECT_EQ(candidate.type, CandidateType::kHost);
    EXPECT_EQ(candidate.transport, "udp");
    EXPECT_EQ(candidate.component, 1);
    EXPECT_EQ(candidate.Ufrag(), a_->ice->local_parameters().ufrag);
    ASSERT_FALSE(b_->record.pairs.empty());
    EXPECT_EQ(b_->record.pairs.back().remote.port, candidate.port);
  });
  ExchangePackets(50);
}

TEST_F(NiceIceTransportTest, ConnectsWhenTheOtherEndControls) {
  runner_.Run([&] { std::swap(a_, b_); });
  Start();
  ASSERT_TRUE(AwaitWritable());
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, ConnectsWhenBothEndsWantToControl) {
  runner_.Run([&] { b_->ice->SetRole(IceRole::kControlling); });
  Start();
  ASSERT_TRUE(AwaitWritable());
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, CandidatesMayPrecedeParametersAndGathering) {
  runner_.Run([&] {
    a_->ice->SetRole(IceRole::kControlling);
    a_->ice->StartGathering();
    a_->record.trickle_to = b_->ice.get();
  });
  ASSERT_TRUE(Await([&] { return !a_->record.candidates.empty(); }));
  runner_.Run([&] {
    ASSERT_TRUE(b_->ice->SetRemoteParameters(a_->ice->local_parameters()).ok());
    b_->record.trickle_to = a_->ice.get();
    b_->ice->StartGathering();
  });
  ASSERT_TRUE(Await([&] { return !b_->record.candidates.empty(); }));
  runner_.Run([&] {
    EXPECT_FALSE(a_->ice->writable());
    ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
  });
  ASSERT_TRUE(AwaitWritable());
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, ChecksBeforeTheAnswerAreRemembered) {
  // b knows everything and checks; a learns b's parameters only after b's checks have arrived,
  // and never any candidate.
  runner_.Run([&] {
    a_->ice->SetRole(IceRole::kControlling);
    a_->ice->StartGathering();
    b_->ice->StartGathering();
    a_->record.trickle_to = b_->ice.get();
    ASSERT_TRUE(b_->ice->SetRemoteParameters(a_->ice->local_parameters()).ok());
  });
  ASSERT_TRUE(Await([&] { return b_->record.Reached(State::kChecking); }));
  runner_.Run([&] { ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok()); });
  ASSERT_TRUE(AwaitWritable());
  runner_.Run(
      [&] { EXPECT_EQ(a_->record.pairs.at(0).remote.type, CandidateType::kPeerReflexive); });
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, ToleratesCandidatesItCannotUse) {
  runner_.Run([&] {
    Candidate mdns{.foundation = "1", .priority = 1, .address = "b.local", .port = 5000};
    Candidate tcp{.foundation = "1",
                  .transport = "tcp",
                  .priority = 1,
                  .address = "127.0.0.1",
                  .port = 9,
                  .tcp_type = "active"};
    Candidate second{
        .foundation = "1", .component = 2, .priority = 1, .address = "127.0.0.1", .port = 5001};
    for (End* end : {a_.get(), b_.get()}) {
      for (const Candidate& candidate : {mdns, tcp, second}) {
        EXPECT_TRUE(end->ice->AddRemoteCandidate(candidate).ok());
      }
      EXPECT_EQ(end->ice->GetStats().candidates_ignored, 3u);
    }
  });
  Start();
  ASSERT_TRUE(AwaitWritable());
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, SendsNothingToAddressesThatOnlyThisMachineReaches) {
  // Whatever comes first: gathering, the peer's parameters or its candidates.
  for (const bool gather_first : {false, true}) {
    MakeEnds(LoopbackOnly(), LoopbackOnly());
    runner_.Run([&] {
      if (gather_first) a_->ice->StartGathering();
      ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
      for (const char* address : {"169.254.169.254", "fe80::1", "::1", "255.255.255.255"}) {
        ASSERT_TRUE(a_->ice
                        ->AddRemoteCandidate(
                            {.foundation = "1", .priority = 1, .address = address, .port = 80})
                        .ok());
      }
      if (!gather_first) a_->ice->StartGathering();
      const Stats stats = a_->ice->GetStats();
      EXPECT_EQ(stats.candidates_ignored, 4u);
      EXPECT_EQ(stats.candidates.size(), 1u);  // Ours.
    });
  }
}

TEST_F(NiceIceTransportTest, AWrongPasswordFailsAndDeliversNothing) {
  Config waiting = LoopbackOnly();
  waiting.check_timeout = std::chrono::seconds(1);
  MakeEnds(LoopbackOnly(), waiting);
  runner_.Run([&] {
    a_->record.trickle_to = b_->ice.get();
    b_->record.trickle_to = a_->ice.get();
    a_->ice->SetRole(IceRole::kControlling);
    a_->ice->StartGathering();
    b_->ice->StartGathering();
    IceParameters wrong = b_->ice->local_parameters();
    wrong.pwd.back() = wrong.pwd.back() == 'x' ? 'y' : 'x';
    ASSERT_TRUE(a_->ice->SetRemoteParameters(wrong).ok());
    wrong = a_->ice->local_parameters();
    wrong.pwd.back() = wrong.pwd.back() == 'x' ? 'y' : 'x';
    ASSERT_TRUE(b_->ice->SetRemoteParameters(wrong).ok());
  });
  ASSERT_TRUE(Await(
      [&] { return a_->record.Reached(State::kFailed) && b_->record.Reached(State::kFailed); }));
  runner_.Run([&] {
    const std::vector<uint8_t> packet = {0x80, 1, 2};
    for (End* end : {a_.get(), b_.get()}) {
      EXPECT_FALSE(end->record.Reached(State::kConnected));
      EXPECT_FALSE(end->ice->writable());
      EXPECT_FALSE(end->ice->Send(packet));
      EXPECT_TRUE(end->record.packets.empty());
      EXPECT_TRUE(end->record.pairs.empty());
    }
  });
}

TEST_F(NiceIceTransportTest, GarbageFromAForeignSocketIsNotDelivered) {
  Start();
  ASSERT_TRUE(AwaitWritable());
  const auto send_garbage = [&](int first, size_t length) {
    std::vector<uint8_t> garbage(length, 0x55);
    garbage[0] = static_cast<uint8_t>(first);
    foreign_->Queue(runner_.loop().packets().CopyOf(garbage),
                    {*IpAddress::Parse("127.0.0.1"), a_->record.candidates.at(0).port});
  };
  runner_.Run([&] {
    foreign_ =
        runner_.loop().OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
    for (int first = 4; first < 68; ++first) send_garbage(first, 100);
  });
  EXPECT_TRUE(Await([&] { return a_->ice->GetStats().unknown_source == 64; }));
  // Every first byte, several lengths, so that some look like STUN.
  runner_.Run([&] {
    for (size_t length : {1, 3, 20, 100}) {
      for (int first = 0; first < 256; ++first) send_garbage(first, length);
    }
  });
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, ChecksAreAnsweredAsToldAndDataGoesOn) {
  StunAnswers answers;
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    foreign_ =
        runner_.loop().OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
    foreign_->SetHandler(&answers);
  });
  const auto check = [&](bool controlled = false) {
    const size_t before = answers.errors.size();
    runner_.Run([&] {
      CheckToMake check = CheckFor(b_->ice->local_parameters(), a_->ice->local_parameters());
      // With the greatest tie-breaker the agent does not take the other role itself.
      if (controlled) check.controlled = std::numeric_limits<uint64_t>::max();
      if (controlled) check.controlling.reset();
      check.transaction = static_cast<uint8_t>(before + 1);
      foreign_->Queue(runner_.loop().packets().CopyOf(MakeCheck(check)),
                      {*IpAddress::Parse("127.0.0.1"), b_->record.candidates.at(0).port});
    });
    EXPECT_TRUE(Await([&] { return answers.errors.size() > before; }));
    return answers.errors.empty() ? -1 : answers.errors.back();
  };
  EXPECT_EQ(check(), 0);
  EXPECT_EQ(check(/*controlled=*/true), 487);
  runner_.Run([&] { b_->ice->SetAnswering(Answering::kAnyRole); });
  EXPECT_EQ(check(/*controlled=*/true), 0);
  EXPECT_EQ(check(), 0);
  runner_.Run([&] { b_->ice->SetAnswering(Answering::kRefused); });
  EXPECT_EQ(check(), 401);
  ExchangePackets(10);
  runner_.Run([&] { b_->ice->SetAnswering(Answering::kFully); });
  EXPECT_EQ(check(), 0);
}

// libwebrtc checks old addresses from its new ones, and sends where it gets an answer.
TEST_F(NiceIceTransportTest, WhoPassesACheckThatLibniceDoesNotSeeMaySendData) {
  StunAnswers answers;
  Start();
  ASSERT_TRUE(AwaitWritable());
  const std::vector<uint8_t> before = {0x80, 1}, after = {0x80, 2};
  runner_.Run([&] {
    b_->ice->SetAnswering(Answering::kAnyRole);
    foreign_ =
        runner_.loop().OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
    foreign_->SetHandler(&answers);
    const SocketAddress to{*IpAddress::Parse("127.0.0.1"), b_->record.candidates.at(0).port};
    const auto check =
        MakeCheck(CheckFor(b_->ice->local_parameters(), a_->ice->local_parameters()));
    for (const auto& datagram : {before, check, after}) {
      foreign_->Queue(runner_.loop().packets().CopyOf(datagram), to);
    }
  });
  ASSERT_TRUE(Await([&] { return !b_->record.packets.empty() && !answers.errors.empty(); }));
  runner_.Run([&] {
    EXPECT_EQ(answers.errors, std::vector<int>{0});
    EXPECT_EQ(b_->record.packets, (std::vector<std::vector<uint8_t>>{after}));
    EXPECT_EQ(b_->ice->GetStats().unknown_source, 1u);
  });
}

TEST_F(NiceIceTransportTest, ASignalledAddressThatPassedNoCheckIsNotBelieved) {
  runner_.Run([&] {
    foreign_ =
        runner_.loop().OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
    const Candidate signalled{.foundation = "9",
                              .priority = 1,
                              .address = "127.0.0.1",
                              .port = foreign_->local_address().port};
    ASSERT_TRUE(a_->ice->AddRemoteCandidate(signalled).ok());
  });
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    const std::vector<uint8_t> packet = {0x16, 0xfe, 0xff, 0, 0, 0};
    foreign_->Queue(runner_.loop().packets().CopyOf(packet),
                    {*IpAddress::Parse("127.0.0.1"), a_->record.candidates.at(0).port});
  });
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, OversizedPacketsAreDroppedAndCounted) {
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    EXPECT_TRUE(a_->ice->Send(std::vector<uint8_t>(Packet::kMaxPayload, 0x80)));
    EXPECT_TRUE(a_->ice->Send(std::vector<uint8_t>(Packet::kMaxPayload + 1, 0x80)));
    EXPECT_FALSE(a_->ice->Send(std::vector<uint8_t>(70000, 0x80)));
    EXPECT_EQ(a_->ice->GetStats().send_refused, 1u);
  });
  EXPECT_TRUE(Await([&] { return b_->ice->GetStats().oversized == 1; }));
  runner_.Run([&] {
    ASSERT_EQ(b_->record.packets.size(), 1u);
    EXPECT_EQ(b_->record.packets[0].size(), Packet::kMaxPayload);
  });
}

TEST_F(NiceIceTransportTest, BatchesAreSentWholeAndInOrder) {
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    std::vector<std::vector<uint8_t>> packets(100);
    for (uint8_t i = 0; i < 100; ++i) packets[i] = {0x80, i};
    const std::vector<ByteSpan> batch(packets.begin(), packets.end());
    EXPECT_EQ(a_->ice->SendBatch(batch), 100u);
  });
  ASSERT_TRUE(Await([&] { return b_->record.packets.size() == 100; }));
  runner_.Run([&] {
    for (uint8_t i = 0; i < 100; ++i) EXPECT_EQ(b_->record.packets[i][1], i);
  });
}

TEST_F(NiceIceTransportTest, ClosesWhileGathering) {
  runner_.Run([&] {
    a_->ice->StartGathering();
    a_->ice->Close();
    a_->ice->Close();
  });
  ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kClosed); }));
  runner_.Run([&] {
    EXPECT_EQ(a_->record.states, (std::vector<State>{State::kClosed}));
    EXPECT_EQ(GetErrorReason(a_->ice->AddRemoteCandidate({}).status()), ErrorReason::INVALID_STATE);
    EXPECT_EQ(GetErrorReason(a_->ice->SetRemoteParameters(b_->ice->local_parameters())),
              ErrorReason::INVALID_STATE);
    a_->ice->SetRemoteEndOfCandidates();
    a_->ice->StartGathering();
    a_->ice->SetRole(IceRole::kControlling);
    EXPECT_EQ(a_->ice->GetStats().state, State::kClosed);
  });
}

TEST_F(NiceIceTransportTest, MayBeClosedFromThePacketHandler) {
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    b_->record.on_packets = [&] { b_->ice->Close(); };
    const std::vector<uint8_t> packet = {0x80, 1, 2};
    ASSERT_TRUE(a_->ice->Send(packet));
  });
  ASSERT_TRUE(Await([&] { return b_->record.Reached(State::kClosed); }));
  runner_.Run([&] { EXPECT_EQ(b_->record.packets.size(), 1u); });
}

TEST_F(NiceIceTransportTest, ALiteEndAnswersAFullOne) {
  Config lite = LoopbackOnly();
  lite.lite = true;
  MakeEnds(LoopbackOnly(), lite);
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] { EXPECT_TRUE(b_->ice->local_parameters().lite); });
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, GathersTheMachinesAddresses) {
  MakeEnds(Config{}, Config{});
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    bool loopback = false;
    for (const Candidate& candidate : a_->record.candidates) {
      loopback |= candidate.address == "127.0.0.1";
    }
    EXPECT_TRUE(loopback);
  });
  ExchangePackets(10);
}

TEST_F(NiceIceTransportTest, AddressesThatCannotBeBoundAreReported) {
  Config config = LoopbackOnly();
  config.addresses.push_back(*IpAddress::Parse("192.0.2.77"));
  MakeEnds(config, LoopbackOnly());
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    ASSERT_EQ(a_->record.errors.size(), 1u);
    EXPECT_EQ(a_->record.errors[0].address, "192.0.2.77");
  });
}

TEST_F(NiceIceTransportTest, WithoutAnyAddressGatheringCompletesEmpty) {
  Config config;
  config.address_filter = [](const std::string&, const IpAddress&) { return false; };
  MakeEnds(config, config);
  runner_.Run([&] { a_->ice->StartGathering(); });
  ASSERT_TRUE(Await([&] { return a_->record.gathering_states.size() == 2; }));
  runner_.Run([&] { EXPECT_TRUE(a_->record.candidates.empty()); });
}

TEST_F(NiceIceTransportTest, LocalPortsStayInTheConfiguredRange) {
  Config config = LoopbackOnly();
  config.min_port = 42000;
  config.max_port = 42999;
  MakeEnds(config, LoopbackOnly());
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] {
    EXPECT_GE(a_->record.candidates.at(0).port, 42000);
    EXPECT_LE(a_->record.candidates.at(0).port, 42999);
  });
}

TEST_F(NiceIceTransportTest, ASilentPeerIsDisconnectedThenFailedForGood) {
  Config config = LoopbackOnly();
  config.disconnected_after = std::chrono::milliseconds(150);
  config.failed_after = std::chrono::seconds(4);
  MakeEnds(config, LoopbackOnly());
  Start();
  ASSERT_TRUE(AwaitWritable());
  ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kDisconnected); }));
  const std::vector<uint8_t> packet = {0x80, 1, 2};
  runner_.Run([&] { ASSERT_TRUE(b_->ice->Send(packet)); });
  ASSERT_TRUE(Await([&] { return a_->record.states.back() == State::kCompleted; }));
  runner_.Run([&] { EXPECT_TRUE(a_->ice->Send(packet)); });

  ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kFailed); }));
  runner_.Run([&] {
    EXPECT_FALSE(a_->ice->Send(packet));
    EXPECT_TRUE(b_->ice->Send(packet));
    EXPECT_TRUE(a_->ice->AddRemoteCandidate(b_->record.candidates.at(0)).ok());
    EXPECT_EQ(a_->ice->GetStats().state, State::kFailed);
  });
  // The agent stops in a later turn; nothing of it is left on the way.
  runner_.Run([&] { EXPECT_EQ(a_->record.packets.size(), 1u); });
  runner_.Run([&] { a_->ice->Close(); });
  ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kClosed); }));
}

// RFC 7675: what the peer sends does not say that it wants what we send.
TEST_F(NiceIceTransportTest, DataOfAPeerThatAnswersNoChecksIsNoConsent) {
  Config config = LoopbackOnly();
  config.failed_after = std::chrono::seconds(3);
  MakeEnds(config, LoopbackOnly());
  Start();
  ASSERT_TRUE(AwaitWritable());
  runner_.Run([&] { b_->ice->SetAnswering(Answering::kRefused); });
  const std::vector<uint8_t> packet = {0x80, 1, 2};
  ASSERT_TRUE(Await([&] {
    EXPECT_TRUE(b_->ice->Send(packet));
    return a_->record.Reached(State::kFailed);
  }));
  runner_.Run([&] {
    EXPECT_TRUE(a_->record.Reached(State::kDisconnected));
    EXPECT_FALSE(a_->ice->Send(packet));
  });
}

TEST_F(NiceIceTransportTest, AnswersAreConsent) {
  Config config = LoopbackOnly();
  config.failed_after = std::chrono::seconds(20);  // One check goes out every 4 to 6 s.
  MakeEnds(config, config);
  Start();
  ASSERT_TRUE(AwaitWritable());
  const Timestamp begin = runner_.loop().Now();
  ASSERT_TRUE(
      Await([&] { return runner_.loop().Now() - begin > config.failed_after / 2 + seconds(1); }));
  runner_.Run([&] {
    for (End* end : {a_.get(), b_.get()}) {
      EXPECT_FALSE(end->record.Reached(State::kDisconnected));
      EXPECT_EQ(end->record.states.back(), State::kCompleted);
      // RFC 7675 section 5.1: the first soon, then no more than one in 4 s.
      const CandidatePairStats pair = end->ice->GetStats().pairs.at(0);
      EXPECT_GE(pair.consent_requests_sent, 2u);
      EXPECT_LE(pair.consent_requests_sent, 4u);
      EXPECT_GE(pair.responses_received, 1u);
      EXPECT_LE(pair.responses_received, pair.consent_requests_sent);
    }
  });
}

TEST_F(NiceIceTransportTest, MarksWhatItSends) {
  testing::TosSocket peer(*IpAddress::Parse("127.0.0.1"));
  Config config = LoopbackOnly();
  config.dscp = 34;
  MakeEnds(config, LoopbackOnly());
  runner_.Run([&] {
    a_->ice->SetRole(IceRole::kControlling);
    a_->ice->StartGathering();
    ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
    ASSERT_TRUE(a_->ice
                    ->AddRemoteCandidate({.foundation = "1",
                                          .priority = 1,
                                          .address = "127.0.0.1",
                                          .port = peer.address().port})
                    .ok());
  });
  EXPECT_EQ(peer.Receive(), 34 << 2);
}

TEST_F(NiceIceTransportTest, ChecksThatReachNobodyFailAfterTheTimeout) {
  Config config = LoopbackOnly();
  config.check_timeout = std::chrono::milliseconds(300);
  MakeEnds(config, LoopbackOnly());
  runner_.Run([&] {
    foreign_ =
        runner_.loop().OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")}).value();
    a_->ice->StartGathering();
    ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
    ASSERT_TRUE(a_->ice
                    ->AddRemoteCandidate({.foundation = "1",
                                          .priority = 1,
                                          .address = "127.0.0.1",
                                          .port = foreign_->local_address().port})
                    .ok());
  });
  ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kFailed); }));
  // What comes late leads out of it no more.
  runner_.Run([&] {
    b_->record.trickle_to = a_->ice.get();
    b_->ice->SetRole(IceRole::kControlling);
    b_->ice->StartGathering();
    ASSERT_TRUE(b_->ice->SetRemoteParameters(a_->ice->local_parameters()).ok());
    ASSERT_TRUE(b_->ice->AddRemoteCandidate(a_->record.candidates.at(0)).ok());
    ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
    b_->ice->SetRemoteEndOfCandidates();
  });
  ASSERT_TRUE(Await([&] { return b_->record.Reached(State::kFailed); }));
  runner_.Run([&] {
    EXPECT_TRUE(a_->record.trickle_ok && b_->record.trickle_ok);
    EXPECT_EQ(a_->record.states, (std::vector<State>{State::kChecking, State::kFailed}));
    EXPECT_FALSE(a_->ice->writable());
    EXPECT_EQ(a_->ice->GetStats().state, State::kFailed);
  });
}

// Of ten addresses of the peer, those that are asked before the checks time out.
TEST_F(NiceIceTransportTest, NoMorePairsAreCheckedThanTheCapAllows) {
  struct Asked : net::DatagramHandler {
    void OnDatagrams(std::span<PacketPtr>, std::span<const SocketAddress>) override { yes = true; }
    bool yes = false;
    std::unique_ptr<net::DatagramSocket> socket;
  };
  for (const size_t cap : {size_t{3}, Config{}.max_candidate_pairs}) {
    Config config = LoopbackOnly();
    config.max_candidate_pairs = cap;
    config.check_timeout = seconds(3);
    MakeEnds(config, LoopbackOnly());
    std::vector<std::unique_ptr<Asked>> peers;
    const auto asked = [&] { return std::ranges::count_if(peers, &Asked::yes); };
    const auto expected = static_cast<ptrdiff_t>(std::min<size_t>(cap, 10));
    runner_.Run([&] {
      a_->ice->StartGathering();
      for (uint32_t i = 1; i <= 10; ++i) {
        Asked& peer = *peers.emplace_back(std::make_unique<Asked>());
        peer.socket = runner_.loop()
                          .OpenDatagramSocket({.local = *SocketAddress::Parse("127.0.0.1:0")})
                          .value();
        peer.socket->SetHandler(&peer);
        ASSERT_TRUE(a_->ice
                        ->AddRemoteCandidate({.foundation = std::to_string(i),
                                              .priority = i,
                                              .address = "127.0.0.1",
                                              .port = peer.socket->local_address().port})
                        .ok());
      }
      ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
    });
    ASSERT_TRUE(Await([&] { return asked() == expected; })) << cap;
    // Nobody answers, so all that are to be asked have been when the checks fail.
    ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kFailed); }));
    runner_.Run([&] {
      EXPECT_EQ(asked(), expected) << cap;
      peers.clear();
    });
  }
}

TEST_F(NiceIceTransportTest, WithoutASocketItFailsOnceThePeerIsKnown) {
  Config filtered;
  filtered.address_filter = [](const std::string&, const IpAddress&) { return false; };
  Config unbindable;
  unbindable.addresses = {*IpAddress::Parse("192.0.2.77")};
  for (const Config& config : {filtered, unbindable}) {
    for (const bool peer_first : {false, true}) {
      MakeEnds(config, LoopbackOnly());
      runner_.Run([&] {
        const auto set_peer = [&] {
          ASSERT_TRUE(a_->ice->SetRemoteParameters(b_->ice->local_parameters()).ok());
        };
        if (peer_first) set_peer();
        a_->ice->StartGathering();
        if (!peer_first) {
          EXPECT_EQ(a_->ice->GetStats().state, State::kNew);
          set_peer();
        }
      });
      ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kFailed); }));
      runner_.Run([&] {
        EXPECT_EQ(a_->record.gathering_states.back(), IceGatheringState::kComplete);
        EXPECT_EQ(a_->record.states, (std::vector<State>{State::kFailed}));
        EXPECT_TRUE(a_->ice->AddRemoteCandidate({}).ok());
        a_->ice->SetRemoteEndOfCandidates();
        a_->ice->Close();
        EXPECT_EQ(a_->ice->GetStats().state, State::kClosed);
      });
    }
  }
}

TEST_F(NiceIceTransportTest, StatisticsNameTheSelectedPair) {
  Start();
  ASSERT_TRUE(AwaitWritable());
  ExchangePackets(3);
  runner_.Run([&] {
    const Stats stats = a_->ice->GetStats();
    EXPECT_EQ(stats.role, IceRole::kControlling);
    ASSERT_EQ(stats.pairs.size(), 1u);
    EXPECT_EQ(stats.selected_pair_id, stats.pairs[0].id);
    EXPECT_EQ(stats.pairs[0].packets_sent, 3u);
    EXPECT_EQ(stats.pairs[0].packets_received, 3u);
    EXPECT_EQ(stats.candidates.size(), 2u);
    EXPECT_TRUE(stats.pairs[0].last_packet_received_us.has_value());
    EXPECT_EQ(stats.pairs[0].packets_discarded_on_send, 0u);
    EXPECT_FALSE(stats.pairs[0].requests_received.has_value());
  });
}

TEST_F(NiceIceTransportTest, StatisticsTellTheRoundTripOfItsChecks) {
  Start();
  ASSERT_TRUE(Await([&] {
    const Stats stats = a_->ice->GetStats();
    return stats.pairs.size() == 1 && stats.pairs[0].responses_received == 1u;
  })) << "none was answered";
  runner_.Run([&] {
    const CandidatePairStats pair = a_->ice->GetStats().pairs[0];
    EXPECT_GE(pair.consent_requests_sent, 1u);
    ASSERT_TRUE(pair.current_round_trip_time.has_value());
    EXPECT_GT(*pair.current_round_trip_time, 0);
    EXPECT_LT(*pair.current_round_trip_time, 4) << "the next one has not gone out";
    EXPECT_EQ(pair.total_round_trip_time, pair.current_round_trip_time);
    EXPECT_FALSE(pair.requests_sent.has_value()) << "libnice's, which does not tell";
    EXPECT_TRUE(a_->record.packets.empty()) << "answers are for nobody else";
  });
}

TEST_F(NiceIceTransportTest, FiftyConnectionsShareOneLoop) {
  constexpr size_t kPairs = 25;
  std::vector<std::unique_ptr<End>> ends;
  runner_.Run([&] {
    for (size_t i = 0; i < 2 * kPairs; ++i) {
      ends.push_back(std::make_unique<End>(factory_, runner_.loop(), LoopbackOnly()));
    }
    for (size_t i = 0; i < kPairs; ++i) {
      End& a = *ends[2 * i];
      End& b = *ends[2 * i + 1];
      a.record.trickle_to = b.ice.get();
      b.record.trickle_to = a.ice.get();
      a.ice->SetRole(IceRole::kControlling);
      a.ice->StartGathering();
      b.ice->StartGathering();
      ASSERT_TRUE(a.ice->SetRemoteParameters(b.ice->local_parameters()).ok());
      ASSERT_TRUE(b.ice->SetRemoteParameters(a.ice->local_parameters()).ok());
    }
  });
  EXPECT_TRUE(Await([&] {
    for (const auto& end : ends) {
      if (!end->ice->writable()) return false;
    }
    return true;
  }));
  runner_.Run([&] {
    const std::vector<uint8_t> packet = {0x80, 7};
    for (const auto& end : ends) EXPECT_TRUE(end->ice->Send(packet));
  });
  EXPECT_TRUE(Await([&] {
    for (const auto& end : ends) {
      if (end->record.packets.size() != 1) return false;
    }
    return true;
  }));
  runner_.Run([&] { ends.clear(); });
}

TEST_F(NiceIceTransportTest, TellsAnnouncedAddressesAndSelectsThem) {
  Config announced = LoopbackOnly();
  announced.announced = {*AnnouncedAddress::Parse("+127.0.0.1=203.0.113.7")};
  MakeEnds(announced, LoopbackOnly());
  Start();
  ASSERT_TRUE(Await([&] { return a_->record.Reached(State::kConnected); }));
  runner_.Run([&] {
    ASSERT_EQ(a_->record.candidates.size(), 2u);
    EXPECT_EQ(a_->record.candidates[0].address, "203.0.113.7");
    EXPECT_EQ(a_->record.candidates[1].address, "127.0.0.1");
    EXPECT_EQ(a_->record.candidates[0].port, a_->record.candidates[1].port);
    ASSERT_FALSE(a_->record.pairs.empty());
    EXPECT_EQ(a_->record.pairs[0].local, a_->record.candidates[0]);
    EXPECT_TRUE(a_->record.errors.empty());
  });
}

TEST_F(NiceIceTransportTest, RefusesHalfARangeOfPortsAndRestarts) {
  runner_.Run([&] {
    Config config;
    config.min_port = 5;
    EXPECT_EQ(GetErrorReason(factory_.Create(runner_.loop(), config).status()),
              ErrorReason::INVALID_ARGUMENT);
    EXPECT_EQ(GetErrorReason(a_->ice->Restart()), ErrorReason::NOT_IMPLEMENTED);
  });
}

}  // namespace
}  // namespace pcd::ice
