#include "engine/ice/server_url.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "engine/base/status.h"

namespace pcd::ice {
namespace {

constexpr uint16_t kSecurePort = 5349;  // RFC 8489 section 8.1, RFC 8656 section 7.
constexpr size_t kMaxHostLength = 253;  // RFC 1035 section 2.3.4, as text.

std::string Lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; });
  return result;
}

absl::Status Refuse(std::string_view text, std::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorReason::INVALID_ICE_SERVER,
                   "\"" + std::string(text) + "\": " + std::string(why),
                   {.dom_exception = "SyntaxError"});
}

bool IsHostName(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostLength && host.front() != '.' &&
         std::ranges::all_of(host, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

// Takes "host" or "[v6]" off the front of `rest`. Empty: neither.
std::string TakeHost(std::string_view& rest) {
  if (!rest.starts_with('[')) {
    const size_t end = std::min(rest.find(':'), rest.size());
    std::string host = Lower(rest.substr(0, end));
    rest.remove_prefix(end);
    // Only digits and dots is an address, or a mistake.
    const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
    return IsHostName(host) && (!numeric || IpAddress::Parse(host)) ? host : std::string();
  }
  const size_t end = rest.find(']');
  if (end == std::string_view::npos) return {};
  const std::string_view inside = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  const auto ip = IpAddress::Parse(inside);
  return ip.has_value() && inside.find(':') != std::string_view::npos ? ip->ToString() : "";
}

bool TakePort(std::string_view rest, uint16_t& port) {
  if (rest.empty()) return true;
  if (rest.front() != ':') return false;
  rest.remove_prefix(1);
  const char* end = rest.data() + rest.size();
  const auto [stopped, error] = std::from_chars(rest.data(), end, port);
  return error == std::errc() && stopped == end && port != 0;
}

}  // namespace

absl::StatusOr<ServerUrl> ServerUrl::Parse(std::string_view text) {
  const auto refuse = [&](std::string_view why) { return Refuse(text, why); };
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return refuse("it has no scheme");
  const std::string scheme = Lower(text.substr(0, colon));
  ServerUrl result{.turn = scheme.starts_with("turn"), .secure = scheme.ends_with('s')};
  if (scheme != "stun" && scheme != "turn" && scheme != "stuns" && scheme != "turns") {
    return refuse("the scheme is stun, stuns, turn or turns");
  }
  if (result.secure) result.port = kSecurePort;
  std::string_view rest = text.substr(colon + 1);
  if (const size_t question = rest.find('?'); question != std::string_view::npos) {
    const std::string query = Lower(rest.substr(question + 1));
    rest = rest.substr(0, question);
    if (!result.turn) return refuse("a STUN server has no parameters");
    if (query != "transport=udp" && query != "transport=tcp") {
      return refuse("the one parameter is transport=udp or transport=tcp");
    }
    result.tcp = query == "transport=tcp";
  }
  result.host = TakeHost(rest);
  if (result.host.empty()) return refuse("it names no host");
  if (!TakePort(rest, result.port)) return refuse("behind the host comes at most \":port\"");
  return result;
}

std::string_view RelayProtocolOf(std::string_view url) {
  const auto parsed = ServerUrl::Parse(url);
  if (!parsed.ok() || !parsed->turn) return {};
  if (parsed->secure) return "tls";
  return parsed->tcp ? "tcp" : "udp";
}

std::string ServerUrl::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(turn ? "turn" : "stun") + (secure ? "s:" : ":") +
         (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
         (tcp ? "?transport=tcp" : "");
}

}  // namespace pcd::ice
