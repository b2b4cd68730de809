// The STUN numbers that ICE uses (RFC 8489 section 18, RFC 8445 section 16.1, RFC 8656 sections 17
// and 18).
#ifndef ENGINE_ICE_STUN_ATTRIBUTES_H_
#define ENGINE_ICE_STUN_ATTRIBUTES_H_

#include <cstddef>
#include <cstdint>

namespace pcd::ice::stun {

inline constexpr uint32_t kMagicCookie = 0x2112A442;
inline constexpr size_t kHeaderSize = 20;
inline constexpr size_t kTransactionIdSize = 12;
inline constexpr size_t kIntegritySize = 20;
inline constexpr uint16_t kBinding = 1;
inline constexpr uint16_t kAllocate = 3;

// Types from 0x8000 on may be ignored when they are not understood.
inline constexpr uint16_t kFirstOptional = 0x8000;
inline constexpr uint16_t kUsername = 0x0006;
inline constexpr uint16_t kMessageIntegrity = 0x0008;
inline constexpr uint16_t kErrorCode = 0x0009;
inline constexpr uint16_t kUnknownAttributes = 0x000A;
inline constexpr uint16_t kXorRelayedAddress = 0x0016;
inline constexpr uint16_t kMessageIntegritySha256 = 0x001C;
inline constexpr uint16_t kXorMappedAddress = 0x0020;
inline constexpr uint16_t kPriority = 0x0024;
inline constexpr uint16_t kUseCandidate = 0x0025;
inline constexpr uint16_t kFingerprint = 0x8028;
inline constexpr uint16_t kIceControlled = 0x8029;
inline constexpr uint16_t kIceControlling = 0x802A;

inline constexpr int kBadRequest = 400;
inline constexpr int kUnauthorized = 401;
inline constexpr int kUnknownAttribute = 420;
inline constexpr int kRoleConflict = 487;

}  // namespace pcd::ice::stun

#endif  // ENGINE_ICE_STUN_ATTRIBUTES_H_
