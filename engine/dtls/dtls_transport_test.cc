#include "engine/dtls/dtls_transport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/dtls/dtls_pair_testing.h"
#include "engine/dtls/fingerprint.h"

namespace pcd::dtls {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Records = std::vector<std::vector<uint8_t>>;

std::vector<uint8_t> Bytes(std::string_view text) { return {text.begin(), text.end()}; }
const std::vector<DtlsState> kNormalLife = {DtlsState::kConnecting, DtlsState::kConnected};

TEST(DtlsTransportTest, BothRolesConnectWithoutAnyTimePassing) {
  DtlsPair pair;
  pair.Connect();
  EXPECT_TRUE(pair.connected());
  EXPECT_EQ(pair.client.states, kNormalLife);
  EXPECT_EQ(pair.server.states, kNormalLife);
  EXPECT_EQ(pair.client.connected_events, 1);
  EXPECT_EQ(pair.server.connected_events, 1);
  EXPECT_EQ(pair.client.dtls.role(), DtlsRole::kClient);
  EXPECT_EQ(pair.server.dtls.role(), DtlsRole::kServer);
  EXPECT_EQ(pair.client.dtls.NextDeadline(), kNever);
  EXPECT_EQ(pair.server.dtls.NextDeadline(), kNever);
}

TEST(DtlsTransportTest, EitherEndMayHaveAnRsaCertificate) {
  using enum KeyAlgorithm;
  for (const auto& [client, server] :
       {std::pair(kRsa2048, kEcdsaP256), std::pair(kEcdsaP256, kRsa2048)}) {
    DtlsPair pair(client, server);
    pair.Connect();
    EXPECT_TRUE(pair.connected()) << pair.client.failure << pair.server.failure;
    EXPECT_NE(pair.client.dtls.cipher().find(server == kRsa2048 ? "ECDHE_RSA" : "ECDHE_ECDSA"),
              std::string::npos)
        << pair.client.dtls.cipher();
  }
}

TEST(DtlsTransportTest, EachSendsWithTheKeyTheOtherReceivesWith) {
  DtlsPair pair;
  pair.Connect();
  ASSERT_TRUE(pair.client.keys && pair.server.keys);
  EXPECT_EQ(pair.client.keys->local.key, pair.server.keys->remote.key);
  EXPECT_EQ(pair.client.keys->local.salt, pair.server.keys->remote.salt);
  EXPECT_EQ(pair.client.keys->remote.key, pair.server.keys->local.key);
  EXPECT_EQ(pair.client.keys->remote.salt, pair.server.keys->local.salt);
  EXPECT_NE(pair.client.keys->local.key, pair.client.keys->remote.key);
  EXPECT_EQ(pair.client.keys->local.key.size(), 16u);
  EXPECT_EQ(pair.client.keys->local.salt.size(), 12u);
}

TEST(DtlsTransportTest, TheServersPreferenceChoosesTheProfile) {
  using enum SrtpProfile;
  DtlsPair pair({kAes128CmSha1_80, kAeadAes128Gcm}, {kAeadAes128Gcm, kAes128CmSha1_80});
  pair.Connect();
  EXPECT_EQ(pair.server.keys->profile, kAeadAes128Gcm);
  EXPECT_EQ(pair.client.keys->profile, kAeadAes128Gcm);
  EXPECT_EQ(pair.client.dtls.srtp_profile(), kAeadAes128Gcm);
}

TEST(DtlsTransportTest, EveryProfileYieldsItsKeyLengths) {
  using enum SrtpProfile;
  struct Row {
    SrtpProfile profile;
    size_t key, salt;
  };
  for (const Row& row : {Row{kAes128CmSha1_80, 16, 14}, Row{kAes128CmSha1_32, 16, 14},
                         Row{kAeadAes128Gcm, 16, 12}, Row{kAeadAes256Gcm, 32, 12}}) {
    DtlsPair pair({row.profile}, {row.profile});
    pair.Connect();
    ASSERT_TRUE(pair.client.keys);
    EXPECT_EQ(pair.client.keys->local.key.size(), row.key);
    EXPECT_EQ(pair.client.keys->local.salt.size(), row.salt);
    EXPECT_EQ(pair.client.keys->local.key, pair.server.keys->remote.key);
  }
}

TEST(DtlsTransportTest, WithoutACommonProfileDataStillConnectsWithoutSrtp) {
  DtlsPair pair({SrtpProfile::kAeadAes128Gcm}, {SrtpProfile::kAes128CmSha1_80});
  pair.Connect();
  EXPECT_TRUE(pair.connected());
  EXPECT_FALSE(pair.client.keys);
  EXPECT_FALSE(pair.server.dtls.srtp_profile());
}

TEST(DtlsTransportTest, StatsNameVersionCipherAndThePeersCertificate) {
  DtlsPair pair;
  EXPECT_EQ(pair.client.dtls.cipher(), "");
  EXPECT_EQ(pair.client.dtls.tls_version(), "");
  pair.Connect();
  EXPECT_EQ(pair.client.dtls.cipher(), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(pair.server.dtls.tls_version(), "FEFD");
  EXPECT_TRUE(std::ranges::equal(pair.client.dtls.remote_certificate_der(),
                                 pair.server.certificate->der()));
  EXPECT_TRUE(std::ranges::equal(pair.server.dtls.remote_certificate_der(),
                                 pair.client.certificate->der()));
}

// One line, the same at both ends: what a tool needs to read a capture.
TEST(DtlsTransportTest, WhoLogsKeysGetsThoseOfTheConnectionAndNobodyElseDoes) {
  std::vector<std::string> logged;
  const auto transport = [&](const std::shared_ptr<const Certificate>& certificate, bool log) {
    Config config{.certificate = certificate};
    if (log) config.key_log = [&logged](std::string_view line) { logged.emplace_back(line); };
    return DtlsTransport(std::move(config));
  };
  const auto certificate =
      std::shared_ptr<const Certificate>(Certificate::Generate(1'700'000'000'000'000).value());
  for (const auto& [client_logs, server_logs] :
       {std::pair(false, false), std::pair(true, true), std::pair(false, true)}) {
    logged.clear();
    DtlsTransport client = transport(certificate, client_logs);
    DtlsTransport server = transport(certificate, server_logs);
    const Timestamp now{};
    for (DtlsTransport* end : {&client, &server}) {
      end->SetRemoteFingerprints({certificate->fingerprint()}, now);
    }
    server.Start(DtlsRole::kServer, now);
    client.Start(DtlsRole::kClient, now);
    for (bool moved = true; moved;) {
      moved = false;
      for (auto [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
        while (const auto datagram = from->PollOutput()) {
          moved = true;
          to->HandleDatagram(*datagram, now);
        }
      }
    }
    ASSERT_EQ(client.state(), DtlsState::kConnected);
    ASSERT_EQ(server.state(), DtlsState::kConnected);
    ASSERT_EQ(logged.size(), size_t{client_logs} + size_t{server_logs});
    for (const std::string& line : logged) {
      EXPECT_TRUE(line.starts_with("CLIENT_RANDOM ")) << line;
      EXPECT_EQ(line.size(), 14u + 64u + 1u + 96u);
      EXPECT_EQ(line, logged[0]);
    }
  }
}

TEST(DtlsTransportTest, ApplicationDataKeepsItsRecordsBothWays) {
  DtlsPair pair;
  pair.Connect();
  EXPECT_TRUE(pair.client.dtls.SendApplicationData(Bytes("one")));
  EXPECT_TRUE(pair.client.dtls.SendApplicationData(Bytes("two")));
  EXPECT_TRUE(pair.server.dtls.SendApplicationData(Bytes("three")));
  pair.Exchange();
  EXPECT_EQ(pair.server.received, (Records{Bytes("one"), Bytes("two")}));
  EXPECT_EQ(pair.client.received, (Records{Bytes("three")}));
}

TEST(DtlsTransportTest, RecordsOfTheAdvertisedSizeFitTheMtu) {
  DtlsPair pair;
  pair.Connect();
  const std::vector<uint8_t> data(DtlsTransport::kMtu - DtlsTransport::kMaxRecordOverhead, 7);
  ASSERT_TRUE(pair.client.dtls.SendApplicationData(data));
  pair.Exchange();
  EXPECT_EQ(pair.server.received, (Records{data}));
  for (const DtlsPeer* peer : {&pair.client, &pair.server}) {
    for (const auto& datagram : peer->sent) EXPECT_LE(datagram.size(), DtlsTransport::kMtu);
  }
}

TEST(DtlsTransportTest, DataIsRefusedWhenNotConnectedEmptyOrTooLong) {
  DtlsPair pair;
  EXPECT_FALSE(pair.client.dtls.SendApplicationData(Bytes("x")));
  pair.Connect();
  EXPECT_FALSE(pair.client.dtls.SendApplicationData({}));
  const std::vector<uint8_t> longest(DtlsTransport::kMaxApplicationData, 1);
  EXPECT_TRUE(pair.client.dtls.SendApplicationData(longest));
  const std::vector<uint8_t> too_long(DtlsTransport::kMaxApplicationData + 1, 1);
  EXPECT_FALSE(pair.client.dtls.SendApplicationData(too_long));
  pair.Exchange();
  EXPECT_EQ(pair.server.received, (Records{longest}));
}

TEST(DtlsTransportTest, NobodyTakingTheOutputBoundsIt) {
  DtlsPair pair;
  pair.Connect();
  int accepted = 0;
  while (accepted < 10'000 && pair.client.dtls.SendApplicationData(Bytes("x"))) {
    ++accepted;
  }
  EXPECT_EQ(accepted, 256);
}

TEST(DtlsTransportTest, AWrongFingerprintFailsTheClientBeforeItSendsItsCertificate) {
  DtlsPair pair;
  pair.client.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  pair.Exchange();
  EXPECT_EQ(pair.client.dtls.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.client.failure, "the peer's certificate does not match any announced fingerprint");
  EXPECT_EQ(pair.server.dtls.state(), DtlsState::kFailed);
  constexpr uint8_t kBadCertificate = 42;  // RFC 8446 section 6.
  EXPECT_EQ(pair.client.details, (DtlsFailure{.fingerprint = true, .sent_alert = kBadCertificate}));
  EXPECT_EQ(pair.server.details, (DtlsFailure{.received_alert = kBadCertificate}));
  EXPECT_EQ(pair.client.connected_events + pair.server.connected_events, 0);
  EXPECT_TRUE(pair.server.dtls.remote_certificate_der().empty());
}

TEST(DtlsTransportTest, AWrongFingerprintAtTheServerGivesNoKeysAndNoData) {
  DtlsPair pair;
  pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  pair.Exchange();
  pair.RunFor(seconds(60));
  EXPECT_EQ(pair.server.dtls.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.server.connected_events, 0);
  EXPECT_TRUE(pair.server.received.empty());
  EXPECT_FALSE(pair.server.dtls.SendApplicationData(Bytes("x")));
  EXPECT_NE(pair.client.dtls.state(), DtlsState::kConnected);
}

class UnknownFingerprintTest : public testing::TestWithParam<bool> {};

// The answer is applied late at one end: its handshake stops short of accepting.
TEST_P(UnknownFingerprintTest, HoldsEverythingUntilItIsKnown) {
  const bool client_waits = GetParam();
  DtlsPair pair;
  DtlsPeer& waiting = client_waits ? pair.client : pair.server;
  DtlsPeer& other = client_waits ? pair.server : pair.client;
  other.dtls.SetRemoteFingerprints({waiting.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  pair.Exchange();
  pair.RunFor(seconds(5));
  EXPECT_EQ(waiting.dtls.state(), DtlsState::kConnecting);
  EXPECT_EQ(waiting.connected_events, 0);
  EXPECT_FALSE(other.dtls.SendApplicationData(Bytes("early")));

  waiting.dtls.SetRemoteFingerprints({other.certificate->fingerprint()}, pair.now);
  pair.Exchange();
  pair.RunFor(seconds(5));
  EXPECT_TRUE(pair.connected());
  ASSERT_TRUE(other.dtls.SendApplicationData(Bytes("data")));
  pair.Exchange();
  EXPECT_EQ(waiting.received, (Records{Bytes("data")}));
}

TEST_P(UnknownFingerprintTest, AWrongOneThenFails) {
  const bool client_waits = GetParam();
  DtlsPair pair;
  DtlsPeer& waiting = client_waits ? pair.client : pair.server;
  DtlsPeer& other = client_waits ? pair.server : pair.client;
  other.dtls.SetRemoteFingerprints({waiting.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  pair.Exchange();
  waiting.dtls.SetRemoteFingerprints({waiting.certificate->fingerprint()}, pair.now);
  pair.Exchange();
  EXPECT_EQ(waiting.dtls.state(), DtlsState::kFailed);
  EXPECT_EQ(waiting.connected_events + other.connected_events, 0);
}

INSTANTIATE_TEST_SUITE_P(Ends, UnknownFingerprintTest, testing::Bool());

TEST(DtlsTransportTest, NewFingerprintsAfterwardsMustStillMatch) {
  DtlsPair pair;
  pair.Connect();
  pair.client.dtls.SetRemoteFingerprints(
      {*ComputeFingerprint(pair.server.certificate->der(), "sha-512")}, pair.now);
  EXPECT_EQ(pair.client.dtls.state(), DtlsState::kConnected);
  pair.client.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  EXPECT_EQ(pair.client.dtls.state(), DtlsState::kFailed);
  EXPECT_FALSE(pair.client.dtls.SendApplicationData(Bytes("x")));
  pair.Exchange();
  EXPECT_EQ(pair.client.details, DtlsFailure{.fingerprint = true});
}

TEST(DtlsTransportTest, CloseNotifyClosesBothEnds) {
  DtlsPair pair;
  pair.Connect();
  pair.client.dtls.Close();
  pair.client.dtls.Close();
  pair.Exchange();
  EXPECT_EQ(pair.client.states.back(), DtlsState::kClosed);
  EXPECT_EQ(pair.server.states.back(), DtlsState::kClosed);
  EXPECT_EQ(pair.client.states.size(), 3u);
  EXPECT_FALSE(pair.server.dtls.SendApplicationData(Bytes("x")));
  EXPECT_EQ(pair.server.dtls.NextDeadline(), kNever);
}

TEST(DtlsTransportTest, CloseBeforeAndDuringTheHandshakeSendsNothingMore) {
  DtlsPair pair;
  pair.server.dtls.Close();
  EXPECT_EQ(pair.server.dtls.state(), DtlsState::kClosed);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  while (pair.client.dtls.PollOutput()) {
  }
  pair.client.dtls.Close();
  EXPECT_FALSE(pair.client.dtls.PollOutput());
  EXPECT_EQ(pair.client.dtls.NextDeadline(), kNever);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  EXPECT_EQ(pair.client.dtls.state(), DtlsState::kClosed);
}

TEST(DtlsTransportTest, AnEarlyClientHelloWaitsForStart) {
  DtlsPair pair;
  pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  pair.Exchange();
  EXPECT_EQ(pair.server.dtls.state(), DtlsState::kNew);
  EXPECT_FALSE(pair.server.dtls.PollOutput());
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.Exchange();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsTransportTest, TheQueueBeforeStartIsBounded) {
  DtlsPair pair;
  for (size_t i = 0; i < DtlsTransport::kMaxQueuedDatagrams + 5; ++i) {
    pair.server.dtls.HandleDatagram(Bytes("\x16\xfe\xff junk"), pair.now);
  }
  EXPECT_EQ(pair.server.dtls.dropped_datagrams(), 5u);
  pair.server.dtls.HandleDatagram(std::vector<uint8_t>(DtlsTransport::kMaxDatagram + 1, 22),
                                  pair.now);
  EXPECT_EQ(pair.server.dtls.dropped_datagrams(), 6u);
}

TEST(DtlsTransportTest, TheHandshakeFailsWhenNobodyAnswersInTime) {
  DtlsPair pair;
  pair.SetFilter([](bool, size_t) { return false; });
  pair.Connect();
  pair.RunFor(seconds(29));
  EXPECT_EQ(pair.client.dtls.state(), DtlsState::kConnecting);
  pair.RunFor(seconds(2));
  EXPECT_EQ(pair.client.dtls.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.client.failure, "the handshake did not finish in time");
  EXPECT_EQ(pair.server.dtls.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.client.dtls.NextDeadline(), kNever);
}

TEST(DtlsTransportTest, RetransmissionsDoubleFrom400Milliseconds) {
  DtlsPair pair;
  pair.SetFilter([](bool, size_t) { return false; });
  pair.Connect();
  const size_t flight = pair.client.sent.size();
  ASSERT_EQ(flight, 1u);
  pair.RunFor(milliseconds(380));
  EXPECT_EQ(pair.client.sent.size(), 1u);
  pair.RunFor(milliseconds(20));
  EXPECT_EQ(pair.client.sent.size(), 2u);
  pair.RunFor(milliseconds(780));
  EXPECT_EQ(pair.client.sent.size(), 2u);
  pair.RunFor(milliseconds(20));
  EXPECT_EQ(pair.client.sent.size(), 3u);
}

TEST(DtlsTransportTest, StartWithoutACertificateFailsInsteadOfCrashing) {
  DtlsTransport dtls(Config{});
  dtls.Start(DtlsRole::kServer, Timestamp{});
  EXPECT_EQ(dtls.state(), DtlsState::kFailed);
  EXPECT_EQ(dtls.NextDeadline(), kNever);
  dtls.HandleTimeout(Timestamp{} + seconds(40));
  dtls.HandleDatagram(Bytes("\x16"), Timestamp{});
  EXPECT_FALSE(dtls.PollOutput());
}

}  // namespace
}  // namespace pcd::dtls
