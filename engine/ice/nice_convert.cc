#include "engine/ice/nice_convert.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/net/sockaddr.h"

namespace pcd::ice {
namespace {

NiceCandidateType ToNiceType(CandidateType type) {
  switch (type) {
    case CandidateType::kHost:
      return NICE_CANDIDATE_TYPE_HOST;
    case CandidateType::kServerReflexive:
    case CandidateType::kPeerReflexive:
      return NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
    case CandidateType::kRelay:
      return NICE_CANDIDATE_TYPE_RELAYED;
  }
  return NICE_CANDIDATE_TYPE_HOST;
}

CandidateType FromNiceType(NiceCandidateType type) {
  switch (type) {
    case NICE_CANDIDATE_TYPE_HOST:
      return CandidateType::kHost;
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      return CandidateType::kServerReflexive;
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      return CandidateType::kPeerReflexive;
    case NICE_CANDIDATE_TYPE_RELAYED:
      return CandidateType::kRelay;
  }
  return CandidateType::kHost;
}

}  // namespace

NiceAddress ToNiceAddress(const SocketAddress& address) {
  NiceAddress result;
  nice_address_init(&result);
  if (address.ip.is_v6()) {
    nice_address_set_ipv6(&result, address.ip.bytes().data());
  } else {
    const auto& bytes = address.ip.bytes();
    nice_address_set_ipv4(&result, (guint32{bytes[0]} << 24) | (guint32{bytes[1]} << 16) |
                                       (guint32{bytes[2]} << 8) | bytes[3]);
  }
  nice_address_set_port(&result, address.port);
  return result;
}

SocketAddress FromNiceAddress(const NiceAddress& address) {
  SocketAddress result;
  if (address.s.addr.sa_family == AF_INET6) {
    std::array<uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &address.s.ip6.sin6_addr, bytes.size());
    result.ip = IpAddress::V6(bytes);
    result.port = ntohs(address.s.ip6.sin6_port);
  } else if (address.s.addr.sa_family == AF_INET) {
    std::array<uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &address.s.ip4.sin_addr, bytes.size());
    result.ip = IpAddress::V4(bytes);
    result.port = ntohs(address.s.ip4.sin_port);
  }
  return result;
}

SocketAddress LocalAddressOf(GSocket* socket) {
  net::SockaddrAny name{};
  socklen_t size = sizeof(name);
  if (getsockname(g_socket_get_fd(socket), &name.base, &size) != 0) return {};
  return net::FromSockaddr(name);
}

NiceCandidatePtr ToNiceCandidate(const Candidate& candidate, guint stream_id) {
  const auto ip = IpAddress::Parse(candidate.address);
  if (!ip.has_value()) return nullptr;
  NiceCandidatePtr result(nice_candidate_new(ToNiceType(candidate.type)));
  result->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  result->addr = ToNiceAddress({*ip, candidate.port});
  result->base_addr = result->addr;
  if (const auto related = IpAddress::Parse(candidate.related_address)) {
    result->base_addr = ToNiceAddress({*related, candidate.related_port});
  }
  result->priority = candidate.priority;
  result->stream_id = stream_id;
  result->component_id = 1;
  const size_t length =
      std::min(candidate.foundation.size(), size_t{NICE_CANDIDATE_MAX_FOUNDATION - 1});
  std::memcpy(result->foundation, candidate.foundation.data(), length);
  result->foundation[length] = '\0';
  return result;
}

Candidate FromNiceCandidate(const NiceCandidate& candidate, const std::string& ufrag) {
  const SocketAddress address = FromNiceAddress(candidate.addr);
  Candidate result{.foundation = candidate.foundation,
                   .component = static_cast<uint16_t>(candidate.component_id),
                   .priority = candidate.priority,
                   .address = address.ip.ToString(),
                   .port = address.port,
                   .type = FromNiceType(candidate.type)};
  if (candidate.type != NICE_CANDIDATE_TYPE_HOST && nice_address_is_valid(&candidate.base_addr)) {
    const SocketAddress base = FromNiceAddress(candidate.base_addr);
    result.related_address = base.ip.ToString();
    result.related_port = base.port;
  }
  if (!ufrag.empty()) result.extensions.emplace_back("ufrag", ufrag);
  return result;
}

}  // namespace pcd::ice
