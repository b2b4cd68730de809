// The checks of sink requests that need no session.
#ifndef ENGINE_MEDIA_SINK_VALIDATION_H_
#define ENGINE_MEDIA_SINK_VALIDATION_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "engine/media/sink_config.h"
#include "engine/net/address_policy.h"

namespace pcd::media {

// Id, selector, payload type, SSRC, rid and delay. INVALID_ARGUMENT names the field: sink_id,
// selector, payload_type, ssrc, rid, max_reorder_delay.
absl::Status CheckSinkConfig(const SinkConfig& config);
absl::Status CheckSinkPayloadType(std::optional<uint8_t> payload_type);
absl::Status CheckSinkSsrc(std::optional<uint32_t> ssrc);
absl::Status CheckSinkRid(const std::string& rid);
absl::Status CheckSinkReorderDelay(Duration delay);

struct SinkDestinations {
  SocketAddress rtp{};
  SocketAddress rtcp{};
};

// Fills in the RTCP destination and asks the policy about both. INVALID_ARGUMENT (destination,
// rtcp_port) or SINK_DESTINATION_DENIED.
absl::StatusOr<SinkDestinations> ResolveDestinations(const net::AddressPolicy& policy,
                                                     const SocketAddress& rtp,
                                                     const std::optional<SocketAddress>& rtcp);

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_SINK_VALIDATION_H_
