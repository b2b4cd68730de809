#include "engine/ice/stun_message.h"

#include "engine/ice/stun_integrity.h"

namespace pcd::ice::stun {
namespace {

constexpr size_t kMaxUsername = 513;  // RFC 8489 section 14.3: fewer than 509, with some leeway.

// Bits of class and method are interleaved (RFC 8489 section 5).
Class ClassOf(uint16_t type) { return static_cast<Class>(((type >> 7) & 2) | ((type >> 4) & 1)); }
uint16_t MethodOf(uint16_t type) {
  return static_cast<uint16_t>((type & 0x000F) | ((type & 0x00E0) >> 1) | ((type & 0x3E00) >> 2));
}

bool ReadTieBreaker(ByteSpan value, std::optional<uint64_t>& out) {
  if (value.size() != 8) return false;
  if (!out.has_value()) out = LoadU64(value.data());
  return true;
}

// The attributes in front of MESSAGE-INTEGRITY. False: of a wrong size.
bool ReadAttribute(uint16_t type, ByteSpan value, Message& message) {
  switch (type) {
    case kUsername:
      if (message.username.empty()) {
        message.username = {reinterpret_cast<const char*>(value.data()), value.size()};
      }
      return value.size() <= kMaxUsername;
    case kPriority:
      if (value.size() != 4) return false;
      if (!message.priority.has_value()) message.priority = LoadU32(value.data());
      return true;
    case kIceControlling:
      return ReadTieBreaker(value, message.controlling);
    case kIceControlled:
      return ReadTieBreaker(value, message.controlled);
    case kUseCandidate:
      message.use_candidate = true;
      return value.empty();
    case kXorMappedAddress:
      message.mapped_address = ReadXorAddress(value, message.transaction_id);
      return message.mapped_address.has_value();
    case kErrorCode:
      if (value.size() < 4) return false;
      message.error_code = (value[2] & 7) * 100 + value[3];
      return true;
    case kUnknownAttributes:
    case kMessageIntegritySha256:
      return true;  // We authenticate with SHA-1, as RFC 8445 says.
    default:
      if (type >= kFirstOptional) return true;
      if (message.unknown_count < Message::kMaxUnknown) {
        message.unknown[message.unknown_count] = type;
      }
      ++message.unknown_count;
      return true;
  }
}

bool ReadAttributes(Message& message) {
  ByteReader reader(message.bytes);
  reader.Skip(kHeaderSize);
  while (reader.remaining() > 0) {
    const size_t offset = reader.offset();
    const uint16_t type = reader.U16();
    const size_t size = reader.U16();
    const ByteSpan value = reader.Bytes(size);
    reader.Skip((4 - size % 4) % 4);
    if (!reader.ok()) return false;
    if (type == kFingerprint) {
      // The last attribute, by definition.
      if (size != 4 || reader.remaining() != 0) return false;
      message.has_fingerprint = true;
      return LoadU32(value.data()) == Fingerprint(message.bytes, offset);
    }
    if (message.integrity_offset != 0) continue;
    if (type == kMessageIntegrity) {
      if (size != kIntegritySize) return false;
      message.integrity_offset = offset;
    } else if (!ReadAttribute(type, value, message)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool Message::VerifyIntegrity(std::string_view password) const {
  if (integrity_offset == 0) return false;
  return SameDigest(Integrity(password, bytes, integrity_offset),
                    bytes.subspan(integrity_offset + 4, kIntegritySize));
}

std::optional<SocketAddress> ReadXorAddress(ByteSpan value, ByteSpan transaction_id) {
  if (value.size() < 8) return std::nullopt;
  const bool v6 = value[1] == 2;
  if (value.size() != (v6 ? 20u : 8u) || (!v6 && value[1] != 1)) return std::nullopt;
  std::array<uint8_t, 16> mask{};
  StoreU32(mask.data(), kMagicCookie);
  for (size_t i = 0; i < transaction_id.size(); ++i) mask[4 + i] = transaction_id[i];
  std::array<uint8_t, 16> ip{};
  for (size_t i = 0; i < value.size() - 4; ++i) {
    ip[i] = static_cast<uint8_t>(value[4 + i] ^ mask[i]);
  }
  const auto port = static_cast<uint16_t>(LoadU16(value.data() + 2) ^ (kMagicCookie >> 16));
  return SocketAddress{v6 ? IpAddress::V6(ip) : IpAddress::V4({ip[0], ip[1], ip[2], ip[3]}), port};
}

std::optional<Message> Parse(ByteSpan datagram) {
  if (datagram.size() < kHeaderSize || !LooksLikeStun(datagram)) return std::nullopt;
  const size_t length = LoadU16(datagram.data() + 2);
  if (length % 4 != 0 || length + kHeaderSize != datagram.size()) return std::nullopt;
  if (LoadU32(datagram.data() + 4) != kMagicCookie) return std::nullopt;
  const uint16_t type = LoadU16(datagram.data());
  Message message{.message_class = ClassOf(type),
                  .method = MethodOf(type),
                  .bytes = datagram,
                  .transaction_id = datagram.subspan(8, kTransactionIdSize)};
  if (!ReadAttributes(message)) return std::nullopt;
  return message;
}

}  // namespace pcd::ice::stun
