// Loss, duplication and reordering of every single datagram of a handshake.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/dtls/dtls_pair_testing.h"

namespace pcd::dtls {
namespace {

using std::chrono::seconds;

struct Loss {
  bool from_client;
  size_t index;
  int copies_lost;  // This many datagrams from `index` on.
};

class DtlsLossTest : public testing::TestWithParam<Loss> {};

TEST_P(DtlsLossTest, TheHandshakeSurvives) {
  const Loss loss = GetParam();
  DtlsPair pair;
  pair.SetFilter([&](bool from_client, size_t index) {
    return from_client != loss.from_client || index < loss.index ||
           index >= loss.index + static_cast<size_t>(loss.copies_lost);
  });
  pair.Connect();
  pair.RunFor(seconds(10));
  EXPECT_TRUE(pair.connected());
  ASSERT_TRUE(pair.client.keys && pair.server.keys);
  EXPECT_EQ(pair.client.keys->local.key, pair.server.keys->remote.key);
}

std::vector<Loss> EveryDatagram() {
  std::vector<Loss> rows;
  for (bool from_client : {true, false}) {
    for (size_t index = 0; index < 4; ++index) {
      for (int copies : {1, 2, 3}) rows.push_back({from_client, index, copies});
    }
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(EveryDatagram, DtlsLossTest, testing::ValuesIn(EveryDatagram()),
                         [](const auto& info) {
                           return std::string(info.param.from_client ? "Client" : "Server") +
                                  std::to_string(info.param.index) + "Lost" +
                                  std::to_string(info.param.copies_lost);
                         });

TEST(DtlsLossTest, EveryDatagramTwiceChangesNothing) {
  DtlsPair pair;
  pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  for (int round = 0; round < 10; ++round) {
    while (auto datagram = pair.client.dtls.PollOutput()) {
      pair.server.dtls.HandleDatagram(*datagram, pair.now);
      pair.server.dtls.HandleDatagram(*datagram, pair.now);
    }
    while (auto datagram = pair.server.dtls.PollOutput()) {
      pair.client.dtls.HandleDatagram(*datagram, pair.now);
      pair.client.dtls.HandleDatagram(*datagram, pair.now);
    }
  }
  EXPECT_TRUE(pair.connected());
}

// Splits the first flight's only record into handshake fragments, one per datagram, the way a
// ClientHello with post-quantum key shares arrives.
std::vector<std::vector<uint8_t>> SplitClientHello(const std::vector<uint8_t>& datagram,
                                                   size_t piece) {
  constexpr size_t kRecordHeader = 13, kHandshakeHeader = 12;
  const std::vector<uint8_t> body(datagram.begin() + kRecordHeader + kHandshakeHeader,
                                  datagram.end());
  std::vector<std::vector<uint8_t>> pieces;
  for (size_t offset = 0; offset < body.size(); offset += piece) {
    const size_t length = std::min(piece, body.size() - offset);
    std::vector<uint8_t> part(datagram.begin(),
                              datagram.begin() + kRecordHeader + kHandshakeHeader);
    // A record sequence number that the client has not used and will not.
    part[10] = static_cast<uint8_t>(40 + pieces.size());
    part[11] = static_cast<uint8_t>((kHandshakeHeader + length) >> 8);
    part[12] = static_cast<uint8_t>(kHandshakeHeader + length);
    uint8_t* fragment = part.data() + kRecordHeader;
    fragment[7] = static_cast<uint8_t>(offset >> 8);
    fragment[8] = static_cast<uint8_t>(offset);
    fragment[10] = static_cast<uint8_t>(length >> 8);
    fragment[11] = static_cast<uint8_t>(length);
    part.insert(part.end(), body.begin() + static_cast<ptrdiff_t>(offset),
                body.begin() + static_cast<ptrdiff_t>(offset + length));
    pieces.push_back(std::move(part));
  }
  return pieces;
}

class SplitClientHelloTest : public testing::TestWithParam<bool> {};

TEST_P(SplitClientHelloTest, IsReassembledInAnyOrder) {
  DtlsPair pair;
  pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
  auto hello = pair.client.dtls.PollOutput();
  ASSERT_TRUE(hello);
  auto pieces = SplitClientHello(*hello, hello->size() / 2);
  ASSERT_GE(pieces.size(), 2u);
  if (GetParam()) std::ranges::reverse(pieces);
  // The first piece even arrives before the server was started.
  pair.server.dtls.HandleDatagram(pieces[0], pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  for (size_t i = 1; i < pieces.size(); ++i) pair.server.dtls.HandleDatagram(pieces[i], pair.now);
  pair.Exchange();
  EXPECT_TRUE(pair.connected());
}

INSTANTIATE_TEST_SUITE_P(Order, SplitClientHelloTest, testing::Bool());

}  // namespace
}  // namespace pcd::dtls
