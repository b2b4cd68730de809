#include "engine/base/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace pcd {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port > 65535) return std::nullopt;
  return static_cast<uint16_t>(port);
}

}  // namespace

IpAddress IpAddress::V4(std::array<uint8_t, 4> bytes) {
  IpAddress ip;
  std::copy(bytes.begin(), bytes.end(), ip.bytes_.begin());
  return ip;
}

IpAddress IpAddress::V6(std::array<uint8_t, 16> bytes) {
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
    return V4({bytes[12], bytes[13], bytes[14], bytes[15]});
  }
  IpAddress ip;
  ip.v6_ = true;
  ip.bytes_ = bytes;
  return ip;
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  std::array<uint8_t, 4> v4{};
  if (inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) return V4(v4);
  std::array<uint8_t, 16> v6{};
  if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return V6(v6);
  return std::nullopt;
}

bool IpAddress::IsLoopback() const {
  if (!v6_) return bytes_[0] == 127;
  std::array<uint8_t, 16> loopback{};
  loopback[15] = 1;
  return bytes_ == loopback;
}

bool IpAddress::IsUnspecified() const { return bytes_ == std::array<uint8_t, 16>{}; }

bool IpAddress::IsMulticast() const { return v6_ ? bytes_[0] == 0xFF : (bytes_[0] & 0xF0) == 0xE0; }

bool IpAddress::IsLinkLocal() const {
  return v6_ ? (bytes_[0] == 0xFE && (bytes_[1] & 0xC0) == 0x80)
             : (bytes_[0] == 169 && bytes_[1] == 254);
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(v6_ ? AF_INET6 : AF_INET, bytes_.data(), text, sizeof(text));
  return text;
}

std::optional<SocketAddress> SocketAddress::Parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::Parse(host);
  const auto port = ParsePort(text.substr(colon + 1));
  // A colon inside an unbracketed host would make the port ambiguous.
  if (!ip || !port || (host.find(':') != std::string_view::npos) != bracketed) return std::nullopt;
  return SocketAddress{*ip, *port};
}

std::string SocketAddress::ToString() const {
  const std::string host = ip.is_v6() ? "[" + ip.ToString() + "]" : ip.ToString();
  return host + ":" + std::to_string(port);
}

}  // namespace pcd

size_t std::hash<pcd::SocketAddress>::operator()(const pcd::SocketAddress& address) const noexcept {
  // FNV-1a over address and port: short input, no need for more.
  uint64_t hash = 0xCBF29CE484222325ULL;
  const auto mix = [&hash](uint8_t byte) { hash = (hash ^ byte) * 0x100000001B3ULL; };
  for (uint8_t byte : address.ip.bytes()) mix(byte);
  mix(static_cast<uint8_t>(address.ip.is_v6()));
  mix(static_cast<uint8_t>(address.port >> 8));
  mix(static_cast<uint8_t>(address.port));
  return hash;
}
