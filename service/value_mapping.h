// Times, addresses, descriptions and candidates.
#ifndef SERVICE_VALUE_MAPPING_H_
#define SERVICE_VALUE_MAPPING_H_

#include <absl/status/statusor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/socket_address.h"
#include "engine/base/time.h"
#include "engine/model/ice.h"
#include "engine/model/session.h"
#include "peerconnection/v1/ice.pb.h"
#include "peerconnection/v1/session_description.pb.h"
#include "peerconnection/v1/transport_address.pb.h"
#include "service/contract.h"

namespace pcd::service {

google::protobuf::Timestamp TimestampFromUnixMicros(int64_t unix_micros);

// INVALID_ARGUMENT naming `field` outside of [min, max] or for malformed durations.
absl::StatusOr<Duration> DurationFromProto(const google::protobuf::Duration& duration, Duration min,
                                           Duration max, std::string_view field);

// W3C audioLevel, 0 to 1, of an RFC 6464 level.
double LinearLevel(uint8_t level);

v1::TransportAddress ToProto(const SocketAddress& address);
// The port is 1 to 65535. INVALID_ARGUMENT names `field` + ".host" or ".port".
absl::StatusOr<SocketAddress> FromProto(const v1::TransportAddress& address,
                                        const std::string& field);

v1::SessionDescription ToProto(const SessionDescription& description);
absl::StatusOr<SessionDescription> FromProto(const v1::SessionDescription& description,
                                             const std::string& field);

// With the members that are parsed from the text; those are absent where it is the end of
// candidates.
v1::IceCandidate ToProto(const IceCandidateInit& init);
// A candidate known by its parts, e.g. one of a selected pair.
v1::IceCandidate ToProto(const Candidate& candidate);
// Refuses output-only members (INVALID_ARGUMENT) and an index beyond 65535.
absl::StatusOr<IceCandidateInit> FromProto(const v1::IceCandidate& candidate,
                                           const std::string& field);

}  // namespace pcd::service

#endif  // SERVICE_VALUE_MAPPING_H_
