#include "engine/ice/stun_writer.h"

#include <array>

#include "engine/ice/stun_integrity.h"

namespace pcd::ice::stun {
namespace {

// Bits of class and method are interleaved (RFC 8489 section 5).
uint16_t TypeOf(Class message_class, uint16_t method) {
  const auto bits = static_cast<uint16_t>(message_class);
  return static_cast<uint16_t>(((bits & 2) << 7) | ((bits & 1) << 4) | (method & 0x000F) |
                               ((method & 0x0070) << 1) | ((method & 0x0F80) << 2));
}

}  // namespace

Writer::Writer(MutableByteSpan out, Class message_class, ByteSpan transaction_id, uint16_t method)
    : out_(out), writer_(out) {
  writer_.U16(TypeOf(message_class, method));
  writer_.U16(0);
  writer_.U32(kMagicCookie);
  writer_.Bytes(transaction_id);
}

void Writer::SetLength() {
  if (writer_.ok()) {
    StoreU16(out_.data() + 2, static_cast<uint16_t>(writer_.size() - kHeaderSize));
  }
}

void Writer::Add(uint16_t type, ByteSpan value) {
  writer_.U16(type);
  writer_.U16(static_cast<uint16_t>(value.size()));
  writer_.Bytes(value);
  writer_.Zeros((4 - value.size() % 4) % 4);
  SetLength();
}

void Writer::AddXorAddress(uint16_t type, const SocketAddress& address) {
  if (!writer_.ok()) return;
  std::array<uint8_t, 20> value{};
  const size_t ip_size = address.ip.is_v6() ? 16 : 4;
  value[1] = address.ip.is_v6() ? 2 : 1;
  StoreU16(value.data() + 2, static_cast<uint16_t>(address.port ^ (kMagicCookie >> 16)));
  // The cookie and the transaction id stand behind each other in the header.
  for (size_t i = 0; i < ip_size; ++i) {
    value[4 + i] = static_cast<uint8_t>(address.ip.bytes()[i] ^ out_[4 + i]);
  }
  Add(type, ByteSpan(value).first(4 + ip_size));
}

void Writer::AddErrorCode(int code) {
  const std::array<uint8_t, 4> value = {0, 0, static_cast<uint8_t>(code / 100),
                                        static_cast<uint8_t>(code % 100)};
  Add(kErrorCode, value);
}

void Writer::AddUnknownAttributes(std::span<const uint16_t> types) {
  std::array<uint8_t, 2 * Message::kMaxUnknown> value{};
  size_t size = 0;
  for (const uint16_t type : types) {
    if (size == value.size()) break;
    StoreU16(value.data() + size, type);
    size += 2;
  }
  Add(kUnknownAttributes, ByteSpan(value).first(size));
}

void Writer::AddIntegrity(std::string_view password) {
  if (!writer_.ok()) return;
  const Digest digest = Integrity(password, out_, writer_.size());
  Add(kMessageIntegrity, digest);
}

void Writer::AddFingerprint() {
  if (!writer_.ok()) return;
  std::array<uint8_t, 4> value;
  StoreU32(value.data(), Fingerprint(out_, writer_.size()));
  Add(kFingerprint, value);
}

}  // namespace pcd::ice::stun
