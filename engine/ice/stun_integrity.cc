#include "engine/ice/stun_integrity.h"

#include <openssl/sha.h>

#include <algorithm>

namespace pcd::ice::stun {
namespace {

constexpr size_t kBlock = 64;  // Of SHA-1.
constexpr size_t kAttributeHeader = 4;
constexpr uint32_t kFingerprintXor = 0x5354554E;

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0u);
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

uint32_t UpdateCrc(uint32_t crc, ByteSpan bytes) {
  for (const uint8_t byte : bytes) crc = kCrcTable[(crc ^ byte) & 0xFF] ^ (crc >> 8);
  return crc;
}

using Block = std::array<uint8_t, kBlock>;

Block KeyBlock(std::string_view key) {
  Block block{};
  if (key.size() > kBlock) {
    SHA1(reinterpret_cast<const uint8_t*>(key.data()), key.size(), block.data());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  return block;
}

void UpdateXored(SHA_CTX& context, Block block, uint8_t pad) {
  for (uint8_t& byte : block) byte ^= pad;
  SHA1_Update(&context, block.data(), block.size());
}

// The length field of a message that ends behind an attribute at `offset` with `size` bytes.
std::array<uint8_t, 2> LengthField(size_t offset, size_t size) {
  std::array<uint8_t, 2> field;
  StoreU16(field.data(), static_cast<uint16_t>(offset - kHeaderSize + kAttributeHeader + size));
  return field;
}

}  // namespace

Digest HmacSha1(std::string_view key, std::initializer_list<ByteSpan> parts) {
  const Block block = KeyBlock(key);
  Digest inner, outer;
  SHA_CTX context;
  SHA1_Init(&context);
  UpdateXored(context, block, 0x36);
  for (const ByteSpan part : parts) SHA1_Update(&context, part.data(), part.size());
  SHA1_Final(inner.data(), &context);
  SHA1_Init(&context);
  UpdateXored(context, block, 0x5C);
  SHA1_Update(&context, inner.data(), inner.size());
  SHA1_Final(outer.data(), &context);
  return outer;
}

Digest Integrity(std::string_view password, ByteSpan message, size_t offset) {
  const auto length = LengthField(offset, kIntegritySize);
  return HmacSha1(password, {message.first(2), length, message.subspan(4, offset - 4)});
}

uint32_t Fingerprint(ByteSpan message, size_t offset) {
  const auto length = LengthField(offset, sizeof(uint32_t));
  uint32_t crc = 0xFFFFFFFFu;
  crc = UpdateCrc(crc, message.first(2));
  crc = UpdateCrc(crc, length);
  crc = UpdateCrc(crc, message.subspan(4, offset - 4));
  return (crc ^ 0xFFFFFFFFu) ^ kFingerprintXor;
}

bool SameDigest(const Digest& expected, ByteSpan actual) {
  if (actual.size() != expected.size()) return false;
  uint8_t difference = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    difference = static_cast<uint8_t>(difference | (expected[i] ^ actual[i]));
  }
  return difference == 0;
}

}  // namespace pcd::ice::stun
