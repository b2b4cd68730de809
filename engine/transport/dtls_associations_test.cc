// A new DTLS association in the place of the present one: asked for, and begun by the peer alone.
#include "engine/transport/dtls_associations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/testing/status_matchers.h"
#include "engine/transport/transport_pair_testing.h"

namespace pcd::transport {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Packets = std::vector<std::vector<uint8_t>>;

size_t Replacements(const TransportEnd& end) {
  return static_cast<size_t>(std::ranges::count_if(end.events, [](const Event& event) {
    return std::holds_alternative<AssociationReplaced>(event);
  }));
}

void ExpectEverythingPasses(TransportPair& pair, uint16_t sequence) {
  pair.left.rtp.clear();
  pair.right.rtp.clear();
  const auto data = std::pair(pair.left.data.size(), pair.right.data.size());
  EXPECT_TRUE(pair.left.SendRtp(TestRtp(7, sequence)));
  EXPECT_TRUE(pair.right.SendRtp(TestRtp(8, sequence)));
  EXPECT_TRUE(pair.left.SendData("to the right"));
  EXPECT_TRUE(pair.right.SendData("to the left"));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp, Packets{TestRtp(7, sequence)});
  EXPECT_EQ(pair.left.rtp, Packets{TestRtp(8, sequence)});
  EXPECT_EQ(pair.left.data.size(), data.first + 1);
  EXPECT_EQ(pair.right.data.size(), data.second + 1);
}

// `left` forgets what it has, as a peer that replaces its transport does; `right` is not told.
void BeginAnew(TransportPair& pair) {
  EXPECT_THAT(pair.left.transport.SetDtlsParameters(DtlsRole::kClient,
                                                    {pair.right.certificate->fingerprint()}, true),
              testing::IsOk());
}

// What a client sends first; `mark` is its random.
std::vector<uint8_t> Hello(uint8_t mark) {
  std::vector<uint8_t> hello(80, mark);
  const std::vector<uint8_t> start = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0,  0,    67,  1,
                                      0,  0,    55,   0, 0, 0, 0, 0, 0, 0, 55, 0xfe, 0xfd};
  std::ranges::copy(start, hello.begin());
  return hello;
}

TEST(DtlsAssociationsTest, AServerFollowsAClientThatBeginsAnew) {
  TransportPair pair;
  pair.Connect();
  ExpectEverythingPasses(pair, 1);
  for (uint16_t round = 2; round < 5; ++round) {
    BeginAnew(pair);
    pair.loop.RunDue();
    ExpectEverythingPasses(pair, round);
    EXPECT_EQ(Replacements(pair.right), round - 1u);
    pair.loop.RunFor(seconds(1));
  }
  EXPECT_EQ(Replacements(pair.left), 0u);
  EXPECT_EQ(pair.right.transport.state().dtls, DtlsState::kConnected);
  EXPECT_EQ(pair.right.transport.NextDeadline(), kNever);
  EXPECT_EQ(pair.right.dtls_states.back(), DtlsState::kConnected);
  EXPECT_FALSE(pair.right.Saw(DtlsState::kFailed));
}

TEST(DtlsAssociationsTest, TheOldOneIsUsedUntilTheNewOneIsProved) {
  TransportPair pair;
  pair.Connect();
  pair.Inject(Hello(1));
  ExpectEverythingPasses(pair, 1);
  EXPECT_EQ(Replacements(pair.right), 0u);
  pair.loop.RunFor(Config{}.limits.dtls_handshake_timeout + seconds(1));
  ExpectEverythingPasses(pair, 2);
  EXPECT_EQ(pair.right.transport.NextDeadline(), kNever);
  EXPECT_EQ(Replacements(pair.right), 0u);
  EXPECT_TRUE(pair.right.failure.empty());
  // And the peer may still begin anew.
  BeginAnew(pair);
  pair.loop.RunDue();
  ExpectEverythingPasses(pair, 3);
}

TEST(DtlsAssociationsTest, ANewAssociationHasToProveTheSameCertificate) {
  TransportPair pair;
  pair.Connect();
  const auto other = dtls::Certificate::Generate(1'700'000'000'000'000).value();
  EXPECT_THAT(pair.right.transport.SetDtlsParameters(
                  DtlsRole::kServer, {pair.left.certificate->fingerprint(), other->fingerprint()}),
              testing::IsOk());
  // Somebody else on the path, with a certificate that nobody announced.
  const auto stranger = dtls::Certificate::Generate(1'700'000'000'000'000).value();
  dtls::DtlsTransport thief({.certificate = stranger});
  thief.SetRemoteFingerprints({pair.right.certificate->fingerprint()}, pair.loop.Now());
  thief.Start(DtlsRole::kClient, pair.loop.Now());
  std::vector<std::vector<uint8_t>> answers;
  pair.network.SetLink([&](int from, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
    if (from == 1) answers.emplace_back(packet->bytes().begin(), packet->bytes().end());
    deliver(std::move(packet));
  });
  for (int i = 0; i < 5; ++i) {
    while (const auto datagram = thief.PollOutput()) pair.Inject(*datagram);
    for (const auto& answer : std::exchange(answers, {})) {
      thief.HandleDatagram(answer, pair.loop.Now());
    }
  }
  EXPECT_EQ(Replacements(pair.right), 0u);
  EXPECT_EQ(pair.right.transport.state().dtls, DtlsState::kConnected);
  ExpectEverythingPasses(pair, 1);
}

TEST(DtlsAssociationsTest, APeerCannotHaveHandshakesBegunWithoutEnd) {
  TransportPair pair;
  pair.Connect();
  int sent = 0;
  pair.network.SetLink([&](int from, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
    sent += from == 1 ? 1 : 0;
    deliver(std::move(packet));
  });
  for (int i = 0; i < 200; ++i) pair.Inject(Hello(static_cast<uint8_t>(i)));
  EXPECT_LE(sent, 1);
  ExpectEverythingPasses(pair, 1);
}

TEST(DtlsAssociationsTest, DescriptionsMayAskForANewOneWithOtherRoles) {
  TransportPair pair;
  pair.Connect();
  EXPECT_THAT(pair.right.transport.SetDtlsParameters(DtlsRole::kClient,
                                                     {pair.left.certificate->fingerprint()}, true),
              testing::IsOk());
  EXPECT_FALSE(pair.right.transport.writable());
  EXPECT_FALSE(pair.right.SendRtp(TestRtp(8, 1)));
  EXPECT_THAT(pair.left.transport.SetDtlsParameters(DtlsRole::kServer,
                                                    {pair.right.certificate->fingerprint()}, true),
              testing::IsOk());
  pair.loop.RunFor(milliseconds(1500));
  ExpectEverythingPasses(pair, 1);
  EXPECT_EQ(Replacements(pair.left) + Replacements(pair.right), 0u);
  EXPECT_EQ(pair.right.transport.dtls_role(), DtlsRole::kClient);
  EXPECT_EQ(pair.right.dtls_states, (std::vector{DtlsState::kConnecting, DtlsState::kConnected,
                                                 DtlsState::kConnecting, DtlsState::kConnected}));
}

TEST(DtlsAssociationsTest, WithoutBeingAskedTheRoleStays) {
  TransportPair pair;
  pair.Connect();
  EXPECT_FALSE(pair.right.transport
                   .SetDtlsParameters(DtlsRole::kClient, {pair.left.certificate->fingerprint()})
                   .ok());
  ExpectEverythingPasses(pair, 1);
}

}  // namespace
}  // namespace pcd::transport
