// When a call that applies a local description answers: the fields of AcceptOffer and Negotiate.
#ifndef SERVICE_GATHERING_OPTIONS_H_
#define SERVICE_GATHERING_OPTIONS_H_

#include <absl/status/status.h>

#include <chrono>

#include "engine/base/status.h"
#include "engine/base/time.h"
#include "peerconnection/v1/negotiation.pb.h"
#include "service/contract.h"
#include "service/value_mapping.h"

namespace pcd::service {

inline constexpr Duration kMaxGatheringTimeout = std::chrono::seconds(25);

// Sets `wait` and, when given, `timeout`. INVALID_ARGUMENT for a mode that does not exist, for a
// timeout without waiting and for one out of range.
template <typename Request>
absl::Status ReadGathering(const Request& request, bool& wait, Duration& timeout) {
  switch (request.gathering()) {
    case v1::GATHERING_MODE_UNSPECIFIED:
    case v1::GATHERING_MODE_COMPLETE:
      wait = true;
      break;
    case v1::GATHERING_MODE_TRICKLE:
      wait = false;
      break;
    default:
      return InvalidArgument("the mode is complete or trickle", "gathering");
  }
  if (!request.has_gathering_timeout()) return absl::OkStatus();
  if (!wait) {
    return InvalidArgument("a timeout goes with complete gathering only", "gathering_timeout");
  }
  PCD_ASSIGN_OR_RETURN(timeout, DurationFromProto(request.gathering_timeout(), Duration::zero(),
                                                  kMaxGatheringTimeout, "gathering_timeout"));
  return absl::OkStatus();
}

}  // namespace pcd::service

#endif  // SERVICE_GATHERING_OPTIONS_H_
