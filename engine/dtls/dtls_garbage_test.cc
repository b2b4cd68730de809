// Datagrams that are no DTLS, or no longer: nothing may crash, hang or connect.
#include <gtest/gtest.h>

#include <vector>

#include "engine/base/random.h"
#include "engine/dtls/dtls_pair_testing.h"

namespace pcd::dtls {
namespace {

std::vector<uint8_t> Random(SeededRandom& random, size_t length) {
  std::vector<uint8_t> bytes(length);
  random.Fill(bytes);
  return bytes;
}

// Every first byte with lengths around what parsers look at.
template <typename Function>
void ForEachGarbage(Function function) {
  SeededRandom random(7);
  for (int first = 0; first < 256; ++first) {
    for (size_t length : {0, 1, 2, 11, 12, 13, 14, 25, 26, 100, 1200, 2048}) {
      std::vector<uint8_t> bytes = Random(random, length);
      if (!bytes.empty()) bytes[0] = static_cast<uint8_t>(first);
      function(bytes);
    }
  }
}

TEST(DtlsGarbageTest, GarbageBeforeAndDuringTheHandshakeDoesNotStopIt) {
  DtlsPair pair;
  pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  ForEachGarbage([&](ByteSpan bytes) { pair.server.dtls.HandleDatagram(bytes, pair.now); });
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  ForEachGarbage([&](ByteSpan bytes) { pair.client.dtls.HandleDatagram(bytes, pair.now); });
  pair.Exchange();
  EXPECT_TRUE(pair.connected());
}

TEST(DtlsGarbageTest, GarbageAfterTheHandshakeIsDroppedInSilence) {
  DtlsPair pair;
  pair.Connect();
  const size_t sent = pair.server.sent.size();
  ForEachGarbage([&](ByteSpan bytes) { pair.server.dtls.HandleDatagram(bytes, pair.now); });
  pair.Exchange();
  EXPECT_TRUE(pair.connected());
  EXPECT_EQ(pair.server.sent.size(), sent);
  EXPECT_TRUE(pair.server.received.empty());
}

// Each datagram of a real handshake cut and flipped at each of many places, followed by the
// real one: the connection may fail, but never connects unverified and never crashes.
TEST(DtlsGarbageTest, DamagedHandshakeDatagramsNeverVerify) {
  SeededRandom random(11);
  for (int round = 0; round < 200; ++round) {
    DtlsPair pair;
    pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
    pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
    pair.server.dtls.Start(DtlsRole::kServer, pair.now);
    pair.client.dtls.Start(DtlsRole::kClient, pair.now);
    for (int turn = 0; turn < 6; ++turn) {
      DtlsPeer& from = turn % 2 == 0 ? pair.client : pair.server;
      DtlsPeer& to = turn % 2 == 0 ? pair.server : pair.client;
      while (auto datagram = from.dtls.PollOutput()) {
        std::vector<uint8_t> damaged = *datagram;
        damaged[random.Uint32() % damaged.size()] ^=
            static_cast<uint8_t>(1 + random.Uint32() % 255);
        if (round % 3 == 0) damaged.resize(1 + random.Uint32() % damaged.size());
        to.dtls.HandleDatagram(damaged, pair.now);
        to.dtls.HandleDatagram(*datagram, pair.now);
      }
    }
    pair.Exchange();
    if (pair.connected()) {
      ASSERT_TRUE(pair.client.keys && pair.server.keys);
      EXPECT_EQ(pair.client.keys->local.key, pair.server.keys->remote.key);
    } else {
      EXPECT_TRUE(pair.client.received.empty() && pair.server.received.empty());
    }
  }
}

}  // namespace
}  // namespace pcd::dtls
