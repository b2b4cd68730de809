#include "engine/sctp/crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "engine/sctp/sctp_chunks.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace pcd::sctp {
namespace {

constexpr uint32_t kReversedPolynomial = 0x82F63B78;
constexpr uint8_t kZeros[4] = {};

constexpr std::array<uint32_t, 256> MakeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? kReversedPolynomial : 0);
    }
    table[byte] = value;
  }
  return table;
}

// All "Update" functions work on the inverted value, as the definition of the CRC does.
uint32_t UpdatePortable(uint32_t crc, ByteSpan bytes) {
  static constexpr std::array<uint32_t, 256> kTable = MakeTable();
  for (const uint8_t byte : bytes) crc = (crc >> 8) ^ kTable[(crc ^ byte) & 0xff];
  return crc;
}

using Update = uint32_t (*)(uint32_t crc, ByteSpan bytes);

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t UpdateSse42(uint32_t crc, ByteSpan bytes) {
  uint64_t wide = crc;
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= bytes.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    wide = _mm_crc32_u64(wide, word);
  }
  crc = static_cast<uint32_t>(wide);
  for (; at < bytes.size(); ++at) crc = _mm_crc32_u8(crc, bytes[at]);
  return crc;
}

Update BestUpdate() { return __builtin_cpu_supports("sse4.2") ? UpdateSse42 : UpdatePortable; }
#else
Update BestUpdate() { return UpdatePortable; }
#endif

uint32_t UpdateBest(uint32_t crc, ByteSpan bytes) {
  static const Update update = BestUpdate();
  return update(crc, bytes);
}

uint32_t PacketChecksum(ByteSpan packet) {
  uint32_t crc = UpdateBest(~uint32_t{0}, packet.first(kSctpChecksumOffset));
  crc = UpdateBest(crc, kZeros);
  return ~UpdateBest(crc, packet.subspan(kSctpChecksumOffset + sizeof(kZeros)));
}

}  // namespace

uint32_t Crc32c(ByteSpan bytes) { return ~UpdateBest(~uint32_t{0}, bytes); }

uint32_t Crc32cPortable(ByteSpan bytes) { return ~UpdatePortable(~uint32_t{0}, bytes); }

// The one field of SCTP that goes out with its lowest byte first.
bool HasSctpChecksum(ByteSpan packet) {
  const uint32_t crc = PacketChecksum(packet);
  const uint8_t* field = packet.data() + kSctpChecksumOffset;
  return field[0] == (crc & 0xff) && field[1] == ((crc >> 8) & 0xff) &&
         field[2] == ((crc >> 16) & 0xff) && field[3] == crc >> 24;
}

void SetSctpChecksum(MutableByteSpan packet) {
  const uint32_t crc = PacketChecksum(packet);
  uint8_t* field = packet.data() + kSctpChecksumOffset;
  for (int i = 0; i < 4; ++i) field[i] = static_cast<uint8_t>(crc >> (8 * i));
}

}  // namespace pcd::sctp
