// An IP address with a port, as a value.
#ifndef ENGINE_BASE_SOCKET_ADDRESS_H_
#define ENGINE_BASE_SOCKET_ADDRESS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pcd {

// IPv4 is kept as its four bytes in front; IPv4-mapped IPv6 (::ffff:a.b.c.d) is turned into
// IPv4 when parsed, so that one address has one form.
class IpAddress {
 public:
  IpAddress() = default;  // The IPv4 unspecified address 0.0.0.0.
  static IpAddress V4(std::array<uint8_t, 4> bytes);
  static IpAddress V6(std::array<uint8_t, 16> bytes);  // Mapped forms become IPv4.
  // Numeric forms only ("192.0.2.1", "2001:db8::1"); no names, brackets or zones.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool is_v6() const { return v6_; }
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }  // First 4 used for IPv4.
  bool IsLoopback() const;
  bool IsUnspecified() const;
  bool IsMulticast() const;
  bool IsLinkLocal() const;
  std::string ToString() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v6_ = false;
  std::array<uint8_t, 16> bytes_{};
};

struct SocketAddress {
  IpAddress ip{};
  uint16_t port = 0;

  // "192.0.2.1:5004" or "[2001:db8::1]:5004".
  static std::optional<SocketAddress> Parse(std::string_view text);
  std::string ToString() const;
  auto operator<=>(const SocketAddress&) const = default;
};

}  // namespace pcd

template <>
struct std::hash<pcd::SocketAddress> {
  size_t operator()(const pcd::SocketAddress& address) const noexcept;
};

#endif  // ENGINE_BASE_SOCKET_ADDRESS_H_
