#include "engine/transport/transport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/testing/status_matchers.h"
#include "engine/transport/transport_pair_testing.h"

namespace pcd::transport {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Packets = std::vector<std::vector<uint8_t>>;

Config WithProfiles(std::vector<SrtpProfile> profiles) {
  Config config;
  config.srtp_profiles = std::move(profiles);
  return config;
}

const TransportStats& StatsOf(const std::vector<StatsEntry>& entries) {
  return std::get<TransportStats>(entries.front());
}

TEST(TransportTest, ConnectsWithoutAnyTimePassing) {
  TransportPair pair;
  pair.Connect();
  EXPECT_TRUE(pair.writable());
  EXPECT_EQ(pair.clock.Now(), testing::SimNetwork::kStart);
  for (TransportEnd* end : {&pair.left, &pair.right}) {
    EXPECT_EQ(end->dtls_states, (std::vector{DtlsState::kConnecting, DtlsState::kConnected}));
    EXPECT_EQ(end->writable_changes, std::vector{true});
    EXPECT_TRUE(end->transport.srtp_active());
    EXPECT_EQ(end->transport.state().dtls, DtlsState::kConnected);
    EXPECT_EQ(end->transport.state().gathering, IceGatheringState::kComplete);
    EXPECT_EQ(end->transport.NextDeadline(), kNever);
  }
  EXPECT_EQ(pair.left.transport.dtls_role(), DtlsRole::kClient);
  EXPECT_EQ(pair.right.transport.dtls_role(), DtlsRole::kServer);
}

TEST(TransportTest, EitherOrderOfIceAndDtlsParametersConnects) {
  TransportPair pair;
  pair.ConnectDtls();
  EXPECT_EQ(pair.left.transport.state().dtls, DtlsState::kNew);
  pair.ConnectIce();
  EXPECT_TRUE(pair.writable());
}

TEST(TransportTest, DtlsSendsNothingBeforeIceCan) {
  TransportPair pair;
  pair.ConnectDtls();
  pair.loop.RunFor(seconds(5));
  EXPECT_EQ(pair.left.transport.ice().GetStats().packets_sent, 0u);
  EXPECT_EQ(pair.left.transport.ice().GetStats().send_refused, 0u);
  EXPECT_EQ(pair.left.transport.drops().Total(), 0u);
  EXPECT_TRUE(pair.left.dtls_states.empty());
}

TEST(TransportTest, AClientHelloBeforeTheAnswerIsKept) {
  TransportPair pair;
  pair.ConnectIce();
  EXPECT_THAT(pair.left.transport.SetDtlsParameters(DtlsRole::kClient,
                                                    {pair.right.certificate->fingerprint()}),
              testing::IsOk());
  pair.loop.RunFor(milliseconds(100));
  EXPECT_EQ(pair.right.transport.state().dtls, DtlsState::kNew);
  EXPECT_THAT(pair.right.transport.SetDtlsParameters(DtlsRole::kServer,
                                                     {pair.left.certificate->fingerprint()}),
              testing::IsOk());
  pair.loop.RunDue();
  EXPECT_TRUE(pair.writable());
}

TEST(TransportTest, MediaPassesBothWaysInOrderAndInTheClearOnlyInside) {
  TransportPair pair;
  Packets on_the_wire;
  pair.Connect();
  pair.network.SetLink([&](int, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
    on_the_wire.emplace_back(packet->bytes().begin(), packet->bytes().end());
    deliver(std::move(packet));
  });
  Packets sent;
  for (uint16_t i = 0; i < 200; ++i) {
    sent.push_back(TestRtp(7, i));
    EXPECT_TRUE(pair.left.SendRtp(sent.back()));
  }
  EXPECT_TRUE(pair.left.SendRtcp(TestRtcp(7)));
  EXPECT_TRUE(pair.right.SendRtp(TestRtp(8, 1)));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp, sent);
  EXPECT_EQ(pair.right.rtcp, Packets{TestRtcp(7)});
  EXPECT_EQ(pair.left.rtp, Packets{TestRtp(8, 1)});
  ASSERT_EQ(on_the_wire.size(), 202u);
  for (size_t i = 0; i < 200; ++i) EXPECT_EQ(on_the_wire[i].size(), sent[i].size() + 16);
  EXPECT_FALSE(std::equal(sent[0].begin() + 12, sent[0].end(), on_the_wire[0].begin() + 12));
}

TEST(TransportTest, MediaIsCountedInPacketsAndBytesOnTheWire) {
  TransportPair pair;
  pair.Connect();
  pair.left.SendRtp(TestRtp(7, 1, 100));
  pair.left.SendRtcp(TestRtcp(7));
  pair.loop.RunDue();
  const MediaCounters& sent = pair.left.transport.media_counters();
  EXPECT_EQ(sent.rtp_packets_sent, 1u);
  EXPECT_EQ(sent.rtp_bytes_sent, 12u + 100 + 16);
  EXPECT_EQ(sent.rtcp_packets_sent, 1u);
  EXPECT_EQ(sent.rtcp_bytes_sent, 8u + 16 + 4);
  const MediaCounters& received = pair.right.transport.media_counters();
  EXPECT_EQ(received.rtp_packets_received, 1u);
  EXPECT_EQ(received.rtp_bytes_received, sent.rtp_bytes_sent);
  EXPECT_EQ(received.rtcp_packets_received, 1u);
  EXPECT_EQ(received.rtcp_bytes_received, sent.rtcp_bytes_sent);
}

TEST(TransportTest, DataPassesBothWays) {
  TransportPair pair;
  pair.Connect();
  EXPECT_TRUE(pair.left.SendData("to the right"));
  EXPECT_TRUE(pair.right.SendData("to the left"));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.data, std::vector<std::string>{"to the right"});
  EXPECT_EQ(pair.left.data, std::vector<std::string>{"to the left"});
  EXPECT_FALSE(pair.left.SendData(std::string(1501, 'x')));
}

TEST(TransportTest, EveryProfileCarriesMedia) {
  using enum SrtpProfile;
  for (SrtpProfile profile : {kAeadAes128Gcm, kAeadAes256Gcm, kAes128CmSha1_80}) {
    TransportPair pair(WithProfiles({profile}), WithProfiles({profile}));
    pair.Connect();
    EXPECT_TRUE(pair.left.SendRtp(TestRtp(1, 1)));
    EXPECT_TRUE(pair.right.SendRtp(TestRtp(2, 1)));
    pair.loop.RunDue();
    EXPECT_EQ(pair.right.rtp, Packets{TestRtp(1, 1)}) << ToString(profile);
    EXPECT_EQ(pair.left.rtp, Packets{TestRtp(2, 1)}) << ToString(profile);
  }
}

TEST(TransportTest, GcmIsPreferredByTheServerAgainstTheClientsOrder) {
  using enum SrtpProfile;
  TransportPair pair(WithProfiles({kAes128CmSha1_80, kAeadAes128Gcm}), Config{});
  pair.Connect();
  std::vector<StatsEntry> entries;
  pair.right.transport.AppendStats("T", entries);
  EXPECT_EQ(StatsOf(entries).srtp_cipher, ToString(kAeadAes128Gcm));
}

TEST(TransportTest, WithoutACommonProfileOnlyDataPasses) {
  TransportPair pair(WithProfiles({SrtpProfile::kAeadAes128Gcm}),
                     WithProfiles({SrtpProfile::kAes128CmSha1_80}));
  pair.Connect();
  EXPECT_TRUE(pair.writable());
  EXPECT_FALSE(pair.left.transport.srtp_active());
  EXPECT_FALSE(pair.left.SendRtp(TestRtp(1, 1)));
  EXPECT_EQ(pair.left.drops(DropReason::kSendNotConnected), 1u);
  pair.Inject(TestRtp(1, 1));
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveBeforeKeys), 1u);
  EXPECT_TRUE(pair.left.SendData("data"));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.data.size(), 1u);
}

TEST(TransportTest, AWrongFingerprintPassesNotOneByte) {
  TransportPair pair;
  pair.ConnectIce();
  EXPECT_THAT(pair.left.transport.SetDtlsParameters(DtlsRole::kClient,
                                                    {pair.right.certificate->fingerprint()}),
              testing::IsOk());
  EXPECT_THAT(pair.right.transport.SetDtlsParameters(DtlsRole::kServer,
                                                     {pair.right.certificate->fingerprint()}),
              testing::IsOk());
  for (uint16_t i = 0; i < 50; ++i) pair.Inject(TestRtp(1, i));
  pair.loop.RunFor(seconds(40));
  EXPECT_TRUE(pair.right.Saw(DtlsState::kFailed));
  EXPECT_FALSE(pair.right.Saw(DtlsState::kConnected));
  EXPECT_EQ(pair.right.failure, "the peer's certificate does not match any announced fingerprint");
  EXPECT_TRUE(pair.right.rtp.empty() && pair.right.rtcp.empty() && pair.right.data.empty());
  EXPECT_TRUE(pair.right.writable_changes.empty());
  EXPECT_FALSE(pair.right.SendRtp(TestRtp(1, 1)));
  EXPECT_FALSE(pair.right.SendRtcp(TestRtcp(1)));
  EXPECT_FALSE(pair.right.SendData("x"));
  EXPECT_EQ(pair.right.drops(DropReason::kSendNotConnected), 3u);
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveBeforeKeys), 50u);
}

TEST(TransportTest, NothingIsSentBeforeTheHandshake) {
  TransportPair pair;
  pair.ConnectIce();
  EXPECT_FALSE(pair.left.SendRtp(TestRtp(1, 1)));
  EXPECT_FALSE(pair.left.SendRtcp(TestRtcp(1)));
  EXPECT_FALSE(pair.left.SendData("x"));
  pair.loop.RunDue();
  EXPECT_EQ(pair.left.drops(DropReason::kSendNotConnected), 3u);
  EXPECT_EQ(pair.left.transport.ice().GetStats().packets_sent, 0u);
}

// The last handshake datagram of the server is lost and its media overtakes the repetition.
TEST(TransportTest, MediaAheadOfTheKeysIsDeliveredOnceTheyAreThere) {
  TransportPair pair;
  int from_right = 0;
  pair.network.SetLink([&](int from, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
    if (from == 1 && ++from_right == 2) return;
    deliver(std::move(packet));
  });
  pair.Connect();
  ASSERT_TRUE(pair.right.transport.writable());
  ASSERT_FALSE(pair.left.transport.writable());
  for (uint16_t i = 0; i < 40; ++i) pair.right.SendRtp(TestRtp(3, i));
  pair.loop.RunDue();
  EXPECT_TRUE(pair.left.rtp.empty());
  pair.loop.RunFor(milliseconds(500));
  EXPECT_TRUE(pair.writable());
  ASSERT_EQ(pair.left.rtp.size(), 32u);
  EXPECT_EQ(pair.left.rtp.front(), TestRtp(3, 0));
  EXPECT_EQ(pair.left.rtp.back(), TestRtp(3, 31));
  EXPECT_EQ(pair.left.drops(DropReason::kReceiveBeforeKeys), 8u);
}

TEST(TransportTest, EarlyMediaOfAFailedHandshakeIsDropped) {
  TransportPair pair;
  pair.ConnectIce();
  for (uint16_t i = 0; i < 10; ++i) pair.Inject(TestRtp(1, i));
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveBeforeKeys), 0u);
  pair.right.transport.Close();
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveBeforeKeys), 10u);
  EXPECT_TRUE(pair.right.rtp.empty());
}

TEST(TransportTest, GarbageOfEveryFirstByteAndLengthIsCountedAndHarmless) {
  TransportPair pair;
  pair.Connect();
  size_t injected = 0;
  for (int first = 0; first < 256; ++first) {
    for (size_t length : {1, 2, 3, 4, 11, 12, 13, 28, 100, 1500}) {
      std::vector<uint8_t> bytes(length, 0xc9);
      bytes[0] = static_cast<uint8_t>(first);
      pair.left.transport.ice().Send(bytes);
      ++injected;
    }
  }
  pair.loop.RunDue();
  EXPECT_TRUE(pair.writable());
  EXPECT_TRUE(pair.right.rtp.empty() && pair.right.rtcp.empty() && pair.right.data.empty());
  EXPECT_GT(pair.right.drops(DropReason::kReceiveNotDtlsOrRtp), 0u);
  EXPECT_GT(pair.right.drops(DropReason::kReceiveAuthFailed), 0u);
  // All but those with a DTLS first byte (20..63), which DTLS drops itself.
  EXPECT_EQ(pair.right.transport.drops().Total(), injected - 44 * 10);
  EXPECT_TRUE(pair.left.SendRtp(TestRtp(1, 1)));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp.size(), 1u);
}

TEST(TransportTest, EachKindOfRefusedMediaHasItsReason) {
  TransportPair pair;
  pair.Connect();
  std::vector<uint8_t> last;
  pair.network.SetLink([&](int, PacketPtr packet, ice::FakeIceNetwork::Deliver deliver) {
    last.assign(packet->bytes().begin(), packet->bytes().end());
    deliver(std::move(packet));
  });
  pair.left.SendRtp(TestRtp(1, 1));
  pair.loop.RunDue();
  const std::vector<uint8_t> good = last;
  pair.Inject(good);
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveReplayed), 1u);
  std::vector<uint8_t> changed = good;
  changed.back() ^= 1;
  changed[3] = 9;
  pair.Inject(changed);
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveAuthFailed), 1u);
  std::vector<uint8_t> extension_past_the_end = TestRtp(1, 2, 4);
  extension_past_the_end[0] = 0x90;
  pair.Inject(extension_past_the_end);
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveMalformed), 1u);
  pair.right.transport.SetMediaHandler(nullptr);
  pair.left.SendRtp(TestRtp(1, 2));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveNoHandler), 1u);
  EXPECT_EQ(pair.right.rtp.size(), 1u);
  EXPECT_FALSE(pair.left.SendRtp(TestRtp(1, 2)));
  EXPECT_EQ(pair.left.drops(DropReason::kSendProtectFailed), 1u);
}

TEST(TransportTest, ReceivedSsrcsAreCappedByTheLimits) {
  Config config;
  config.limits.max_ssrcs = 3;
  config.limits.max_unsignalled_ssrcs = 1;
  TransportPair pair(Config{}, config);
  pair.Connect();
  for (uint32_t ssrc = 1; ssrc <= 6; ++ssrc) pair.left.SendRtp(TestRtp(ssrc, 1));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp.size(), 4u);
  EXPECT_EQ(pair.right.drops(DropReason::kReceiveTooManySsrcs), 2u);
  pair.right.transport.RemoveReceiveSsrc(1);
  pair.left.SendRtp(TestRtp(5, 2));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp.size(), 5u);
}

TEST(TransportTest, ABrokenPathThatComesBackCarriesMediaAgain) {
  TransportPair pair;
  pair.Connect();
  pair.network.SetReachable(false);
  pair.loop.RunFor(seconds(10));
  EXPECT_EQ(pair.left.transport.state().ice, IceConnectionState::kDisconnected);
  pair.network.SetReachable(true);
  pair.loop.RunDue();
  EXPECT_EQ(pair.left.transport.state().dtls, DtlsState::kConnected);
  EXPECT_TRUE(pair.left.SendRtp(TestRtp(1, 1)));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp.size(), 1u);
}

TEST(TransportTest, AFailedPathStopsSending) {
  TransportPair pair;
  pair.Connect();
  pair.network.SetReachable(false);
  pair.loop.RunFor(seconds(36));
  EXPECT_EQ(pair.left.transport.state().ice, IceConnectionState::kFailed);
  EXPECT_EQ(pair.left.writable_changes, (std::vector{true, false}));
  EXPECT_FALSE(pair.left.SendRtp(TestRtp(1, 1)));
  EXPECT_FALSE(pair.left.SendData("x"));
}

TEST(TransportTest, CloseTellsThePeerAndIsFinal) {
  TransportPair pair;
  pair.Connect();
  pair.left.events.clear();
  pair.left.transport.Close();
  pair.left.transport.Close();
  pair.loop.RunDue();
  EXPECT_TRUE(pair.right.Saw(DtlsState::kClosed));
  EXPECT_EQ(pair.left.dtls_states.back(), DtlsState::kClosed);
  ASSERT_FALSE(pair.left.events.empty());
  const auto* last = std::get_if<ice::StateChanged>(&pair.left.events.back());
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->state, IceConnectionState::kClosed);
  EXPECT_FALSE(pair.left.transport.writable());
  EXPECT_FALSE(pair.left.SendRtp(TestRtp(1, 1)));
  EXPECT_FALSE(pair.right.SendRtp(TestRtp(1, 1)));
  EXPECT_THAT(pair.left.transport.SetDtlsParameters(DtlsRole::kClient,
                                                    {pair.right.certificate->fingerprint()}),
              testing::HasReason(ErrorReason::INVALID_STATE));
}

TEST(TransportTest, TheHandlerMayCloseInTheMiddleOfABatch) {
  TransportPair pair;
  pair.Connect();
  pair.right.close_on_rtp = true;
  for (uint16_t i = 0; i < 5; ++i) pair.left.SendRtp(TestRtp(1, i));
  pair.left.SendRtcp(TestRtcp(1));
  pair.loop.RunDue();
  EXPECT_EQ(pair.right.rtp.size(), 5u);
  EXPECT_TRUE(pair.right.rtcp.empty());
  EXPECT_EQ(pair.right.transport.state().ice, IceConnectionState::kClosed);
}

TEST(TransportTest, DtlsParametersAreChecked) {
  TransportPair pair;
  Transport& transport = pair.left.transport;
  const Fingerprint good = pair.right.certificate->fingerprint();
  EXPECT_THAT(transport.SetDtlsParameters(DtlsRole::kAuto, {good}),
              testing::HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(transport.SetDtlsParameters(DtlsRole::kClient, {}),
              testing::HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(transport.SetDtlsParameters(DtlsRole::kClient, {{"md5", "00:11"}}),
              testing::HasReason(ErrorReason::INVALID_ARGUMENT));
  EXPECT_THAT(transport.SetDtlsParameters(DtlsRole::kClient, {good}), testing::IsOk());
  EXPECT_THAT(transport.SetDtlsParameters(DtlsRole::kServer, {good}),
              testing::HasReason(ErrorReason::INVALID_STATE));
  EXPECT_THAT(transport.SetDtlsParameters(DtlsRole::kClient, {good}), testing::IsOk());
}

TEST(TransportTest, TheHandshakeTimesOutByTheLimit) {
  Config config;
  config.limits.dtls_handshake_timeout = seconds(3);
  TransportPair pair(config, config);
  pair.network.SetLink([](int, PacketPtr, ice::FakeIceNetwork::Deliver) {});
  pair.Connect();
  pair.loop.RunFor(milliseconds(2900));
  EXPECT_FALSE(pair.left.Saw(DtlsState::kFailed));
  pair.loop.RunFor(milliseconds(200));
  EXPECT_TRUE(pair.left.Saw(DtlsState::kFailed));
}

TEST(TransportTest, StatsHaveStableUniqueIdsThatReferToEachOther) {
  TransportPair pair;
  pair.Connect();
  pair.left.SendRtp(TestRtp(1, 1));
  pair.loop.RunDue();
  std::vector<StatsEntry> entries, again;
  pair.left.transport.AppendStats("T0", entries);
  pair.left.transport.AppendStats("T0", again);
  std::set<std::string> ids;
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto id = [](const auto& entry) { return entry.id; };
    EXPECT_EQ(std::visit(id, entries[i]), std::visit(id, again[i]));
    EXPECT_TRUE(ids.insert(std::visit(id, entries[i])).second);
  }
  const TransportStats& stats = StatsOf(entries);
  EXPECT_EQ(stats.id, "T0");
  EXPECT_EQ(stats.ice_role, IceRole::kControlling);
  EXPECT_EQ(stats.dtls_state, DtlsState::kConnected);
  EXPECT_EQ(stats.dtls_role, DtlsRole::kClient);
  EXPECT_EQ(stats.tls_version, "FEFD");
  EXPECT_EQ(stats.dtls_cipher, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(stats.srtp_cipher, ToString(SrtpProfile::kAeadAes128Gcm));
  EXPECT_GT(stats.packets_sent, 2u);
  EXPECT_GT(stats.bytes_received, 0u);
  EXPECT_EQ(stats.ice_local_username_fragment, pair.left.transport.ice().local_parameters().ufrag);
  for (const std::string& reference : {stats.selected_candidate_pair_id, stats.local_certificate_id,
                                       stats.remote_certificate_id}) {
    EXPECT_EQ(ids.count(reference), 1u) << reference;
  }
  EXPECT_EQ(stats.local_certificate_id, Transport::LocalCertificateId("T0"));
  bool saw_pair = false;
  for (const StatsEntry& entry : entries) {
    if (const auto* candidate_pair = std::get_if<CandidatePairStats>(&entry)) {
      saw_pair = true;
      EXPECT_EQ(candidate_pair->transport_id, "T0");
      EXPECT_EQ(ids.count(candidate_pair->local_candidate_id), 1u);
      EXPECT_EQ(ids.count(candidate_pair->remote_candidate_id), 1u);
    }
    if (const auto* certificate = std::get_if<CertificateStats>(&entry)) {
      EXPECT_EQ(certificate->fingerprint,
                (certificate->id == stats.local_certificate_id ? pair.left.certificate
                                                               : pair.right.certificate)
                    ->fingerprint()
                    .value);
    }
  }
  EXPECT_TRUE(saw_pair);
}

}  // namespace
}  // namespace pcd::transport
