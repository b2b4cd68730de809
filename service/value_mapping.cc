#include "service/value_mapping.h"

#include <google/protobuf/descriptor.h>

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/sdp/candidate.h"
#include "service/enum_mapping.h"

namespace pcd::service {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kNanosPerMicro = 1000;
constexpr int kLastRequestField = v1::IceCandidate::kUsernameFragmentFieldNumber;

void FillParsed(const Candidate& parsed, v1::IceCandidate& candidate) {
  candidate.set_foundation(parsed.foundation);
  candidate.set_component(parsed.component);
  candidate.set_priority(parsed.priority);
  candidate.set_address(parsed.address);
  candidate.set_port(parsed.port);
  candidate.set_protocol(ProtocolToProto(parsed.transport));
  candidate.set_type(ToProto(parsed.type));
  candidate.set_tcp_type(TcpTypeToProto(parsed.tcp_type));
  candidate.set_related_address(parsed.related_address);
  candidate.set_related_port(parsed.related_port);
}

}  // namespace

google::protobuf::Timestamp TimestampFromUnixMicros(int64_t unix_micros) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(unix_micros / kMicrosPerSecond);
  timestamp.set_nanos(static_cast<int32_t>((unix_micros % kMicrosPerSecond) * kNanosPerMicro));
  return timestamp;
}

absl::StatusOr<Duration> DurationFromProto(const google::protobuf::Duration& duration, Duration min,
                                           Duration max, std::string_view field) {
  // Far beyond every limit and far from overflow.
  constexpr int64_t kMaxSeconds = 1'000'000'000;
  const bool sane = duration.seconds() >= -kMaxSeconds && duration.seconds() <= kMaxSeconds &&
                    duration.nanos() > -1'000'000'000 && duration.nanos() < 1'000'000'000;
  const Duration value =
      sane ? Duration(duration.seconds() * kMicrosPerSecond + duration.nanos() / kNanosPerMicro)
           : Duration::min();
  if (value < min || value > max) {
    return InvalidArgument("the duration must be from " + std::to_string(min.count() / 1000) +
                               " to " + std::to_string(max.count() / 1000) + " ms",
                           field);
  }
  return value;
}

double LinearLevel(uint8_t level) {
  constexpr uint8_t kSilence = 127;
  return level == kSilence ? 0.0 : std::pow(10.0, -static_cast<double>(level) / 20.0);
}

v1::TransportAddress ToProto(const SocketAddress& address) {
  v1::TransportAddress out;
  out.set_host(address.ip.ToString());
  out.set_port(address.port);
  return out;
}

absl::StatusOr<SocketAddress> FromProto(const v1::TransportAddress& address,
                                        const std::string& field) {
  const std::optional<IpAddress> ip = IpAddress::Parse(address.host());
  if (!ip.has_value()) {
    return InvalidArgument("the host is an IPv4 or IPv6 address in text form", field + ".host");
  }
  if (address.port() == 0 || address.port() > 65535) {
    return InvalidArgument("the port is 1 to 65535", field + ".port");
  }
  return SocketAddress{.ip = *ip, .port = static_cast<uint16_t>(address.port())};
}

v1::SessionDescription ToProto(const SessionDescription& description) {
  v1::SessionDescription out;
  out.set_type(ToProto(description.type));
  out.set_sdp(description.sdp);
  return out;
}

absl::StatusOr<SessionDescription> FromProto(const v1::SessionDescription& description,
                                             const std::string& field) {
  SessionDescription out;
  PCD_ASSIGN_OR_RETURN(out.type, FromProto(description.type(), field + ".type"));
  if (out.type == SdpType::kRollback && !description.sdp().empty()) {
    return InvalidArgument("a rollback has no sdp", field + ".sdp");
  }
  out.sdp = description.sdp();
  return out;
}

v1::IceCandidate ToProto(const IceCandidateInit& init) {
  v1::IceCandidate out;
  out.set_candidate(init.candidate);
  if (init.sdp_mid.has_value()) out.set_sdp_mid(*init.sdp_mid);
  if (init.sdp_mline_index.has_value()) out.set_sdp_m_line_index(*init.sdp_mline_index);
  if (!init.username_fragment.empty()) out.set_username_fragment(init.username_fragment);
  if (init.candidate.empty()) return out;
  if (const auto parsed = sdp::ParseCandidate(init.candidate); parsed.ok()) {
    FillParsed(*parsed, out);
  }
  return out;
}

v1::IceCandidate ToProto(const Candidate& candidate) {
  v1::IceCandidate out;
  out.set_candidate(sdp::WriteCandidate(candidate));
  if (const std::string ufrag = candidate.Ufrag(); !ufrag.empty()) out.set_username_fragment(ufrag);
  FillParsed(candidate, out);
  return out;
}

absl::StatusOr<IceCandidateInit> FromProto(const v1::IceCandidate& candidate,
                                           const std::string& field) {
  std::vector<const google::protobuf::FieldDescriptor*> set_fields;
  candidate.GetReflection()->ListFields(candidate, &set_fields);
  for (const auto* set_field : set_fields) {
    if (set_field->number() > kLastRequestField) {
      return InvalidArgument("this member is output only", field + "." + set_field->name());
    }
  }
  IceCandidateInit out{.candidate = candidate.candidate()};
  if (candidate.has_sdp_mid()) out.sdp_mid = candidate.sdp_mid();
  if (candidate.has_sdp_m_line_index()) {
    if (candidate.sdp_m_line_index() > 65535) {
      return InvalidArgument("the index is at most 65535", field + ".sdp_m_line_index");
    }
    out.sdp_mline_index = static_cast<uint16_t>(candidate.sdp_m_line_index());
  }
  out.username_fragment = candidate.username_fragment();
  return out;
}

}  // namespace pcd::service
