#include "engine/media/sink_validation.h"

#include <string_view>

#include "engine/base/caller_id.h"
#include "engine/base/status.h"

namespace pcd::media {
namespace {

constexpr size_t kMaxSelectorBytes = 256;
constexpr size_t kMaxRidBytes = 64;  // As many as are kept of a remote's.

absl::Status CheckSelectorText(std::string_view text) {
  if (text.empty() || text.size() > kMaxSelectorBytes) {
    return InvalidArgument("a selector has 1 to 256 bytes", "selector");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSinkPayloadType(std::optional<uint8_t> payload_type) {
  if (!payload_type) return absl::OkStatus();
  if (*payload_type > 127) return InvalidArgument("a payload type is at most 127", "payload_type");
  // With the marker set these read as RTCP packet types (RFC 5761 section 4).
  if (*payload_type >= 64 && *payload_type <= 95) {
    return InvalidArgument("payload types 64 to 95 cannot be told from RTCP", "payload_type");
  }
  return absl::OkStatus();
}

absl::Status CheckSinkSsrc(std::optional<uint32_t> ssrc) {
  return ssrc == 0u ? InvalidArgument("an SSRC is above 0", "ssrc") : absl::OkStatus();
}

absl::Status CheckSinkRid(const std::string& rid) {
  if (rid.size() > kMaxRidBytes) return InvalidArgument("a rid has at most 64 bytes", "rid");
  return absl::OkStatus();
}

absl::Status CheckSinkReorderDelay(Duration delay) {
  if (delay < Duration(0) || delay > kMaxReorderDelay) {
    return InvalidArgument("packets are held back for at most 1 s", "max_reorder_delay");
  }
  return absl::OkStatus();
}

absl::Status CheckSinkConfig(const SinkConfig& config) {
  if (!IsCallerId(config.id)) {
    return InvalidArgument("a sink id is 1 to 64 letters, digits, '-', '_' or '.'", "sink_id");
  }
  if (const auto* track = std::get_if<TrackIdSelector>(&config.selector)) {
    PCD_RETURN_IF_ERROR(CheckSelectorText(track->track_id));
  }
  if (const auto* mid = std::get_if<MidSelector>(&config.selector)) {
    PCD_RETURN_IF_ERROR(CheckSelectorText(mid->mid));
  }
  PCD_RETURN_IF_ERROR(CheckSinkPayloadType(config.payload_type));
  PCD_RETURN_IF_ERROR(CheckSinkRid(config.rid));
  PCD_RETURN_IF_ERROR(CheckSinkReorderDelay(config.max_reorder_delay));
  return CheckSinkSsrc(config.ssrc);
}

absl::StatusOr<SinkDestinations> ResolveDestinations(const net::AddressPolicy& policy,
                                                     const SocketAddress& rtp,
                                                     const std::optional<SocketAddress>& rtcp) {
  if (rtp.port == 0) return InvalidArgument("a destination has a port", "destination");
  SinkDestinations resolved{rtp, rtp};
  if (rtcp) {
    if (rtcp->port == 0) return InvalidArgument("a destination has a port", "rtcp_port");
    if (rtcp->ip.is_v6() != rtp.ip.is_v6()) {
      return InvalidArgument("RTP and RTCP go to one address family", "rtcp_port");
    }
    resolved.rtcp = *rtcp;
  } else {
    if (rtp.port == 65535) {
      return InvalidArgument("the port after 65535, for RTCP, does not exist", "rtcp_port");
    }
    resolved.rtcp.port = static_cast<uint16_t>(rtp.port + 1);
  }
  PCD_RETURN_IF_ERROR(policy.Check(resolved.rtp));
  PCD_RETURN_IF_ERROR(policy.Check(resolved.rtcp));
  return resolved;
}

}  // namespace pcd::media
