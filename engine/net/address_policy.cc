#include "engine/net/address_policy.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/base/status.h"

namespace pcd::net {
namespace {

constexpr int kMappedPrefixBits = 96;  // ::ffff:0:0/96

std::string Quote(std::string_view text) { return "\"" + std::string(text) + "\""; }

absl::Status RuleError(std::string_view rule, const std::string& what) {
  return InvalidArgument("address rule " + Quote(rule) + ": " + what);
}

// Decimal digits only: no sign, no space.
std::optional<int> ParseNumber(std::string_view text, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.front() == '-' || value > max) return std::nullopt;
  return value;
}

struct RuleParts {
  std::string_view address, prefix, ports;
  bool has_prefix = false, has_ports = false;
};

// Splits "address[/prefix][:ports]" and "[address[/prefix]][:ports]". A bare IPv6 address
// has colons of its own, so its ports need the brackets.
std::optional<RuleParts> Split(std::string_view text) {
  RuleParts parts;
  std::string_view network = text;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    network = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    parts.has_ports = !rest.empty();
    if (parts.has_ports) parts.ports = rest.substr(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const size_t colon = text.find(':');
    network = text.substr(0, colon);
    parts.ports = text.substr(colon + 1);
    parts.has_ports = true;
  }
  const size_t slash = network.find('/');
  parts.address = network.substr(0, slash);
  parts.has_prefix = slash != std::string_view::npos;
  if (parts.has_prefix) parts.prefix = network.substr(slash + 1);
  return parts;
}

int AddressBits(const IpAddress& ip) { return ip.is_v6() ? 128 : 32; }

// The address with all bits behind the prefix cleared.
IpAddress Masked(const IpAddress& ip, int prefix_length) {
  std::array<uint8_t, 16> bytes = ip.bytes();
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(prefix_length - 8 * i, 0, 8);
    bytes[static_cast<size_t>(i)] &= static_cast<uint8_t>(0xFF00 >> kept);
  }
  if (ip.is_v6()) return IpAddress::V6(bytes);
  return IpAddress::V4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

absl::Status ParseNetwork(std::string_view text, const RuleParts& parts, AddressRule& rule) {
  const auto ip = IpAddress::Parse(parts.address);
  if (!ip) return RuleError(text, Quote(parts.address) + " is not an IP address");
  // A mapped IPv6 address has become IPv4, its prefix still counts IPv6 bits.
  const bool mapped = !ip->is_v6() && parts.address.find(':') != std::string_view::npos;
  const int max = mapped ? 128 : AddressBits(*ip);
  int prefix = max;
  if (parts.has_prefix) {
    const auto parsed = ParseNumber(parts.prefix, max);
    if (!parsed) {
      return RuleError(text, "the prefix length " + Quote(parts.prefix) + " is not in 0.." +
                                 std::to_string(max));
    }
    prefix = *parsed;
  }
  if (mapped) {
    if (prefix < kMappedPrefixBits) {
      return RuleError(text, "an IPv4-mapped network needs a prefix length of 96 or more");
    }
    prefix -= kMappedPrefixBits;
  }
  rule.network = Masked(*ip, prefix);
  rule.prefix_length = prefix;
  if (rule.network == *ip) return absl::OkStatus();
  return RuleError(text, "the address has bits beyond its prefix; did you mean " +
                             rule.network.ToString() + "/" + std::to_string(prefix) + "?");
}

absl::Status ParsePorts(std::string_view text, const RuleParts& parts, AddressRule& rule) {
  if (!parts.has_ports) return absl::OkStatus();
  const size_t dash = parts.ports.find('-');
  const std::string_view first_text = parts.ports.substr(0, dash);
  const std::string_view last_text =
      dash == std::string_view::npos ? first_text : parts.ports.substr(dash + 1);
  const auto first = ParseNumber(first_text, 65535);
  const auto last = ParseNumber(last_text, 65535);
  if (!first || !last || *first == 0) {
    return RuleError(
        text, Quote(parts.ports) + " is not a port or a range of ports (1..65535, first-last)");
  }
  if (*first > *last) {
    return RuleError(text, "the range of ports " + Quote(parts.ports) + " ends before it starts");
  }
  rule.first_port = static_cast<uint16_t>(*first);
  rule.last_port = static_cast<uint16_t>(*last);
  return absl::OkStatus();
}

bool IsBroadcast(const IpAddress& ip) { return ip == IpAddress::V4({255, 255, 255, 255}); }

// Why no rule can allow it; empty: a rule may.
std::string_view NeverAllowed(const SocketAddress& destination) {
  if (destination.port == 0) return "port 0 is not a destination";
  if (destination.ip.IsUnspecified()) return "the unspecified address is not a destination";
  if (destination.ip.IsMulticast()) return "multicast is not supported";
  if (IsBroadcast(destination.ip)) return "broadcast is not supported";
  return {};
}

absl::Status Denied(const SocketAddress& destination, std::string_view why) {
  return MakeError(absl::StatusCode::kPermissionDenied, ErrorReason::SINK_DESTINATION_DENIED,
                   "destination " + destination.ToString() + ": " + std::string(why));
}

}  // namespace

absl::StatusOr<AddressRule> AddressRule::Parse(std::string_view text) {
  const auto parts = Split(text);
  if (!parts) return RuleError(text, "after \"[\" comes an IPv6 network, \"]\" and \":ports\"");
  AddressRule rule;
  PCD_RETURN_IF_ERROR(ParseNetwork(text, *parts, rule));
  PCD_RETURN_IF_ERROR(ParsePorts(text, *parts, rule));
  return rule;
}

bool AddressRule::Matches(const SocketAddress& address) const {
  return address.ip.is_v6() == network.is_v6() && address.port >= first_port &&
         address.port <= last_port && Masked(address.ip, prefix_length) == network;
}

std::string AddressRule::ToString() const {
  std::string cidr = network.ToString() + "/" + std::to_string(prefix_length);
  if (first_port == 1 && last_port == 65535) return cidr;
  const std::string ports =
      std::to_string(first_port) +
      (first_port == last_port ? std::string() : "-" + std::to_string(last_port));
  return (network.is_v6() ? "[" + cidr + "]" : cidr) + ":" + ports;
}

AddressPolicy::AddressPolicy()
    : rules_({{.network = IpAddress::V4({127, 0, 0, 0}), .prefix_length = 8},
              {.network = IpAddress::V6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}),
               .prefix_length = 128}}) {}

AddressPolicy::AddressPolicy(std::vector<AddressRule> rules) : rules_(std::move(rules)) {}

AddressPolicy AddressPolicy::AllowAll() {
  return AddressPolicy({{.network = IpAddress::V4({0, 0, 0, 0}), .prefix_length = 0},
                        {.network = IpAddress::V6({}), .prefix_length = 0}});
}

absl::StatusOr<AddressPolicy> AddressPolicy::Parse(std::span<const std::string> rules) {
  std::vector<AddressRule> parsed;
  for (const std::string& text : rules) {
    PCD_ASSIGN_OR_RETURN(AddressRule rule, AddressRule::Parse(text));
    parsed.push_back(rule);
  }
  return AddressPolicy(std::move(parsed));
}

absl::Status AddressPolicy::Check(const SocketAddress& destination) const {
  const std::string_view never = NeverAllowed(destination);
  if (!never.empty()) return Denied(destination, never);
  const bool allowed = std::any_of(rules_.begin(), rules_.end(), [&](const AddressRule& rule) {
    return rule.Matches(destination);
  });
  if (allowed) return absl::OkStatus();
  return Denied(destination, "no rule of the address policy allows it");
}

}  // namespace pcd::net
