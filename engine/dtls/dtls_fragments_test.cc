// Handshake messages in pieces that never become whole: what is kept of them is bounded, whatever
// is sent (RFC 6347 section 4.2.3 sets no bound).
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/base/random.h"
#include "engine/dtls/dtls_pair_testing.h"

#if defined(__SANITIZE_ADDRESS__)
// Of AddressSanitizer, whose header Debian's g++ does not bring.
extern "C" size_t __sanitizer_get_current_allocated_bytes();  // NOLINT
#endif

namespace pcd::dtls {
namespace {

// What the process has allocated at this moment, BoringSSL's part included.
size_t AllocatedBytes() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks + mallinfo2().hblkhd;
#endif
}

// The most that BoringSSL keeps: seven messages (the longest flight) of 16 KiB, and a bit for each
// of their bytes; with room for queues and records.
constexpr size_t kMost = size_t{160} * 1024;

constexpr uint8_t kClientHello = 1;
constexpr uint8_t kServerHello = 2;
constexpr uint8_t kCertificate = 11;

struct Fragment {
  uint8_t type;
  uint32_t message_length;
  uint16_t message;
  uint32_t offset;
  size_t length;
};

void Append(std::vector<uint8_t>& bytes, uint64_t value, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<uint8_t>(value >> shift));
  }
}

// Its bytes are zeros.
void AppendFragment(std::vector<uint8_t>& bytes, const Fragment& fragment) {
  Append(bytes, fragment.type, 1);
  Append(bytes, fragment.message_length, 3);
  Append(bytes, fragment.message, 2);
  Append(bytes, fragment.offset, 3);
  Append(bytes, fragment.length, 3);
  bytes.resize(bytes.size() + fragment.length);
}

// Of epoch 0.
std::vector<uint8_t> RecordOf(const std::vector<uint8_t>& fragments, uint64_t number) {
  std::vector<uint8_t> bytes = {22, 0xFE, 0xFD};
  Append(bytes, number, 8);
  Append(bytes, fragments.size(), 2);
  bytes.insert(bytes.end(), fragments.begin(), fragments.end());
  return bytes;
}

std::vector<uint8_t> RecordWith(const Fragment& fragment, uint64_t number) {
  std::vector<uint8_t> bytes;
  AppendFragment(bytes, fragment);
  return RecordOf(bytes, number);
}

// Sends pieces of `messages` messages to `peer`, each with a hole in front. Returns the most that
// was allocated meanwhile beyond what there was before. Ends early when the connection has failed.
size_t Flood(DtlsPair& pair, DtlsPeer& peer, const std::vector<uint16_t>& messages) {
  constexpr uint32_t kMessageLength = 16'000;
  constexpr size_t kPiece = 1'000;
  const size_t before = AllocatedBytes();
  size_t most = 0;
  uint64_t record = 0;
  for (int round = 0; round < 10'000 && peer.dtls.state() == DtlsState::kConnecting; ++round) {
    const uint16_t message = messages[static_cast<size_t>(round) % messages.size()];
    const uint32_t offset = 1 + static_cast<uint32_t>(round) % 14 * kPiece;
    peer.dtls.HandleDatagram(
        RecordWith({kCertificate, kMessageLength, message, offset, kPiece}, ++record), pair.now);
    const size_t allocated = AllocatedBytes();
    most = std::max(most, allocated > before ? allocated - before : 0);
  }
  return most;
}

std::vector<uint16_t> Numbers(uint16_t first, uint16_t end) {
  std::vector<uint16_t> numbers;
  for (uint16_t number = first; number < end; ++number) numbers.push_back(number);
  return numbers;
}

void StartBoth(DtlsPair& pair) {
  pair.client.dtls.SetRemoteFingerprints({pair.server.certificate->fingerprint()}, pair.now);
  pair.server.dtls.SetRemoteFingerprints({pair.client.certificate->fingerprint()}, pair.now);
  pair.server.dtls.Start(DtlsRole::kServer, pair.now);
  pair.client.dtls.Start(DtlsRole::kClient, pair.now);
}

TEST(DtlsFragmentsTest, MessagesThatNeverBecomeWholeKeepABoundedMemory) {
  for (DtlsPeer DtlsPair::* end : {&DtlsPair::server, &DtlsPair::client}) {
    DtlsPair pair;
    StartBoth(pair);
    const size_t most = Flood(pair, pair.*end, Numbers(1, 7));
    EXPECT_EQ((pair.*end).dtls.state(), DtlsState::kConnecting) << "the flood ended early";
    EXPECT_GT(most, size_t{64} * 1024) << "the fragments were not kept, so nothing is proved";
    EXPECT_LT(most, kMost);
  }
}

TEST(DtlsFragmentsTest, MessagesOfAnyNumberKeepABoundedMemory) {
  DtlsPair pair;
  StartBoth(pair);
  EXPECT_LT(Flood(pair, pair.server, Numbers(0, 65'535)), kMost);
  EXPECT_NE(pair.server.dtls.state(), DtlsState::kConnected);
}

TEST(DtlsFragmentsTest, MessagesFarAheadAreNotKept) {
  DtlsPair pair;
  StartBoth(pair);
  EXPECT_LT(Flood(pair, pair.server, Numbers(100, 65'535)), size_t{16} * 1024);
  EXPECT_EQ(pair.server.dtls.state(), DtlsState::kConnecting);
}

TEST(DtlsFragmentsTest, AMessageLongerThanAnyIsRefusedWithoutItsMemory) {
  for (const uint8_t type : {kClientHello, kServerHello, kCertificate}) {
    DtlsPair pair;
    StartBoth(pair);
    const size_t before = AllocatedBytes();
    constexpr uint32_t kLongest = 0xFFFFFF;
    for (uint64_t record = 0; record < 1'000; ++record) {
      pair.server.dtls.HandleDatagram(RecordWith({type, kLongest, 0, 1, 1'000}, record), pair.now);
    }
    const size_t allocated = AllocatedBytes();
    EXPECT_LT(allocated > before ? allocated - before : 0, kMost) << int{type};
    EXPECT_NE(pair.server.dtls.state(), DtlsState::kConnected);
  }
}

// The pieces of a flight in any order are still the flight.
TEST(DtlsFragmentsTest, AHelloInPiecesOfFourBytesConnects) {
  DtlsPair pair;
  StartBoth(pair);
  const auto hello = pair.client.dtls.PollOutput();
  ASSERT_TRUE(hello);
  constexpr size_t kHeaders = 13 + 12;
  constexpr size_t kPiece = 4;
  ASSERT_GT(hello->size(), kHeaders + kPiece);
  const std::vector<uint8_t> body(hello->begin() + kHeaders, hello->end());
  std::vector<size_t> offsets;
  for (size_t at = 0; at < body.size(); at += kPiece) offsets.push_back(at);
  SeededRandom random(3);
  for (size_t i = offsets.size(); i > 1; --i) {
    std::swap(offsets[i - 1], offsets[random.Uint32() % i]);
  }
  std::vector<uint8_t> pieces;
  for (const size_t at : offsets) {
    const size_t length = std::min(kPiece, body.size() - at);
    AppendFragment(pieces, {kClientHello, static_cast<uint32_t>(body.size()), 0,
                            static_cast<uint32_t>(at), length});
    std::copy_n(body.begin() + static_cast<ptrdiff_t>(at), length,
                pieces.end() - static_cast<ptrdiff_t>(length));
  }
  pair.server.dtls.HandleDatagram(RecordOf(pieces, 0), pair.now);
  pair.Exchange();
  EXPECT_TRUE(pair.connected());
}

}  // namespace
}  // namespace pcd::dtls
