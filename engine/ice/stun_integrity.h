// What proves a STUN message: HMAC-SHA1 with the password, and a CRC against chance.
#ifndef ENGINE_ICE_STUN_INTEGRITY_H_
#define ENGINE_ICE_STUN_INTEGRITY_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/ice/stun_attributes.h"

namespace pcd::ice::stun {

using Digest = std::array<uint8_t, kIntegritySize>;

// HMAC-SHA1 (RFC 2104) of the parts in their order. Allocates nothing.
Digest HmacSha1(std::string_view key, std::initializer_list<ByteSpan> parts);

// MESSAGE-INTEGRITY of a message whose attribute will stand at `offset`: the length field is
// taken as if the message ended with it (RFC 8489 section 14.5).
Digest Integrity(std::string_view password, ByteSpan message, size_t offset);

// FINGERPRINT of a message whose attribute will stand at `offset` (RFC 8489 section 14.7).
uint32_t Fingerprint(ByteSpan message, size_t offset);

// Takes the same time wherever they differ.
bool SameDigest(const Digest& expected, ByteSpan actual);

}  // namespace pcd::ice::stun

#endif  // ENGINE_ICE_STUN_INTEGRITY_H_
