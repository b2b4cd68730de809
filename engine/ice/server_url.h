// URLs of STUN and TURN servers (RFC 7064, RFC 7065).
#ifndef ENGINE_ICE_SERVER_URL_H_
#define ENGINE_ICE_SERVER_URL_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/socket_address.h"

namespace pcd::ice {

struct ServerUrl {
  bool turn = false;  // Else STUN.
  bool tcp = false;   // To the TURN server; else UDP.
  // `stuns:` or `turns:`: by TLS, or DTLS over UDP, which nothing here speaks (docs/adr/0014).
  bool secure = false;
  std::string host{};  // An address without brackets, or a name; lower case.
  uint16_t port = 3478;

  // INVALID_ARGUMENT with INVALID_ICE_SERVER (SyntaxError): it is no such URL.
  static absl::StatusOr<ServerUrl> Parse(std::string_view text);

  // Absent when `host` is a name.
  std::optional<IpAddress> address() const { return IpAddress::Parse(host); }
  std::string ToString() const;  // As Parse reads it, with the port.
  friend bool operator==(const ServerUrl&, const ServerUrl&) = default;
};

// "udp", "tcp" or "tls" where the URL is of a TURN server; else empty.
std::string_view RelayProtocolOf(std::string_view url);

}  // namespace pcd::ice

#endif  // ENGINE_ICE_SERVER_URL_H_
