// A STUN message (RFC 8489), read in place.
#ifndef ENGINE_ICE_STUN_MESSAGE_H_
#define ENGINE_ICE_STUN_MESSAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/ice/stun_attributes.h"

namespace pcd::ice::stun {

enum class Class : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

// Well-formed, but not authenticated: see VerifyIntegrity. Of an attribute that occurs twice the
// first counts; what stands behind MESSAGE-INTEGRITY does not, but for FINGERPRINT.
// Threading: a value; the bytes it was read from must outlive it.
struct Message {
  static constexpr size_t kMaxUnknown = 8;

  Class message_class = Class::kRequest;
  uint16_t method = 0;
  ByteSpan bytes{};
  ByteSpan transaction_id{};    // 12 bytes.
  std::string_view username{};  // Empty: none.
  std::optional<uint32_t> priority{};
  std::optional<uint64_t> controlling{}, controlled{};  // The tie-breaker.
  bool use_candidate = false;
  std::optional<SocketAddress> mapped_address{};  // XOR-MAPPED-ADDRESS.
  int error_code = 0;                             // 0: none.
  size_t integrity_offset = 0;                    // Of the attribute; 0: none.
  bool has_fingerprint = false;                   // Then it is right.
  // Types that must be understood and are not; what exceeds kMaxUnknown is only counted.
  std::array<uint16_t, kMaxUnknown> unknown{};
  size_t unknown_count = 0;

  std::span<const uint16_t> unknown_types() const {
    return std::span(unknown).first(unknown_count < kMaxUnknown ? unknown_count : kMaxUnknown);
  }
  // True when MESSAGE-INTEGRITY is there and was made with this password.
  bool VerifyIntegrity(std::string_view password) const;
};

// RFC 7983: whether a datagram is for STUN, by its first byte.
inline bool LooksLikeStun(ByteSpan datagram) { return !datagram.empty() && datagram[0] <= 3; }

// nullopt: not STUN, cut short, an attribute of a wrong size, or a wrong FINGERPRINT.
// Allocates nothing.
std::optional<Message> Parse(ByteSpan datagram);

// The value of XOR-MAPPED-ADDRESS and its like (RFC 8489 section 14.2) of a message with this
// transaction id of 12 bytes. nullopt: of a wrong size or an unknown family.
std::optional<SocketAddress> ReadXorAddress(ByteSpan value, ByteSpan transaction_id);

}  // namespace pcd::ice::stun

#endif  // ENGINE_ICE_STUN_MESSAGE_H_
